"""Answers in the making are jobs. Whoever opens the page of an open one has it made, as before."""

from django.db import migrations


def wait(apps, schema_editor):
    apps.get_model("assistant", "Answer").objects.filter(state="running").update(state="waiting")


class Migration(migrations.Migration):
    dependencies = [("assistant", "0005_core_of_a_quotation"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(wait, migrations.RunPython.noop),
        migrations.RemoveField("answer", "lease_until"),
    ]
