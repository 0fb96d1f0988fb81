"""Documents are read and indexed as jobs; what waits or is in work is carried over."""

from django.db import migrations

from ingest.work.carrying import Unfinished, carry_over

READING = ("received", "identify", "parse", "ocr", "passages")


def carry(apps, schema_editor):
    documents = apps.get_model("ingest", "Document").objects.order_by("received_at", "pk")
    documents.filter(status="running", stage__in=READING).update(status="pending")
    carry_over(
        apps,
        "documents.read",
        "celery",
        (
            Unfinished(each.pk, each.received_by, each.attempts, each.received_at)
            for each in documents.filter(status="pending")
        ),
    )
    carry_over(
        apps,
        "documents.index",
        "celery",
        (Unfinished(each.pk, created_at=each.received_at) for each in documents.filter(status="running")),
        rank=-1,
    )


class Migration(migrations.Migration):
    dependencies = [("ingest", "0001_initial"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveIndex("document", "ingest_docu_status_50e141_idx"),
        migrations.RemoveField("document", "progress_done"),
        migrations.RemoveField("document", "progress_total"),
        migrations.RemoveField("document", "attempts"),
        migrations.RemoveField("document", "lease_token"),
        migrations.RemoveField("document", "lease_until"),
    ]
