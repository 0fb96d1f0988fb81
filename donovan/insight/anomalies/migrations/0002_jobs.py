"""Examinations that were asked for are done as jobs; what waits or is in work is carried over."""

from django.db import migrations

from ingest.work.carrying import Unfinished, carry_over


def carry(apps, schema_editor):
    rows = apps.get_model("anomalies", "Examination").objects
    # Those without a person were made by the step of insight, which examines again by itself.
    rows.filter(state__in=("waiting", "running"), requested_by="").delete()
    rows.filter(state="running").update(state="waiting")
    carry_over(
        apps,
        "insight.examination",
        "insight",
        (
            Unfinished(each.pk, each.requested_by, each.attempts, each.created_at)
            for each in rows.filter(state="waiting")
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("anomalies", "0001_initial"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveField("examination", "done"),
        migrations.RemoveField("examination", "total"),
        migrations.RemoveField("examination", "attempts"),
        migrations.RemoveField("examination", "lease_token"),
        migrations.RemoveField("examination", "lease_until"),
    ]
