import uuid

import django.db.models.deletion
from django.db import migrations, models


def _named(answer):
    given = [{"document": place[0]} for place in (answer.settings or {}).get("spans_given") or []]
    shown = [*(answer.evidence or []), *((answer.result or {}).get("nearest") or []), *given]
    for one in shown:
        try:
            yield uuid.UUID(str(one.get("document")))
        except (ValueError, AttributeError):
            continue


def note_sources(apps, schema_editor):
    """Of the answers that are kept already: what they show and cite."""
    source = apps.get_model("assistant", "AnswerSource")
    cited = apps.get_model("assistant", "Citation").objects
    claims = apps.get_model("assistant", "Claim").objects
    some = []
    for answer in apps.get_model("assistant", "Answer").objects.iterator(chunk_size=200):
        quoted = cited.filter(claim__answer=answer).values_list("document_id", flat=True)
        documents = {*_named(answer), *quoted, *([answer.document_id] if answer.document_id else [])}
        bare = claims.filter(answer=answer, is_supported=True, origin="quoted", citations__isnull=True)
        if bare.exists():
            # What it quoted was removed meanwhile: it rests on what is not there.
            documents.add(uuid.UUID(int=0))
        some += [source(answer=answer, document_id=document) for document in sorted(documents)]
        if len(some) > 1_000:
            source.objects.bulk_create(some, ignore_conflicts=True)
            some = []
    source.objects.bulk_create(some, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("assistant", "0007_chunks_of_a_translation")]

    operations = [
        migrations.CreateModel(
            name="AnswerSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("document_id", models.UUIDField(db_index=True)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="assistant.answer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("answer", "document_id"), name="one_source_per_document"
                    )
                ],
            },
        ),
        migrations.RunPython(note_sources, migrations.RunPython.noop),
    ]
