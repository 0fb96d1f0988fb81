"""A denial may neither be dropped nor added, and stays with the word that it denies."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from donovan.assistant.comparing import Comparison
from donovan.assistant.force_words import DENIALS, NOT_DENIALS
from donovan.assistant.terms import Term

_NO_DENIAL = re.compile(NOT_DENIALS, re.IGNORECASE)
_STOP = re.compile(r"[,;:.!?،，。；：！？()\n]")
_REACH = 3


def changes_denial(comparison: Comparison) -> str:
    """What the cited words deny the statement must deny, and nothing else."""
    said = comparison.said
    mine = [[said[i] for i in group] for group in _denied(comparison.text, said, comparison.language)]
    theirs: list[list[Term]] = []
    bodies: list[Term] = []
    for one in comparison.cited:
        groups = list(_denied(one.text, one.body, one.language))
        for group in groups:
            theirs.append([one.body[i] for i in group])
            for place in group[:2]:
                here = [i for i, term in enumerate(said) if term.is_supported_by(one.body[place])]
                if here and not any(said[i] in denied for i in here for denied in mine):
                    if _stands_undenied_too(one.body, groups, place):
                        continue
                    return "The cited words deny something, and it does not."
                if here:
                    break
        bodies += one.body
    for group_here in mine:
        if _is_held(group_here[:2], bodies) and not _taken(group_here[:2], theirs):
            return "It denies what the cited words do not deny."
    return ""


def _is_held(terms: Sequence[Term], bodies: Sequence[Term]) -> bool:
    """Whether the cited words hold what is denied. Where they do not, the meaning must tell."""
    return any(term.is_supported_by(other) for term in terms for other in bodies)


def _taken(terms: Sequence[Term], theirs: list[list[Term]]) -> bool:
    """Whether one of their denials is of the same; it is taken out, for it stands for one of ours only."""
    for term in terms:
        for group in theirs:
            if any(term.is_supported_by(other) for other in group):
                theirs.remove(group)
                return True
    return False


def _stands_undenied_too(body: Sequence[Term], groups: Sequence[Sequence[int]], place: int) -> bool:
    denied = {index for group in groups for index in group}
    return any(
        i not in denied and other.kind == "word" and other.key == body[place].key
        for i, other in enumerate(body)
    )


def _denied(text: str, found: Sequence[Term], language: str) -> Iterator[list[int]]:
    """For each denial the terms that it may deny, nearest first: those after it in its clause, or else the
    last before it.
    """
    pattern = _pattern(language)
    masked = _NO_DENIAL.sub(lambda match: " " * len(match[0]), text)
    for match in pattern.finditer(masked):
        stop = _STOP.search(text, match.end())
        end = stop.start() if stop else len(text)
        following = [i for i, term in enumerate(found) if match.end() <= term.start < end]
        own = [i for i, term in enumerate(found) if term.start >= match.start() and term.end <= match.end()]
        following = [i for i in following if i not in own]
        if following:
            yield following[:_REACH]
        elif before := [i for i, term in enumerate(found) if term.end <= match.start()]:
            yield before[-1:]


@lru_cache(maxsize=32)
def _pattern(language: str) -> re.Pattern[str]:
    words = DENIALS.get(language.lower().split("-")[0], DENIALS["en"])
    if language.startswith("zh"):
        return re.compile(words)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
