"""Whose national somebody is, and for whom they work, now decides what they read.

Who was there before counts as a national of the owner where nothing else stands on their record, and as working
for its government. What an administrator had written is kept, in capitals.
"""

from typing import Any

from django.db import migrations, models

import donovan.access.markings


def complete(apps: Any, _schema: Any) -> None:
    people = apps.get_model("access", "User").objects
    for key, nationality in people.values_list("pk", "nationality"):
        kept = nationality.strip().upper() or donovan.access.markings.owner_nation()
        if kept != nationality:
            people.filter(pk=key).update(nationality=kept)


class Migration(migrations.Migration):
    dependencies = [("access", "0003_access_label")]

    operations = [
        migrations.AddField(
            "User",
            "affiliation",
            models.CharField(
                choices=[
                    ("government", "government"),
                    ("contractor", "contractor"),
                    ("other", "neither of them"),
                ],
                default="government",
                db_default="government",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "User",
            "nationality",
            models.CharField(default=donovan.access.markings.owner_nation, max_length=3),
        ),
        migrations.RunPython(complete, migrations.RunPython.noop),
    ]
