"""Whether a span holds the kind of value that a question asks for."""

import re
from functools import lru_cache

from donovan.assistant.questions import Question
from donovan.assistant.spans import Span
from donovan.assistant.terms import Term, stem_of, stems_in, words_of
from donovan.assistant.words import KIN, OPPOSITES
from ingest.values.dates import dates
from ingest.values.numbers import Quantity, quantities

_YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")
_WORD = re.compile(r"[^\W\d_]+")
_ENDED = re.compile(r"[.!?。！？…؟۔][\"'”’»)\]]*$")
_HEADING_WORDS = 10
# What a question without an attribute is taken to have of it, and a word of the same sense of the word.
UNASKED = 0.8
KIN_SHARE = 0.8
_SHOUTED_WORDS = 4
_NOUN_REACH = 4
_HEAD_REACH = 8
_POSITION = re.compile(
    r"\d{1,3}[.,]\d{2,}+\s*+(?:°\s*+)?[NSEW]\b|\b\d{1,2}[A-Z]\s?[A-Z]{2}\s?\d{2,5}\s?\d{2,5}\b|\d°\s?\d"
)


# What a question wants reckoned, and how a sentence speaks that tells such a figure.
_RECKONED = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(told, re.IGNORECASE))
    for asks, told in (
        (
            r"^(?:what|how much) (?:is|was|were|are) (?:the )?(?:(?:percentage|percent|%|net|total|nominal|"
            r"absolute) ){0,2}(?:change|increase|decrease|growth|difference)\b(?:\W+\w+\W?)? "
            r"(?:in|of|between) ",
            r"\b(?:chang|increas|decreas|declin|grew|grow|rose|ris|fell|fall|higher|lower|drop|reduc|rais|gain|"
            r"up|down|more|less|fewer|differ|var)\w*|%|\bper ?cent",
        ),
        (
            r"^(?:what|how much) (?:is|was|were|are) (?:the )?(?:\d{4} )?(?:average|mean) ",
            r"\b(?:averag|mean)",
        ),
        (r"^(?:what|how much) (?:is|was|were|are) (?:the )?ratio of ", r"\bratio|\bto one\b|:\s?\d"),
    )
)


def holds_expected(question: Question, span: Span, language: str) -> float:
    """Whether the span holds a value of the kind asked for that is not in the question itself, 0 to 1."""
    value = span.value
    if question.expects == "date":
        if dates(value) or _YEAR.search(value):
            return 1.0
        return 0.3 if quantities(value, language) else 0.0
    if question.expects == "position":
        return 1.0 if _POSITION.search(value) else 0.0
    if question.expects == "number":
        found = fresh_quantities(question, value, language)
        if not found:
            return 0.0
        if question.units and not span.field_name and not any(q.unit in question.units for q in found):
            return 0.3
        return 1.0
    fresh = [term for term in words_of(value, language) if term.key not in question.stems]
    if question.expects == "place":
        return 1.0 if any(term.is_name for term in fresh) else 0.0
    if question.expects == "person":
        # A grid reference or a call sign is capitalised too, and is nobody.
        bare = words_of(_POSITION.sub(" ", value), language)
        return 1.0 if any(_may_be_person(t) for t in bare if t.key not in question.stems) else 0.0
    return 1.0 if fresh or quantities(value, language) else 0.0


def _may_be_person(term: Term) -> bool:
    word = term.surface
    return term.is_name and len(word) > 1 and word.isalpha() and not (word.isupper() and len(word) <= 4)


def fresh_quantities(question: Question, text: str, language: str) -> list[Quantity]:
    """The numbers of `text` that are no part of a date and that the question does not give."""
    given = {value for quantity in quantities(question.text, language) for value in quantity.values}
    masked = text
    for date in dates(text):
        masked = masked[: date.start] + " " * (date.end - date.start) + masked[date.end :]
    return [quantity for quantity in quantities(masked, language) if not quantity.values & given]


def counts_another_thing(question: Question, span: Span, language: str) -> float:
    """1 where the question counts one thing and every number of the span counts another.

    A number counts what stands beside it, what the label of its field or column names, or, where it stands
    alone, what its heading names.
    """
    if question.expects != "number" or not question.counted:
        return 0.0
    text = span.plain
    if question.counted & stems_in(f"{span.field_name} {span.lead}", language):
        return 0.0
    for quantity in fresh_quantities(question, text, language):
        if question.counted & _beside(text, quantity, language):
            return 0.0
    return 1.0


