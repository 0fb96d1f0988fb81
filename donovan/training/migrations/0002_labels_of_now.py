"""Trainings and candidates name the documents that they learnt from, so that their labels can be those of now."""

from django.db import migrations, models


def name_documents(apps, schema_editor):
    versions = apps.get_model("datasets", "DatasetVersion").objects.select_related("dataset__created_by")
    documents = {
        (f"{one.dataset.created_by.username}/{one.dataset.name}", one.number): one.documents for one in versions
    }
    for job in apps.get_model("training", "TrainingJob").objects.all():
        job.documents = documents.get((job.dataset, job.dataset_version), [])
        job.save(update_fields=["documents"])
    for candidate in apps.get_model("training", "Candidate").objects.all():
        facts = candidate.facts
        candidate.documents = documents.get((facts.get("dataset"), facts.get("dataset_version")), [])
        candidate.save(update_fields=["documents"])


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("datasets", "0002_labels_of_now")]

    operations = [
        migrations.RenameField("trainingjob", "labels", "kept_labels"),
        migrations.RenameField("candidate", "labels", "kept_labels"),
        migrations.AddField("trainingjob", "documents", models.JSONField(default=list)),
        migrations.AddField("candidate", "documents", models.JSONField(default=list)),
        migrations.RunPython(name_documents, migrations.RunPython.noop),
        migrations.RemoveField("trainingjob", "marking"),
        migrations.RemoveField("candidate", "marking"),
    ]
