"""An answer ends in one of three ways, and a thread knows where it is asked."""

from typing import Any

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Replace

DENIALS = (
    (
        "This is not in the documents you may read: there are none to search yet.",
        "Nothing was searched: what was asked about holds no document that you may read.",
    ),
    ("This is not in the documents you may read.", "Nothing that answers this was found."),
)
ENDINGS = [("answered", "answered"), ("nearest", "nearest evidence"), ("nothing", "nothing found")]


def name_endings(apps: Any, schema_editor: Any) -> None:
    """A question that was refused had found nothing, and no more than that; the others were answered."""
    done = apps.get_model("assistant", "Answer").objects.filter(kind="ask", state="done")
    for denial, words in DENIALS:
        refused = done.filter(refused=True, text__startswith=denial)
        refused.update(text=Replace("text", Value(denial), Value(words)))
    done.filter(refused=True).update(ending="nothing")
    done.filter(refused=False).update(ending="answered")


def place_threads(apps: Any, schema_editor: Any) -> None:
    """A thread goes on where its last question was asked."""
    threads = apps.get_model("assistant", "Thread").objects
    asked = apps.get_model("assistant", "Answer").objects.filter(kind="ask", thread__isnull=False)
    last = dict(asked.order_by("created_at").values_list("thread_id", "filters").iterator())
    for thread, filters in last.items():
        place = {name: filters[name] for name in ("collection", "document") if filters.get(name)}
        if place:
            threads.filter(pk=thread).update(filters=place)


class Migration(migrations.Migration):
    dependencies = [("assistant", "0001_initial")]

    operations = [
        migrations.AddField(
            "answer", "ending", models.CharField(blank=True, choices=ENDINGS, max_length=12)
        ),
        migrations.AddField("answer", "is_literal", models.BooleanField(default=False)),
        migrations.AddField("answer", "read_as", models.TextField(blank=True)),
        migrations.AddField("thread", "filters", models.JSONField(default=dict)),
        migrations.RunPython(name_endings, migrations.RunPython.noop),
        migrations.RunPython(place_threads, migrations.RunPython.noop),
    ]
