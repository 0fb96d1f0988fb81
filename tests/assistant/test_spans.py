"""Page text is cut where it says something on its own, and every cut keeps its exact place."""

import pytest

from donovan.assistant.claims import split_draft
from donovan.assistant.prefixes import notice_of, speakers_in
from donovan.assistant.questions import language_of_question, read_question
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
    ("text", "label"),
    [
        ("Load limit: 40 tonnes", "Load limit"),
        (
            "Elevation > highest point: Mount Tahat stands above all of the others.",
            "Elevation > highest point",
        ),
        ("(U) Water: 20 t", "Water"),
        ("Update: 10 September 2026", "Update"),
        ("Area: about 1.7 times the size of Washington, D.C.", "Area"),
        ("Correction: the bridge was closed on 5 July, not on 4 July.", ""),
        ("Correction to report 7: 216 containers", ""),
        ("Amendment No. 1: 40 tonnes", ""),
        ("Поправка: мост закрыт с 5 июля", ""),
        ("تصحيح: أغلق الجسر في 5 تموز", ""),
        ("Note: the well is tested twice a day", ""),
        ("Cause: the pump was switched off by mistake in the night.", ""),
        ("Subject: Orlov bridge", ""),
        ("> Von: Rosa Delgado", ""),
        ("Asunto: brote de diarrea aguda", ""),
    ],
)
def test_a_field_is_neither_a_sentence_nor_the_head_of_a_mail(text: str, label: str) -> None:
    assert field_of(text) == label


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Correction: the figure is 216.", "correction"),
        ("Corrigendum: 216 containers", "correction"),
        ("Fe de erratas: son 216 contenedores.", "correction"),
        ("Rectificatif : il y avait 216 conteneurs.", "correction"),
        ("Berichtigung: Es waren 216 Container.", "correction"),
        ("更正：桥于5日关闭。", "correction"),
        ("UPDATE 3: the bridge is open again.", "update"),
        ("Mise à jour : le pont est ouvert.", "update"),
        ("Note: the bridge is narrow.", "remark"),
        ("The correction: it is narrow.", ""),
        ("Amendment: 5 July 2026", ""),
    ],
)
def test_the_word_of_a_notice_is_known(text: str, kind: str) -> None:
    assert notice_of(text) == kind


def test_a_document_of_one_line_is_cut_into_sentences() -> None:
    text = (
        "Budapest, May 5, 1956. Acs (who had drunk wanted better relations. I said no objection.In "
        "telegram 408 the Legation told more. He comes next week.See Document 55. We agreed.2 The talks "
        "end.[3] All go."
    )
    assert pieces(text) == [
        "Budapest, May 5, 1956.",
        "Acs (who had drunk wanted better relations.",
        "I said no objection.",
        "In telegram 408 the Legation told more.",
        "He comes next week.",
        "See Document 55.",
        "We agreed.2",
        "The talks end.[3]",
        "All go.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The list is in annex.Final.pdf and in plan_v2.Draft since noon.",
        "Write to rosa.Delgado@jtf.example or see www.State.gov/Reports for more.",
        "The U.S.Army and the U.N.Mission, with a Ph.D.Thesis, run on ASP.Net in No.Ireland.",
        "It weighs 3.5 t and costs 1.200 dollars in version 2.Final of the list.",
        "The bridge (see the note of 4 May. It is short.) stays closed.",
    ],
)
def test_names_of_files_addresses_and_abbreviations_are_not_cut(text: str) -> None:
    assert pieces(text) == [text]


def test_a_word_broken_at_the_edge_of_the_page_reads_on() -> None:
    assert pieces("The Anglo-\nAmerican envoy left.") == ["The Anglo-\nAmerican envoy left."]


def test_what_is_said_in_turn_keeps_its_speaker() -> None:
    text = (
        "Ms. Hartmann: When did you leave?\nMR BARIC: We left at five. The road was open.\n"
        "Ms. Hartmann: Who gave the order?\n\nANNEX\n\nThe log is attached."
    )
    cuts = list(cut(text))
    told = [(who, text[start:end]) for who, (start, end) in zip(speakers_in(text, cuts), cuts, strict=True)]
    assert told == [
        ("Ms. Hartmann", "Ms. Hartmann: When did you leave?"),
        ("MR BARIC", "MR BARIC: We left at five."),
        ("MR BARIC", "The road was open."),
        ("Ms. Hartmann", "Ms. Hartmann: Who gave the order?"),
        ("", "ANNEX"),
        ("", "The log is attached."),
    ]


def test_names_before_colons_speak_only_where_several_take_turns() -> None:
    minutes = "Beam: We go on. Cox: The note was sent. Beam: It was late. Cox: It was read at once."
    cuts = list(cut(minutes))
    assert speakers_in(minutes, cuts) == ["Beam", "Cox", "Beam", "Cox"]
    report = "Situation: The river rose. Supply: The crane works again."
    assert speakers_in(report, list(cut(report))) == ["", ""]
    letter = "Mr. Orr: Thank you for your letter. It came late."
    assert speakers_in(letter, list(cut(letter))) == ["Mr. Orr", ""]


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
