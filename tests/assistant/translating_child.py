"""A process that translates and can be killed: python -m tests.assistant.translating_child make | go ID."""

import json
import sys

import django

SENTENCES = 3_000


def main(way: str, answer_id: str) -> None:
    """Do one step in the scratch installation that the environment names; the last line says what is so."""
    django.setup()
    from donovan.access.cast import create_demo_people
    from donovan.access.scope import scope_for
    from donovan.assistant.document_services import start_translation
    from donovan.assistant.models import Answer, TranslatedChunk
    from donovan.assistant.translations import translation_events
    from donovan.evaluation.scratch import prepare
    from ingest.models import Document, Stage, Status
    from tests.assistant.material import add_document

    if way == "make":
        prepare()
        ana = next(user for user in create_demo_people() if user.username == "ana")
        text = "\n".join(f"El camión K-{number:04} llegó al puerto." for number in range(SENTENCES))
        document = add_document("Carta", text, language="es")
        Document.objects.filter(pk=document.pk).update(status=Status.READY, stage=Stage.DONE)
        document.refresh_from_db()
        print(start_translation(ana, document, target="en").pk)
        return
    answer = Answer.objects.get(pk=answer_id)
    made = 0
    for event in translation_events(answer.pk, scope=scope_for(answer.owner)):
        made += event.kind == "draft"
    answer.refresh_from_db()
    kept = sum(len(chunk.segments) for chunk in TranslatedChunk.objects.filter(answer=answer))
    print(json.dumps({"made": made, "kept": kept, "state": answer.state, "text": answer.text}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
