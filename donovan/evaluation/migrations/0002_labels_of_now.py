"""The labels of an own question are those of its answer and of its documents as they are labelled now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]

    operations = [
        migrations.RenameField("ownquestion", "labels", "kept_labels"),
        migrations.RemoveField("ownquestion", "marking"),
    ]
