"""Sections are made as jobs; what waits or is in work is carried over."""

from django.db import migrations

from ingest.work.carrying import Unfinished, carry_over


def carry(apps, schema_editor):
    sections = apps.get_model("reports", "Section").objects
    sections.filter(state="running").update(state="waiting")
    waiting = sections.filter(state="waiting", report__state="draft").select_related("report__author")
    carry_over(
        apps,
        "reports.section",
        "insight",
        (
            Unfinished(each.pk, each.report.author.username, each.attempts)
            for each in waiting.order_by("report__created_at", "ordinal")
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveIndex("section", "reports_sec_state_d251f8_idx"),
        migrations.RemoveField("section", "attempts"),
        migrations.RemoveField("section", "lease_token"),
        migrations.RemoveField("section", "lease_until"),
        migrations.RemoveField("section", "progress_done"),
        migrations.RemoveField("section", "progress_total"),
        migrations.RemoveField("section", "progress_words"),
    ]
