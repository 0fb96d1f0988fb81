"""No expression that meets a document costs more than its length: one file must not stop the site.

All compiled patterns of the three packages are collected, texts are made that its repetitions like, and the
work is compared between a text and one of four times its length. What reads only texts of a limited length (a
question, a claim, a span that can be cited) may grow, and is held to a time at that length.
"""

import pytest

from donovan.assistant.spans import LONGEST_SPAN, cut
from tests.support import patterns
from tests.support.patterns import STEEPEST, called_methods, compiled_patterns, growth_of, longest_time

# Modules that read no whole page: questions, claims, drafts, and spans of at most LONGEST_SPAN characters.
OF_LIMITED_TEXTS = (
    "donovan.assistant.", "donovan.evaluation.", "donovan.insight.entities.in_ask.",
    "donovan.insight.tables.questions.",
)  # fmt: skip
# Matched by DuckDB alone, whose expressions (RE2) are linear by promise.
MATCHED_ELSEWHERE = frozenset({"donovan.insight.tables.totals._TOTAL[0]"})
READS_PAGES = (
    "donovan.assistant.spans.", "donovan.assistant.telling.", "donovan.assistant.instructions.",
    "donovan.assistant.quoted_mail.", "donovan.assistant.evidence.",
)  # fmt: skip
# Each with the most characters that it is given, and where that is seen to.
LIMITED = {
    "ingest.readers.mail_quotes.DIVIDER": 300,  # LONGEST_DIVIDER
    "ingest.titles._NOT_A_TITLE": 500,  # _TITLE_CHARACTERS
    "ingest.values.positions._AFTER": 120,  # _LONGEST
    "ingest.values.positions._BEFORE": 120,
    "ingest.values.positions._PLAIN": 120,
    "ingest.values.positions._UTM": 120,
    "ingest.work.subprocesses._ERROR": 4000,  # _LONGEST_TAIL
    "donovan.assistant.spans._LAST_WORD": 200,  # LONGEST_WORD
    "donovan.insight.entities.recognisers.times._FIELD": 60,
}
MOST_SECONDS = 1.0


def limit_of(place: str) -> int | None:
    name = place.partition("[")[0]
    if name in LIMITED:
        return LIMITED[name]
    is_limited = place.startswith(OF_LIMITED_TEXTS) and not place.startswith(READS_PAGES)
    return LONGEST_SPAN if is_limited else None


def test_every_pattern_of_the_packages_is_found() -> None:
    places = set(compiled_patterns())
    assert len(places) > 400
    assert {place.split(".")[0] for place in places} == {"ingest", "retrieval", "donovan"}


def test_what_is_quadratic_or_worse_is_found() -> None:
    for text in (r"\.+(?=\s)", r"(?:a+)+b", r"\s*x", r"[\w.]+@", r"(.*?),(.*?),(.*?);"):
        assert growth_of(patterns.re.compile(text))[0] > STEEPEST, text
    for text in (r"(?<!\.)\.++(?=\s)", r"a{1,20}b", r"(?<!\s)\s++x", r"\bfoo\b.{0,40}bar"):
        assert growth_of(patterns.re.compile(text))[0] <= STEEPEST, text


@pytest.mark.slow
def test_no_pattern_that_meets_a_document_grows_faster_than_the_document() -> None:
    grown = {}
    for place, pattern in compiled_patterns().items():
        if limit_of(place) is None and place not in MATCHED_ELSEWHERE:
            found, text = growth_of(pattern, called_methods(place))
            if found > STEEPEST:
                grown[place] = (round(found, 1), text)
    assert grown == {}


@pytest.mark.slow
def test_what_reads_short_texts_reads_them_in_no_time() -> None:
    slow = {}
    for place, pattern in compiled_patterns().items():
        if (limit := limit_of(place)) is not None:
            took = longest_time(pattern, called_methods(place), limit)
            if took > MOST_SECONDS:
                slow[place] = took
    assert slow == {}


@pytest.mark.parametrize("sign", [".", " ", "(", "a.", ".)", "7 ", "\n", "A", "。", '."'])
def test_a_page_of_one_sign_is_cut_in_no_time(sign: str) -> None:
    text = sign * (45_000 // len(sign))
    assert patterns.seconds(lambda page: list(cut(page)), text) < patterns.MOST_SECONDS
