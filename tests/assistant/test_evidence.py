"""What makes a span an answer: its own words, the sentence before it, and the kind of value asked for."""

import itertools
import uuid
from dataclasses import replace

import pytest

from donovan.assistant.evidence import score_spans
from donovan.assistant.fitting import (
    counts_another_thing,
    holds_expected,
    is_bare_heading,
    misses_head,
    tells_another_day,
)
from donovan.assistant.questions import read_question
from donovan.assistant.spans import Span, cut, neighbours_of, sentence_before
from donovan.assistant.stating import as_quoted, best_answers, is_answered, stated
from tests.assistant.material import span


def page(text: str, *, title: str = "Report") -> list[Span]:
    """The spans of one page of text, in order."""
    cuts = list(cut(text))
    document = uuid.uuid4()
    return [
        replace(
            span(text[start:end], title=title, passage=text),
            document_id=document,
            start=start,
            end=end,
            before=sentence_before(text, cuts, index),
            neighbours=neighbours_of(text, cuts, index),
        )
        for index, (start, end) in enumerate(cuts)
    ]


def answers(question: str, spans: list[Span]) -> list[str]:
    """What is shown for a question; nothing where it is refused."""
    scored = score_spans(read_question(question), spans)
    return [item.span.text for item in best_answers(scored)] if is_answered(scored) else []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("(S//REL TO USA, GBR) The ford is mined.", "The ford is mined."),
        ("- (CUI) The ford is mined.", "The ford is mined."),
        ("3. (U) The ford is mined.", "The ford is mined."),
        ("(about forty) men held the ford.", "(about forty) men held the ford."),
        ("(U)", "(U)"),
    ],
)
def test_a_portion_mark_is_quoted_and_not_weighed(text: str, plain: str) -> None:
    assert span(text).plain == plain
    assert span(text).text == text


def test_a_field_is_known_behind_its_portion_mark() -> None:
    marked = span("- (U) Load limit: 40 tonnes")
    assert (marked.field_name, marked.value) == ("Load limit", "40 tonnes")


def test_a_long_sentence_with_a_colon_is_no_field() -> None:
    assert not span(
        "The cover is cracked and a latrine stands twelve metres from it, though: it must go."
    ).field_name


def test_the_sentence_before_gives_the_subject_and_is_quoted_with_it() -> None:
    text = (
        "The Karst Brigade holds the ridge above Tolmin. It is thought to be strong in the south.\n\n"
        "The Vipava Guard holds the valley. Its strength is estimated at 40 to 80 men with rifles."
    )
    scored = score_spans(read_question("How strong is the Vipava Guard?"), page(text))
    shown = [as_quoted(item.span, item.score, []) for item in stated(scored)]
    words = "The Vipava Guard holds the valley. Its strength is estimated at 40 to 80 men with rifles."
    assert any(words in span.text for span in shown if span is not None)


def test_sentences_read_together_keep_their_place() -> None:
    text = "(U) Camp Tolmin lies by the river. It held 5,060 registered persons on the day of the visit."
    last = page(text)[-1].with_before()
    assert text[last.start : last.end] == last.text == text


def test_paragraphs_are_not_read_together() -> None:
    assert page("The Karst Brigade is gone.\n\nIts camp is empty.")[1].before == ""


def test_a_scan_that_breaks_a_sentence_with_an_empty_line_is_mended() -> None:
    text = "Walkers are carried over the river by boat, from\n\n07:00 to 18:00, at the old mill."
    assert [text[start:end] for start, end in cut(text)] == [text]


def test_a_number_of_another_thing_does_not_answer_how_many() -> None:
    question = read_question("How many containers did MV Lastovo discharge?")
    other = span("900 bags of rice were received from MV Lastovo, which continues to discharge.")
    assert counts_another_thing(question, other, "en")
    assert not counts_another_thing(question, span("MV Lastovo discharged 216 containers at Berth 4."), "en")
    assert not counts_another_thing(question, span("Containers: 216"), "en")
    assert not counts_another_thing(question, span("Ship: MV Lastovo | Containers: 216 | Berth: 4"), "en")
    assert answers(question.text, [other]) == []


def test_a_heading_is_never_an_answer() -> None:
    assert is_bare_heading(span("4. (U) Latrines"))
    assert is_bare_heading(span("CIVIL AFFAIRS TEAM 2, TOLMIN"))
    assert is_bare_heading(span("Tolmin, 11 September 2026"))
    assert not is_bare_heading(span("New cases of measles 52"))
    assert not is_bare_heading(span("Not identified."))
    assert not is_bare_heading(span("Capital: Tolmin"))


