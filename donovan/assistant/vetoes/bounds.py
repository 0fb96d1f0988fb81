""" "More than 300" is not "300", and "before 5 July" is not "on 5 July"."""

import re
from collections.abc import Mapping
from functools import lru_cache

from donovan.assistant.comparing import Comparison
from donovan.assistant.force_words import BOUNDS_AFTER, BOUNDS_BEFORE, TIMES_AFTER, TIMES_BEFORE
from donovan.assistant.terms import Term

_HAN = re.compile(r"[\u3400-\u9fff]")
_BETWEEN = r"(?:\s+(?:the|a|an|el|la|los|las|un|una|le|les|der|die|das|dem|den|us\$|[$€£]))?\s*[$€£]?"


def changes_bound(comparison: Comparison) -> str:
    """A number or date whose bound was left out, added or turned."""
    for term in comparison.said:
        if term.kind == "word":
            continue
        mine = _bounds(comparison.text, term)
        theirs = [
            _bounds(one.text, other)
            for one in comparison.cited
            for other in one.body
            if other.kind != "word" and term.is_supported_by(other)
        ]
        if not theirs or mine.keys() in [other.keys() for other in theirs]:
            continue
        lost = {kind: word for kind, word in theirs[0].items() if kind not in mine}
        if lost:
            return f"It leaves out “{next(iter(lost.values()))}”, which the cited words say of the number."
        added = {kind: word for kind, word in mine.items() if kind not in theirs[0]}
        if added:
            return f"The cited words do not say “{next(iter(added.values()))}”."
    return ""


def _bounds(text: str, term: Term) -> dict[str, str]:
    """The kinds of bound of a number or date, each with its words."""
    before, after = text[max(0, term.start - 40) : term.start], text[term.end : term.end + 20]
    is_year = term.kind == "number" and bool(re.fullmatch(r"[12]\d{3}", term.surface))
    found = {}
    if term.kind == "date" or is_year:
        found.update(_found(TIMES_BEFORE, TIMES_AFTER, before, after))
    if term.kind == "number" and not is_year:
        found.update(_found(BOUNDS_BEFORE, BOUNDS_AFTER, before, after))
    return found


def _found(
    words_before: Mapping[str, str], words_after: Mapping[str, str], before: str, after: str
) -> dict[str, str]:
    found = {}
    for kind, words in words_before.items():
        match = _before(words).search(before) or _after(words_after.get(kind, "(?!)")).match(after)
        if match:
            found[kind] = match["word"]
    return found


@lru_cache(maxsize=32)
def _before(words: str) -> re.Pattern[str]:
    listed = words.split("|")
    han = "|".join(word for word in listed if _HAN.search(word)) or "(?!)"
    other = "|".join(word for word in listed if not _HAN.search(word))
    return re.compile(rf"(?P<word>(?<!\w)(?:{other})(?=\s)|(?:{han})){_BETWEEN}$", re.IGNORECASE)


@lru_cache(maxsize=32)
def _after(words: str) -> re.Pattern[str]:
    return re.compile(rf"\s{{0,2}}(?P<word>{words})", re.IGNORECASE)