def _beside(text: str, quantity: Quantity, language: str) -> frozenset[str]:
    """The stems of the words next to a number, and of the head of its cell in a table."""
    after = _WORD.findall(re.split(r"[|;]", text[quantity.end :])[0])[:_NOUN_REACH]
    # The head of a line of figures stands at its start: "New cases of acute diarrhoea 52".
    before = _WORD.findall(re.split(r"[|;,.]", text[: quantity.start])[-1])[-_HEAD_REACH:]
    unit = _WORD.findall(text[quantity.start : quantity.end])
    return frozenset(stem_of(word, language) for word in (*before, *unit, *after))


def tells_another_day(question: Question, span: Span) -> float:
    """1 where the question names a date and the span another; half where nothing supports the date."""
    asked = dates(question.text)
    if not asked or question.expects == "date":
        return 0.0
    own = dates(span.text)
    around = [*own, *dates(span.context)]
    if any(mine.is_supported_by(theirs) for mine in asked for theirs in around):
        return 0.0
    return 1.0 if any(date.day for date in own) else 0.5


def misses_head(question: Question, span: Span, language: str) -> float:
    """1 where the question asks for the "cause of" something, or for a figure that has to be reckoned ("the
    percentage change in"), and the span does not speak of a cause, or of a change.
    """
    if any(asks.search(question.text) and not told.search(span.text) for asks, told in _RECKONED):
        return 1.0
    if question.expects or not question.head:
        return 0.0
    return 0.0 if question.head in stems_in(f"{span.plain}\n{span.lead}", language) else 1.0


def is_bare_heading(span: Span) -> float:
    """1 for a few words that end without a full stop and hold no value: a heading, or a line broken off."""
    text = span.plain.strip()
    words = len(text.split())
    if span.field_name or "|" in text or words > _HEADING_WORDS:
        return 0.0
    if _ENDED.search(text) and not (text.isupper() and words <= _SHOUTED_WORDS):
        return 0.0
    masked = text
    for date in dates(text):
        masked = masked.replace(text[date.start : date.end], " ")
    return 0.0 if quantities(masked, span.language or "en") and not text.isupper() else 1.0


def fit_of_field(question: Question, span: Span, language: str) -> float:
    """The share (0 to 1) of the words of a field's label that the question has; 0 for prose."""
    label = stems_in(span.field_name, language)
    return len(label & question.stems) / len(label) if label else 0.0


def tells_nothing_new(span: Span, language: str) -> float:
    """1 for a line that only repeats the title and the headings it stands under."""
    said = stems_in(span.plain, language)
    return float(said <= stems_in(f"{span.title}\n{span.heading}\n{span.lead}", language))


@lru_cache(maxsize=1)
def _opposite_stems() -> tuple[tuple[str, str], ...]:
    pairs = [(next(iter(stems_in(a, "en")), a), next(iter(stems_in(b, "en")), b)) for a, b in OPPOSITES]
    return tuple(pairs) + tuple((b, a) for a, b in pairs)


def opposites_between(said: frozenset[str], held: frozenset[str]) -> str:
    """The word of `held` whose opposite `said` has in its place, or nothing. Both are stems."""
    return next((b for a, b in _opposite_stems() if a in said and b in held and a not in held), "")


def says_opposite(question: Question, body: frozenset[str]) -> float:
    """1 where the span holds the opposite of a word that is asked for, and not the word itself."""
    return 1.0 if opposites_between(question.stems, body) else 0.0


def share_of_asked(wanted: frozenset[str], found: frozenset[str]) -> float:
    """The share of the asked stems that are found, a word of the same sense counting for most of one."""
    if not wanted:
        return UNASKED
    return sum(1.0 if stem in found else KIN_SHARE * bool(_kin(stem) & found) for stem in wanted) / len(
        wanted
    )


def share_covered(question: Question, span: Span, language: str) -> float:
    """The share of the words of the question that the span has, its title, its headings and the sentences
    beside it counted in. A question without words of its own is covered by anything.
    """
    if not question.stems:
        return 1.0
    read = f"{span.title} {span.heading} {span.lead} {span.with_neighbours().text}"
    return len(question.stems & stems_in(read, language)) / len(question.stems)


@lru_cache(maxsize=4000)
def _kin(stem: str) -> frozenset[str]:
    groups = (frozenset(stem_of(word, "en") for word in group) for group in KIN)
    return frozenset().union(*(group - {stem} for group in groups if stem in group))
