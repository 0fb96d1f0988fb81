"""Page text is cut where it says something on its own, and every cut keeps its exact place."""

import pytest

from donovan.assistant.claims import split_draft
from donovan.assistant.questions import language_of_question, needs_earlier_subject, read_question
from donovan.assistant.spans import cut, field_of, lead_of


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in cut(text)]


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "The office is in Washington, D.C. and moved in 1950 est. by the U.S. Army. See No. 5. Gen. Orr."
    assert pieces(text) == [
        "The office is in Washington, D.C. and moved in 1950 est. by the U.S. Army.",
        "See No. 5.",
        "Gen. Orr.",
    ]


def test_a_long_field_is_one_span() -> None:
    value = "; ".join(f"Brigade {number} (garrison {number})" for number in range(35))
    text = f"Military and security forces: {value}\nCoastline: 998 km"
    assert pieces(text) == [f"Military and security forces: {value}", "Coastline: 998 km"]
    assert field_of(text) == "Military and security forces"


def test_a_line_broken_by_the_width_of_the_page_reads_on() -> None:
    text = (
        "The bridge at Orlov has been closed since the fourth of May\nand no truck may pass.\n- Water: 20 t"
    )
    assert pieces(text) == [
        "The bridge at Orlov has been closed since the fourth of May\nand no truck may pass.",
        "- Water: 20 t",
    ]


def test_rows_of_a_table_stay_apart() -> None:
    assert pieces("item | stock\ntents | 40\nblankets | 900") == [
        "item | stock",
        "tents | 40",
        "blankets | 900",
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a", "...", "x" * 5000, "第一句。第二句！", "Ωmega: 3\r\nZeta: 4", "a.\u2028b."]
)
def test_every_span_keeps_its_place(text: str) -> None:
    for start, end in cut(text):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()


def test_the_heading_above_is_found() -> None:
    text = "CASUALTIES:\nKilled: 2\nWounded: 9"
    assert lead_of(text, text.index("Wounded")) == "CASUALTIES"


def test_a_draft_is_split_without_its_marks() -> None:
    draft = "Answer: The bridge is **closed** [1].\n- It holds 40 t.\n- It holds 40 t.\nIt was built in"
    assert split_draft(draft, is_whole=False) == ["The bridge is closed.", "It holds 40 t."]


def test_a_question_is_taken_apart() -> None:
    question = read_question("How long is the coastline of Saint Kitts and Nevis?")
    assert question.names == (("Saint", "Kitts", "and", "Nevis"),)
    assert question.expects == "number"
    assert question.attributes == {"coastlin"}


def test_names_of_the_archive_are_known_in_any_case() -> None:
    assert read_question("what is the load limit of orlov bridge", "en", ["Orlov bridge"]).names == (
        ("Orlov", "bridge"),
    )


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("When was the bridge closed?", "en"),
        ("¿Cuántos pacientes atendió el hospital?", "es"),
        ("Когда закрыли мост?", "ru"),
        ("桥什么时候关闭的？", "zh"),
        ("متى أغلق الجسر؟", "ar"),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: str) -> None:
    assert language_of_question(question) == language


def test_only_a_question_without_names_points_back() -> None:
    assert needs_earlier_subject("And when was it signed?")
    assert not needs_earlier_subject("When was the Orlov bridge closed, and is it open?")
    assert not needs_earlier_subject("When was the bridge closed?")
