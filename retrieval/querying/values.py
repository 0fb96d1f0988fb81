"""What is written behind a field, read: dates and their ranges, pages and theirs, words."""

import re
from calendar import monthrange
from datetime import date

from retrieval.querying.signs import fuzzy_parts, is_fuzzy
from retrieval.querying.tree import Dated, Fuzzy, Leaf, OnPages, Phrase, Wildcard, Word, wrong_at
from retrieval.words import PLAIN, normalise, read_words

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_RANGE = re.compile(r"(?P<first>.*?)\.\.\.?(?P<last>.*)", re.DOTALL)
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=|≥|≤)(?P<value>.*)", re.DOTALL)
_WRITTEN = "Write a date as 2024, 2024-03 or 2024-03-31, a range as 2024-01..2024-03 or >=2024-02."
_PAGES = "Write a page as page:3, pages as page:3..9 or page:>=3."
LAST_PAGE = 1_000_000
SHORTEST_FUZZY, SHORTEST_FUZZY_BY_TWO = 3, 5


def leaf(text: str, at: int) -> Leaf:
    """A bare word of the query. Raises QueryError for one that stands for every word, or for none."""
    if is_fuzzy(text):
        return _fuzzy(text, at)
    if "*" in text or "?" in text:
        if not read_words(text, PLAIN):
            raise wrong_at(
                at, text, "alone it stands for every word. Put a few letters beside it: transport*."
            )
        return Wildcard(text, at)
    if not read_words(text, PLAIN):
        raise wrong_at(at, text, "there is no word in this. Take it away.")
    return Word(text, at)


def quotation(text: str, at: int) -> Phrase:
    """What stands between quotation marks, as a phrase. Raises QueryError when it holds no word."""
    inside = text[1:-1]
    starred = re.search(r"\w+\*|\*\w+", inside)
    if starred:
        raise wrong_at(
            at + 1 + starred.start(),
            starred[0],
            "inside quotation marks words are taken as they stand. Write fuel NEAR/1 convo* without them.",
        )
    if not read_words(inside, PLAIN):
        raise wrong_at(
            at, text, "there is no word between the quotation marks. Write the words, or take them away."
        )
    return Phrase(" ".join(inside.split()), at)


def text_value(value: str, at: int) -> Leaf:
    """The words behind a field such as title. Raises QueryError."""
    if value[0] in '"“”„«':
        return quotation(value, at)
    value = value.rstrip(",;")
    if not read_words(value, PLAIN):
        raise wrong_at(at, value, "there is no word behind the field. Write one right after the colon.")
    return leaf(value, at)


def _fuzzy(text: str, at: int) -> Fuzzy:
    word, digit = fuzzy_parts(text)
    forms = read_words(word, PLAIN)
    if len(forms) != 1:
        raise wrong_at(at, text, "~ goes behind one word. Write each word with its own: fuel~ convoy~.")
    length = len(forms[0].form)
    distance = int(digit) if digit else (2 if length > SHORTEST_FUZZY_BY_TWO else 1)
    if distance not in (1, 2):
        raise wrong_at(at, text, "a word may differ by 1 or 2 letters. Write ~1 or ~2 behind it.")
    if length < SHORTEST_FUZZY:
        raise wrong_at(
            at, text, f"a word with ~ needs {SHORTEST_FUZZY} letters; shorter ones are like every other."
        )
    if length < SHORTEST_FUZZY_BY_TWO and distance == 2:
        raise wrong_at(
            at, text, f"~2 needs a word of {SHORTEST_FUZZY_BY_TWO} letters. Write ~1 behind a shorter one."
        )
    return Fuzzy(word, distance, at)


def dated(value: str, at: int) -> Dated:
    """A day, month or year, or a range of them, both ends included. Raises QueryError."""
    value = unquoted(value)
    compared = _COMPARED.fullmatch(value)
    if compared:
        first, last = _days(compared["value"], value, at)
        sign = compared["sign"]
        if sign in (">=", "≥"):
            return Dated(first, None)
        if sign in ("<=", "≤"):
            return Dated(None, last)
        if sign == ">":
            return Dated(_next(last, value, at), None)
        return Dated(first, last) if sign == "=" else Dated(None, _before(first, value, at))
    ranged = _RANGE.fullmatch(value)
    if not ranged:
        return Dated(*_days(value, value, at))
    if not ranged["first"] and not ranged["last"]:
        raise wrong_at(at, value, f"a range needs at least one end. {_WRITTEN}")
    start = _days(ranged["first"], value, at)[0] if ranged["first"] else None
    end = _days(ranged["last"], value, at)[1] if ranged["last"] else None
    if start and end and start > end:
        raise wrong_at(at, value, "the first date lies after the last one. Swap them.")
    return Dated(start, end)


def _days(text: str, whole: str, at: int) -> tuple[date, date]:
    found = _DATE.fullmatch(_in_ascii(text))
    try:
        if found:
            year, month, day = int(found[1]), found[2], found[3]
            first = date(year, int(month or 1), int(day or 1))
            if day:
                return first, first
            end = int(month or 12)
            return first, date(year, end, monthrange(year, end)[1])
    except ValueError:
        pass
    raise wrong_at(at, whole, f"that is not a date. {_WRITTEN}")


def _next(day: date, whole: str, at: int) -> date:
    try:
        return date.fromordinal(day.toordinal() + 1)
    except (ValueError, OverflowError):
        raise wrong_at(at, whole, f"there is no date after that. {_WRITTEN}") from None


def _before(day: date, whole: str, at: int) -> date:
    try:
        return date.fromordinal(day.toordinal() - 1)
    except ValueError:
        raise wrong_at(at, whole, f"there is no date before that. {_WRITTEN}") from None


def pages(value: str, at: int) -> OnPages:
    """A page or a range of pages. Raises QueryError."""
    value = unquoted(value)
    compared = _COMPARED.fullmatch(value)
    if compared:
        number, sign = _page(compared["value"], value, at), compared["sign"]
        if sign in (">", ">=", "≥"):
            return OnPages(number + (sign == ">"), None)
        if sign == "=":
            return OnPages(number, number)
        if number - (sign == "<") < 1:
            raise wrong_at(at, value, f"pages are counted from 1. {_PAGES}")
        return OnPages(1, number - (sign == "<"))
    ranged = _RANGE.fullmatch(value)
    if not ranged:
        return OnPages(_page(value, value, at), _page(value, value, at))
    if not ranged["first"] and not ranged["last"]:
        raise wrong_at(at, value, f"a range needs at least one end. {_PAGES}")
    first = _page(ranged["first"], value, at) if ranged["first"] else 1
    last = _page(ranged["last"], value, at) if ranged["last"] else None
    if last is not None and first > last:
        raise wrong_at(at, value, "the first page lies after the last one. Swap them.")
    return OnPages(first, last)


def _page(text: str, whole: str, at: int) -> int:
    found = _in_ascii(text)
    if not re.fullmatch(r"[0-9]{1,7}", found) or not 1 <= int(found) <= LAST_PAGE:
        raise wrong_at(at, whole, f"that is not a page number. {_PAGES}")
    return int(found)


def unquoted(value: str) -> str:
    """A value without the marks around it and without a comma behind it."""
    return (value[1:-1] if value[:1] in '"“”„«' and len(value) > 1 else value).strip().rstrip(",;")


def _in_ascii(text: str) -> str:
    """Figures of other scripts as Latin ones: an analyst who types Arabic may type Arabic figures."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in normalise(text))
