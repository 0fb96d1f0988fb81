"""Judgements become labels of a task with an input and a value; nothing of what was kept is lost."""

from django.conf import settings
from django.db import migrations, models

TASK_OF = {"claim": "claim_support", "answer": "usefulness", "passage": "relevance"}
VALUE_OF = {
    "supported": {"verdict": "supported", "steps": []},
    "unsupported": {"verdict": "unsupported", "steps": []},
    "useful": {"useful": True},
    "not_useful": {"useful": False},
    "relevant": {"grade": 2},
    "not_relevant": {"grade": 0},
}
VERDICT_OF = {
    "claim_support": lambda value: "supported" if value.get("verdict") == "supported" else "unsupported",
    "usefulness": lambda value: "useful" if value.get("useful") else "not_useful",
    "relevance": lambda value: "relevant" if value.get("grade", 0) >= 2 else "not_relevant",
}


def _input(target, question, shown):
    if target == "claim":
        evidence = [citation.get("quote", "") for citation in shown.get("citations", [])]
        return {"question": question, "claim": shown.get("claim", ""), "evidence": evidence}
    if target == "answer":
        return {"question": question, "answer": shown.get("answer", "")}
    return {"question": question, "passage": shown.get("text", ""), "title": ""}


def _documents(shown):
    named = [citation.get("document") for citation in shown.get("citations", [])] + [shown.get("document")]
    return sorted({document for document in named if document})


def to_labels(apps, schema_editor):
    for label in apps.get_model("feedback", "Label").objects.iterator():
        label.task = TASK_OF[label.target]
        label.value = VALUE_OF[label.verdict]
        given = _input(label.target, label.question, label.shown)
        if label.target == "passage":
            given["passage_id"] = int(label.target_id) if label.target_id.isdigit() else label.target_id
        label.shown = {**label.shown, "input": given}
        label.documents = _documents(label.shown)
        label.save()


def to_judgements(apps, schema_editor):
    """The way back keeps what the old rows can hold: claims, answers and passages."""
    rows = apps.get_model("feedback", "Label").objects
    rows.exclude(task__in=VERDICT_OF).delete()
    for label in rows.exclude(target__in=TASK_OF):
        label.delete()
    for label in rows.iterator():
        label.verdict = VERDICT_OF[label.task](label.value)
        label.shown.pop("input", None)
        label.save()


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("FeedbackLabel", "Label"),
        migrations.RemoveConstraint("label", "one_standing_verdict_per_person_and_target"),
        migrations.AddField("label", "task", models.CharField(default="usefulness", max_length=20)),
        migrations.AddField("label", "value", models.JSONField(default=dict)),
        migrations.AddField("label", "seconds", models.FloatField(blank=True, null=True)),
        migrations.AddField("label", "documents", models.JSONField(default=list)),
        migrations.AddField(
            "label",
            "origin",
            models.CharField(
                choices=[
                    ("everyday", "everyday work"),
                    ("project", "label project"),
                    ("import", "imported"),
                    ("model", "a model"),
                ],
                default="everyday",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "label", "source_key", models.CharField(blank=True, max_length=120, null=True, unique=True)
        ),
        migrations.AlterField(
            "label", "verdict", models.CharField(default="useful", max_length=16)
        ),
        migrations.RunPython(to_labels, to_judgements),
    ]
