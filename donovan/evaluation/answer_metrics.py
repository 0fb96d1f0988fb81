"""What an answer is worth against gold. Judged without any part of `donovan.assistant.verify`.

A judge that shares its eyes with what it judges sees nothing, so everything here is done with the plainest
means: letters, digits and the text of the cited page.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_LETTERS = r"[\u0e00-\u0eff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_UNSPACED = re.compile(_LETTERS)
_CLOSED = re.compile(rf"(?<={_LETTERS}) | (?={_LETTERS})")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-ÞА-Я][\w’'-]+")
_SMALL = """a an the of in on at to for from by with and or is are was were be been has have had that this
it its as which who there their he she they his her also located known called about"""
_SMALL_WORDS = frozenset(_SMALL.split())
# A unit in full says no more than its short form; nothing else is taken for the same.
_UNITS_IN_FULL = (
    (re.compile(r"\bsquare\s+(?:kilometers?|kilometres?)\b"), "sq km"),
    (re.compile(r"\bsquare\s+miles?\b"), "sq mi"),
    (re.compile(r"\b(?:kilometers?|kilometres?)\b"), "km"),
    (re.compile(r"\b(?:meters?|metres?)\b"), "m"),
    (re.compile(r"\bnautical\s+miles?\b"), "nm"),
)
LEAST_WORDS_SUPPORTED = 0.8


@dataclass(frozen=True)
class JudgedCitation:
    """A citation beside the truth: the text of its page, and whether it is of the document that holds the
    gold.
    """

    quote: str
    start: int
    end: int
    page_text: str
    title: str
    is_gold_document: bool


@dataclass(frozen=True)
class JudgedClaim:
    """A statement shown as supported, with its citations."""

    text: str
    citations: tuple[JudgedCitation, ...]


def plain(text: str) -> str:
    """Words and digits in lower case, one space apart, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(_WORD.findall(bare))


def holds(text: str, gold: str) -> bool:
    """Whether the normalised gold answer stands in the text, word for word.

    In writing without spaces between words (Chinese, Japanese, Thai) it is letter for letter, and a number or
    a foreign word at an end of the gold is still a whole one.
    """
    wanted, said = plain(gold), plain(text)
    if not _UNSPACED.search(wanted):
        return bool(wanted) and f" {wanted} " in f" {said} "
    wanted, said = (_CLOSED.sub("", words) for words in (wanted, said))
    before = "" if _UNSPACED.match(wanted[0]) else r"(?<![0-9a-z])"
    after = "" if _UNSPACED.match(wanted[-1]) else r"(?![0-9a-z])"
    return re.search(f"{before}{re.escape(wanted)}{after}", said) is not None


def is_right_citation(citation: JudgedCitation, gold: str) -> bool:
    """Whether the quotation stands on its page at its offsets, and the page is the gold one or the quotation
    holds the gold answer.
    """
    in_place = citation.page_text[citation.start : citation.end] == citation.quote
    return in_place and (citation.is_gold_document or holds(citation.quote, gold))


def is_supported(claim: JudgedClaim) -> bool:
    """Whether some cited page bears the statement out.

    Every number and every name of the statement stands in the text of the page or in its title, and so do at
    least four fifths of its other words (by their first five letters, so that endings do not count).
    """
    return any(
        _bears_out(claim.text, f"{citation.title}\n{citation.page_text}") for citation in claim.citations
    )


def share(found: Sequence[bool]) -> float:
    """The share of true ones; of nothing it is 0."""
    return round(sum(found) / len(found), 4) if found else 0.0


def _bears_out(statement: str, page: str) -> bool:
    figures = {_figures(number) for number in _NUMBER.findall(page)}
    if not {_figures(number) for number in _NUMBER.findall(statement)} <= figures:
        return False
    words = set(plain(page).split())
    names = {word for name in _NAME.findall(statement) for word in plain(name).split()}
    if not {name for name in names if len(name) > 2} <= words | {f"{word}s" for word in words}:
        return False
    beginnings = {word[:5] for word in _short_units(plain(page)).split()}
    said = [word for word in _short_units(plain(statement)).split() if word not in _SMALL_WORDS]
    return sum(word[:5] in beginnings for word in said) >= LEAST_WORDS_SUPPORTED * len(said)


def _short_units(text: str) -> str:
    for in_full, short in _UNITS_IN_FULL:
        text = in_full.sub(short, text)
    return text


def _figures(number: str) -> str:
    return number.replace(",", "").rstrip(".")
