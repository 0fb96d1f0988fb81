"""Runs of suites are done as jobs; what waits or is in work is carried over."""

from django.db import migrations

from ingest.work.carrying import Unfinished, carry_over


def carry(apps, schema_editor):
    runs = apps.get_model("evaluation", "SuiteRun").objects
    runs.filter(state="running", is_stop_wanted=True).update(state="stopped", notice="It was stopped.")
    runs.filter(state="running").update(state="waiting")
    carry_over(
        apps,
        "evaluation.suite",
        "training",
        (
            Unfinished(run.pk, run.started_by.username, run.attempts, run.created_at)
            for run in runs.filter(state="waiting").select_related("started_by")
        ),
        rank=2,
    )


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_markings_of_items"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveIndex("suiterun", "evaluation__state_3ed363_idx"),
        migrations.RemoveField("suiterun", "is_stop_wanted"),
        migrations.RemoveField("suiterun", "attempts"),
        migrations.RemoveField("suiterun", "lease_token"),
        migrations.RemoveField("suiterun", "lease_until"),
        migrations.RemoveField("suiterun", "progress_done"),
        migrations.RemoveField("suiterun", "progress_total"),
        migrations.RemoveField("suiterun", "progress_words"),
    ]
