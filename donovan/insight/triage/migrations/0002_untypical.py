"""A document that is like none of those that the model learnt from is said to be so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]

    operations = [
        migrations.AddField("DocumentClass", "is_untypical", models.BooleanField(default=False)),
    ]
