"""Builds and looks at labels are jobs; what waits or is in work is carried over."""

from django.db import migrations, models

from ingest.work.carrying import Unfinished, carry_over


def carry(apps, schema_editor):
    builds = apps.get_model("datasets", "DatasetBuild").objects
    builds.filter(state="running").update(state="waiting")
    carry_over(
        apps,
        "datasets.build",
        "training",
        (
            Unfinished(build.pk, build.person.username, build.attempts, build.created_at)
            for build in builds.filter(state="waiting").select_related("person")
        ),
        rank=3,
    )
    versions = apps.get_model("datasets", "DatasetVersion").objects.filter(suspects__state="waiting")
    carry_over(apps, "datasets.label-errors", "training", (Unfinished(each.pk) for each in versions), rank=4)


class Migration(migrations.Migration):
    dependencies = [("datasets", "0002_labels_of_now"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveField("datasetbuild", "attempts"),
        migrations.RemoveField("datasetbuild", "lease_token"),
        migrations.RemoveField("datasetbuild", "lease_until"),
        migrations.RemoveField("datasetbuild", "words"),
        migrations.AlterField(
            "datasetbuild",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("running", "being built"),
                    ("done", "built"),
                    ("failed", "not built"),
                    ("stopped", "stopped"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
    ]
