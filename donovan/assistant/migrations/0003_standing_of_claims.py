"""A claim says how it stands among the others, and of what day it speaks."""

from django.db import migrations, models

STANDINGS = [
    ("superseded", "superseded"),
    ("disputed", "the sources disagree"),
    ("planned", "a plan or a forecast"),
]


class Migration(migrations.Migration):
    dependencies = [("assistant", "0002_three_endings")]

    operations = [
        migrations.AddField(
            "claim", "standing", models.CharField(blank=True, choices=STANDINGS, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField("claim", "day", models.DateField(blank=True, null=True)),
    ]
