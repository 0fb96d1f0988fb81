"""What is around the sentences of a paper is left out of its summary, and counted by what it is."""

import pytest

from donovan.access.models import User
from donovan.assistant.telling import Source, read_source
from donovan.evaluation.demo import demo_texts
from ingest.models import Document, Page, Passage
from tests.assistant.material import add_document
from tests.assistant.test_turns import HEARING

LETTERHEAD = """HEADQUARTERS, JOINT TASK FORCE STEADY HARBOUR
Forward Logistics Base Anvil, Pier 2, Port Kalena, Republic of Ardovia
Distribution: J2, J3, J4, Civil Affairs

Dear Captain Delgado,

The second lane of Orlov Bridge opens on 30 September for lorries of up to 40 tonnes.
Please send the convoys over the bridge from that day on.

Yours sincerely,
Major O. Tretherne
4th Harbour Engineer Squadron
+999 20 555 0148
"""

pytestmark = pytest.mark.django_db


def source_of(document: Document) -> Source:
    return read_source(document.pk, document.title, document.label, list(document.pages.order_by("number")))


def told(document: Document) -> str:
    return "\n".join(sentence.span.text for sentence in source_of(document).sentences)


def demo(name: str) -> Document:
    text = next(text for text in demo_texts() if text.name == name)
    return add_document(text.title, text.text, language=text.language)


def test_letterhead_distribution_greeting_and_signature_are_left_out(cast: dict[str, User]) -> None:
    source = source_of(add_document("Letter", LETTERHEAD))
    texts = [sentence.span.text for sentence in source.sentences]
    assert len(texts) == 2
    assert texts[0].startswith("The second lane")
    assert texts[1].startswith("Please send")
    assert sum(source.left_out.values()) >= 5


def test_of_a_spanish_letter_the_matter_is_left(cast: dict[str, User]) -> None:
    text = told(demo("carta-ministerio-sanidad"))
    assert "norovirus" in text
    assert "643 pacientes" in text
    for frame in ("Estimada", "A la atención", "cordial saludo", "Teléfono", "Directora General", "Asunto"):
        assert frame not in text


def test_of_a_mail_neither_the_signature_nor_the_mail_it_answers_nor_its_question_is_left(
    cast: dict[str, User],
) -> None:
    document = demo("mail-bridge-date")
    text = told(document)
    assert "My new date for Orlov Bridge is 23 September" in text
    for frame in ("Squadron", "+999", "wrote:", "Sitrep 08", "Could Rosa", "CUI"):
        assert frame not in text
    assert source_of(document).left_out["question"] == 1


def test_names_and_days_alone_are_no_sentence(cast: dict[str, User]) -> None:
    text = told(demo("dopis-prefekture"))
    assert "Brezna, 12. rujna 2026." not in text
    assert "45 mrtvih" in text


def test_a_speaker_is_kept_and_an_interviewers_questions_are_left_out(cast: dict[str, User]) -> None:
    document = add_document("Hearing", HEARING)
    page = document.pages.get()
    source = source_of(document)
    assert {sentence.speaker for sentence in source.sentences} == {"Carol Shillabeer"}
    assert source.left_out["question"] == 2
    for sentence in source.sentences:
        assert page.text[sentence.span.start : sentence.span.end] == sentence.span.text
        assert sentence.named is not None
        assert page.text[sentence.named.start : sentence.named.end] == "Carol Shillabeer"


def test_what_stands_at_the_foot_of_every_page_is_left_out(cast: dict[str, User]) -> None:
    document = add_document(
        "Report", "The first camp has water for nine days.\nAnnex to the plan, page 1 of 2"
    )
    Page.objects.create(
        document=document, number=2, text="The second camp has none at all.\nAnnex to the plan, page 2 of 2"
    )
    source = source_of(document)
    assert [sentence.span.text[:10] for sentence in source.sentences] == ["The first ", "The second"]
    assert source.left_out["header or footer"] == 2


def test_a_language_without_spaces_is_read(cast: dict[str, User]) -> None:
    text = "奥尔洛夫桥于九月二十三日重新开放。工程师说桥上只有一条车道。"
    assert len(source_of(add_document("桥", text, language="zh")).sentences) == 2


def test_parts_are_the_sections_where_there_are_headings(cast: dict[str, User]) -> None:
    first, second = "The bridge is open for light vehicles.", "The clinic at the camp has twenty beds."
    document = add_document("Report", f"{first}\n{second}")
    page = document.pages.get()
    Passage.objects.filter(document=document).delete()
    for ordinal, (heading, text) in enumerate((("Roads", first), ("Health", second))):
        start = page.text.index(text)
        Passage.objects.create(
            document=document, page=page, ordinal=ordinal, label=document.label, heading=heading,
            text=text, start=start, end=start + len(text), language="en",
        )  # fmt: skip
    source = source_of(document)
    assert (source.part_name, source.parts) == ("section", 2)
    assert [sentence.part for sentence in source.sentences] == [0, 1]
