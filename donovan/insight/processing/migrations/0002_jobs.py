"""Steps are done as jobs. What waits or was in work is found by what catches up, as after every upgrade."""

from django.db import migrations


def wait(apps, schema_editor):
    steps = apps.get_model("processing", "DocumentStep").objects
    steps.filter(state="running").update(state="waiting")


class Migration(migrations.Migration):
    dependencies = [("processing", "0001_initial"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(wait, migrations.RunPython.noop),
        migrations.RemoveField("documentstep", "attempts"),
        migrations.RemoveField("documentstep", "lease_token"),
        migrations.RemoveField("documentstep", "lease_until"),
    ]