@pytest.mark.parametrize(
    ("question", "fitting", "unfitting"),
    [
        ("How far is the well from the school?", "The well is 12 metres off.", "The well has 3 pumps."),
        (
            "For how long was the radio off?",
            "It was silent for eleven hours.",
            "It was turned off at 18 miles.",
        ),
        (
            "What are the coordinates of the mill?",
            "The mill (37.1005 N, 15.1212 W) runs.",
            "The mill runs again.",
        ),
        ("Who closed the road?", "It was closed by Ivo Lukan.", "At 37.1610 N, MGRS 28S DG 78246 12760."),
        ("When did the dam break?", "It broke on 3 September.", "It broke without warning."),
    ],
)
def test_the_word_that_asks_says_what_kind_of_value_answers(
    question: str, fitting: str, unfitting: str
) -> None:
    asked = read_question(question)
    assert holds_expected(asked, span(fitting), "en") > holds_expected(asked, span(unfitting), "en")


def test_another_day_is_another_matter() -> None:
    question = read_question("How many new cases were reported on 16 September?")
    assert tells_another_day(question, span("Three new cases on 10 September 2026.")) == 1
    assert tells_another_day(question, span("Three new cases.", title="Report of 10 September 2026")) == 0.5
    assert tells_another_day(question, span("52 new cases.", title="Report of 16 September 2026")) == 0


def test_a_question_names_no_month_and_asks_for_no_particle() -> None:
    question = read_question("Who set up the roadblock at Tolmin on 13 September?")
    assert question.names == (("Tolmin",),)
    assert question.attributes == {"set", "roadblock"}


def test_what_is_counted_is_what_is_asked() -> None:
    assert read_question("How many containers did MV Lastovo discharge?").attributes == {
        "contain",
        "discharg",
    }
    assert read_question("How many litres may a bladder tank hold?").attributes == {"bladder", "tank"}


def test_a_cause_is_answered_by_a_cause() -> None:
    spans = [span("(U) Acute diarrhoea is now an outbreak.")]
    assert answers("What is the cause of the outbreak of diarrhoea?", spans) == []


def test_no_two_quotations_overlap() -> None:
    text = "The Vipava Guard holds the valley. The Vipava Guard is led by Ana Kos. She is a former teacher."
    scored = best_answers(
        score_spans(read_question("Who leads the Vipava Guard?"), page(text)), most=3, share=0.0
    )
    places = sorted((item.span.start, item.span.end) for item in scored)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))


def test_a_title_of_prose_does_not_make_other_documents_strangers() -> None:
    spans = [
        *page("The district has many wells.", title="District of Tolmin"),
        *page("There are 18,000 displaced persons in Tolmin District.", title="Minutes"),
    ]
    shown = answers("How many displaced persons are there in Tolmin District?", spans)
    assert shown == ["There are 18,000 displaced persons in Tolmin District."]


def test_a_plainer_sentence_about_another_name_does_not_stand_before_the_right_row() -> None:
    spans = [
        *page("The clinic at Camp Javor has 22 beds, of which nine are in use.", title="Situation report"),
        *page("Clinic: Camp Lokve | Beds: 16 | Doctors: 2 | Telephone: +999 20 555 0151", title="Annex Q"),
    ]
    shown = answers("How many beds does the clinic at Camp Lokve have?", spans)
    assert shown == ["Clinic: Camp Lokve | Beds: 16 | Doctors: 2 | Telephone: +999 20 555 0151"]


def test_a_common_verb_is_answered_by_a_word_of_the_same_sense() -> None:
    spans = page("MV Lastovo with building material and rice is due on 18 September.")
    assert answers("When does MV Lastovo arrive?", spans) == [spans[0].text]


def test_a_sentence_with_its_own_subject_is_not_read_with_its_neighbour() -> None:
    text = "The ship Faro of Almarea arrived this morning. MV Lastovo loads rice until 18 September."
    quoted = [
        item.span.text for item in score_spans(read_question("When did MV Lastovo arrive?"), page(text))
    ]
    assert text not in quoted


@pytest.mark.parametrize(
    ("question", "text", "misses"),
    [
        ("What was the percentage change in the price of flour?", "Flour cost 40 dinars in May.", 1.0),
        ("What was the percentage change in the price of flour?", "Flour rose by a fifth in May.", 0.0),
        (
            "What was the increase / (decrease) in the price of flour?",
            "Flour was 3 dinars higher in May.",
            0.0,
        ),
        ("What is the average price of flour?", "Flour cost 40 dinars in May.", 1.0),
        ("What is the average price of flour?", "The price of flour averaged 40 dinars.", 0.0),
        ("What is the ratio of nurses to patients?", "There are 4 nurses for 90 patients.", 1.0),
        ("What is the price of flour?", "Flour cost 40 dinars in May.", 0.0),
    ],
)
def test_a_figure_that_has_to_be_reckoned_is_not_any_figure(question: str, text: str, misses: float) -> None:
    assert misses_head(read_question(question), span(text), "en") == misses
