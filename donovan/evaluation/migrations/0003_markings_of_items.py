"""Items carry the marking of the built-in texts that they quote, and figures one of their own.

What runs of before quote is not known item by item, so every item of the demonstration and of the library of
attacks gets the least upper bound of all built-in texts.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from donovan.access.markings import least_upper_bound, parse_marking

BUILT_IN = "SECRET//HARBOR//CUI//NOFORN"
_QUOTES = Q(item__startswith="demo:") | Q(item__startswith="library:")


def mark(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("evaluation", "SuiteRun").objects
    scores = apps.get_model("evaluation", "ItemScore").objects.filter(labels=[])
    runs.update(figures_marking=models.F("marking"))
    scores.filter(_QUOTES).update(marking=BUILT_IN)
    for run in runs.filter(scores__marking=BUILT_IN).distinct():
        bound = [parse_marking(BUILT_IN), *([parse_marking(run.marking)] if run.marking else [])]
        runs.filter(pk=run.pk).update(marking=least_upper_bound(bound).canonical)


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0002_labels_of_now")]

    operations = [
        migrations.AddField("suiterun", "figures_marking", models.CharField(blank=True, max_length=300)),
        migrations.AddField("itemscore", "marking", models.CharField(blank=True, max_length=300)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
