"""A translation and the glossary in Chromium: accessible in both colours, no wider than the screen."""

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.document_services import start_translation
from donovan.assistant.glossary.services import add_term
from donovan.assistant.glossary.tables import Row
from donovan.assistant.models import Answer, TranslatedChunk
from donovan.assistant.translation_chunks import SENTENCES_A_CHUNK
from donovan.assistant.translations import translation_events
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document, Stage, Status
from tests.assistant.material import add_document
from tests.support.browsing import OpenAs, sweep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not ApertiumTranslator().can_translate("es", "en"), reason="Apertium's pair spa-eng is not installed"
    ),
]


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, cast: dict[str, User]
) -> None:
    ana, ben = cast["ana"], cast["ben"]
    text = "El coronel Zubizarreta vio las zodiacas en 28S DF 72233 93253.\n" * (2 * SENTENCES_A_CHUNK)
    document = add_document("Carta", text, language="es")
    Document.objects.filter(pk=document.pk).update(status=Status.READY, stage=Stage.DONE)
    document.refresh_from_db()
    caller = Caller.named(ana, source="test")
    for number in range(3):
        row = Row(f"zodiaca {number}" if number else "zodiaca", "rigid-hull boat", "es", "en", "since March")
        add_term(caller, collection="relief", marking="CUI", row=row)
    done, open_one = (start_translation(ana, document, target="en") for _ in range(2))
    with using(ScriptedModel([""])):
        for _event in translation_events(done.pk, scope=scope_for(ana)):
            pass
    segments = Answer.objects.get(pk=done.pk).result["segments"][:40]
    TranslatedChunk.objects.create(answer=open_one, number=1, segments=segments)
    Answer.objects.filter(pk=done.pk).update(
        result={**Answer.objects.get(pk=done.pk).result, "segments": segments}
    )
    paths = {
        "glossary": "/glossary/",
        "translation": f"/ask/answers/{done.pk}/",
        "in the making": f"/ask/answers/{open_one.pk}/",
    }
    faults = sweep(open_as, ana, paths) + sweep(open_as, ben, {"glossary to read": "/glossary/"})
    assert faults == []
    page = open_as(ana, paths["translation"])
    page.get_by_role("link", name="Zubizarreta").first.click()
    assert page.get_by_label("Term in the original").input_value() == "Zubizarreta"
    assert page.get_by_label("From", exact=True).input_value() == "es"
    assert page.locator("#new-collection").input_value() == "relief"
    assert page.locator("#new-marking").input_value() == "CUI"
