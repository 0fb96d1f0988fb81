"""What is a query of the language, how it is said back, and what is said of one that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.querying.explaining import explained
from retrieval.querying.grammar import parse
from retrieval.querying.reading import read
from retrieval.querying.tree import QueryError


def said(query: str) -> str:
    reading = read(query)
    assert reading is not None, query
    return explained(reading.tree)


def problem(query: str) -> str:
    with pytest.raises(QueryError) as raised:
        read(query)
    return raised.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        "What is the status (as of May) of Orla: open or closed?",
        "time: 14:30",
        "harbour crane",
        "fuel and water or food, not near the depot",
        "-convoy fuel",
        "who signed the order?",
        "5 * 3 trucks",
        "about ~5 km, 5~7 tons",
        'a 5" pipe and a 6" pipe',
        "from: Ben to: Ana",
        "subject:fuel",
        "http://orla.example/a",
        'צה"ל בדרך',
        "(fuel convoy)",
        "",
        "...",
    ],
)
def test_plain_words_and_questions_are_not_the_language(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("fuel NOT convoy", "passages that hold “fuel” and not “convoy”"),
        ('"fuel convoy" depot', "passages that hold exactly “fuel convoy” and “depot”"),
        ("fuel OR diesel OR petrol", "passages that hold “fuel”, “diesel” or “petrol”"),
        ("fuel AND (diesel OR NOT petrol)", "passages that hold “fuel” and (“diesel” or not “petrol”)"),
        ("NOT (fuel AND convoy)", "passages that hold not (“fuel” and “convoy”), in the order of documents"),
        ("NOT NOT fuel", "passages that hold “fuel”"),
        ("fuel NEAR/5 convoy", "passages that hold “fuel” at most 5 words from “convoy”"),
        ("fuel NEAR convoy", "“fuel” at most 10 words from “convoy”"),
        ("transport* fuel~", "a word like “transport*” and a word within 1 letter of “fuel”"),
        ("convoys~", "a word within 2 letters of “convoys”"),
        ("fuel date:2024-01..2024-03", "“fuel”, dated from 1 January 2024 to 31 March 2024"),
        ("fuel date:2024-02", "dated from 1 February 2024 to 29 February 2024"),
        ("fuel date:2024-02-29", "dated 29 February 2024"),
        ("fuel date:>=2024-02", "dated 1 February 2024 or later"),
        ("fuel date:>2024-02", "dated 1 March 2024 or later"),
        ("fuel date:<2024", "dated 31 December 2023 or before"),
        ("fuel date:..2024", "dated 31 December 2024 or before"),
        ("fuel page:3..9", "“fuel”, on pages 3 to 9"),
        ("fuel page:3..", "on page 3 or later"),
        ("fuel NOT page:3", "“fuel”, not on page 3"),
        ("title:orla from:ben", "passages in documents whose title holds “orla”, in mail from “ben”"),
        ("fuel OR page:1", "passages either holding “fuel” or on page 1"),
        ("fuel AND convoy ?", "passages that hold “fuel” and “convoy”"),
        ("وقود NOT R-27", "passages that hold “وقود” and not “R-27”"),
        ("\u200fوقود\u200f AND \u200eR-27\u200e", "passages that hold “وقود” and “R-27”"),
    ],
)
def test_a_query_is_said_back_in_words(query: str, words: str) -> None:
    assert words in said(query)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("fuel AND", "Character 6, “AND”: it needs something behind it"),
        ("OR fuel", "Character 1, “OR”: it needs something before it"),
        ("AND OR NOT", "Character 1, “AND”"),
        ("fuel NOT", "Character 6, “NOT”"),
        ("fuel AND AND convoy", "Character 6, “AND”"),
        ("fuel NEAR/5 NOT convoy", "Character 6, “NEAR/5”"),
        ("fuel NEAR/5 page:3", "Character 6, “NEAR/5”: on either side goes a word"),
        ("fuel NEAR/0 convoy", "Character 6, “NEAR/0”: words can be 1 to 100 apart"),
        ("fuel NEAR/99999999999 convoy", "words can be 1 to 100 apart"),
        ("(fuel AND convoy", "Character 1, “(”: this parenthesis is not closed"),
        ("fuel AND convoy)", "Character 16, “)”: nothing was opened"),
        ("fuel AND ()", "Character 10, “()”"),
        ("()", "Character 1, “()”"),
        ("*", "Character 1, “*”: alone it stands for every word"),
        ("fuel AND *?*", "Character 10, “*?*”: alone"),
        ('""', "there is no word between the quotation marks"),
        ('fuel AND "convoy', 'Character 10, “"”: this quotation mark has no partner'),
        ('"fuel con*"', "Character 7, “con*”: inside quotation marks"),
        ("fuel~3", "Character 1, “fuel~3”: a word may differ by 1 or 2 letters"),
        ("ab~", "needs 3 letters"),
        ("fuel~2", "~2 needs a word of 5 letters"),
        (
            "fuel AND author:ben",
            "Character 10, “author:ben”: there is no field “author”. Fields are title, from",
        ),
        ("fuel AND from: ben", "Character 10, “from:”: the value goes right behind the colon"),
        ("date:2024-13", "Character 6, “2024-13”: that is not a date"),
        ("date:2024-02-30", "that is not a date"),
        ("date:..", "a range needs at least one end"),
        ("date:2024-03..2024-01", "the first date lies after the last one"),
        ("date:0000", "that is not a date"),
        ("date:>9999-12-31", "there is no date after that"),
        ("date:<0001", "there is no date before that"),
        ("page:0", "Character 6, “0”: that is not a page number"),
        ("page:x..3", "that is not a page number"),
        ("page:9..3", "the first page lies after the last one"),
        ("page:<1", "pages are counted from 1"),
        ("fuel AND ـ", "Character 10, “ـ”: there is no word in this"),
        ("~ ~", "holds no word to look for"),
        ("title:!!", "there is no word behind the field"),
        ("(" * 900 + "fuel AND x" + ")" * 900, "parentheses can be 15 deep"),
        ("NOT " * 450 + "fuel AND " + "x " * 80, "a query can hold 60 words"),
        ("fuel AND " * 20_000, "at most 2,000 can be read"),
    ],
)
def test_a_wrong_query_gets_a_sentence_with_the_place(query: str, sentence: str) -> None:
    assert sentence in problem(query)


def test_a_question_that_quotes_demands_only_what_it_quotes() -> None:
    reading = read('What did the mission mean by "safe water"?')
    assert reading is not None
    assert explained(reading.tree) == "passages that hold exactly “safe water”"
    assert reading.words == 'What did the mission mean by "safe water"?'


def test_only_what_is_wanted_ranks() -> None:
    reading = read('fuel NOT convoy AND (wom?n OR "safe water") title:orla')
    assert reading is not None
    assert reading.words == "fuel wom safe water"


SIGNS = st.sampled_from(
    [
        *(
            "AND",
            "OR",
            "NOT",
            "NEAR/3",
            "NEAR",
            "(",
            ")",
            '"',
            "“",
            "”",
            "*",
            "?",
            "~",
            "~1",
            "~9",
            "fuel",
            "con*",
        ),
        *(
            "date:",
            "date:2024..",
            "page:3",
            "title:",
            "from:x",
            "type:pdf",
            ":",
            "..",
            "وقود",
            "港口",
            "\u200f",
            "\x00",
        ),
        *("x" * 50, "-", "'", "«a»", "(a", "b)", "fuel~", '5"', "\ud800", "İ", "ǆ", "²", "٣"),
    ]
)


@given(st.lists(SIGNS | st.text(max_size=4), max_size=30), st.sampled_from(["", " "]))
def test_any_text_is_plain_or_is_read_or_gets_a_sentence(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    try:
        reading = read(text)
    except QueryError as error:
        assert error.sentence[0].isupper()
        assert error.sentence.endswith((".", "…"))
        return
    if reading is not None:
        assert explained(reading.tree).startswith("passages")


@given(st.text(max_size=200))
def test_the_grammar_itself_reads_any_text_or_gives_a_sentence(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as error:
        assert error.sentence
    else:
        assert explained(tree).startswith("passages")


@given(st.lists(st.sampled_from(["fuel", "convoy", "AND", "OR", "NOT", "(", ")"]), min_size=1, max_size=12))
def test_what_is_said_has_the_words_of_the_query_in_their_order(pieces: list[str]) -> None:
    try:
        reading = read(" ".join(pieces))
    except QueryError:
        return
    if reading is not None:
        spoken = explained(reading.tree)
        assert [w for w in pieces if w.islower()] == [
            w for w in spoken.replace("”", "“").split("“") if w in ("fuel", "convoy")
        ]
