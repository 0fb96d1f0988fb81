"""A version names the documents that it was made of, so that its labels can be those of now."""

import json
from pathlib import Path

from django.conf import settings
from django.db import migrations, models


def name_documents(apps, schema_editor):
    for version in apps.get_model("datasets", "DatasetVersion").objects.select_related("dataset"):
        folder = f"{version.dataset.name}.{version.dataset.pk.hex[:8]}"
        named = set()
        for path in (Path(settings.DATASETS_DIR) / folder / f"v{version.number}").glob("*.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                named |= {str(each) for each in (row.get("document"), *row.get("documents", [])) if each}
        version.documents = sorted(named)
        version.save(update_fields=["documents"])


class Migration(migrations.Migration):
    dependencies = [("datasets", "0001_initial")]

    operations = [
        migrations.RenameField("datasetversion", "labels", "kept_labels"),
        migrations.AddField("datasetversion", "documents", models.JSONField(default=list)),
        migrations.RunPython(name_documents, migrations.RunPython.noop),
        migrations.RemoveField("datasetversion", "marking"),
        migrations.RemoveField("dataset", "labels"),
        migrations.RemoveField("dataset", "marking"),
    ]
