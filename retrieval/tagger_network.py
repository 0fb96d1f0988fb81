"""The tagger of names as a network: the multilingual encoder with low-rank changes, and for each piece of a
word one score a tag.

The tags are those of Ramshaw and Marcus (1995) in the form IOB2: a name begins with B, goes on with I, and
what is no name is O. The likeliest sequence of tags in which no name goes on without having begun is found
by dynamic programming (Viterbi). The encoder and the low-rank changes are those of `reader_network`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .tagger_types import TaggedName

KINDS = ("person", "organisation", "place")
TAGS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))
HEAD, HEAD_BIAS = "head.tags", "head.tags_bias"
MOST_PIECES = 250
"""Pieces of words that are read together."""


def first_head(torch: Any, width: int) -> dict[str, Any]:
    """A head that has learned nothing yet."""
    return {HEAD: torch.zeros(len(TAGS), width), HEAD_BIAS: torch.zeros(len(TAGS))}


def tag_scores(states: Any, weights: Mapping[str, Any]) -> Any:
    """Raw scores of the tags, shape (..., pieces, tags)."""
    return states @ weights[HEAD].T + weights[HEAD_BIAS]


def _may_follow() -> "np.ndarray[Any, Any]":
    """0 where the second tag may follow the first, minus infinity where it may not."""
    table = np.zeros((len(TAGS), len(TAGS)))
    for before, one in enumerate(TAGS):
        for after, other in enumerate(TAGS):
            if other[0] == "I" and one[1:] != other[1:]:
                table[before, after] = -np.inf
    return table


_MAY_FOLLOW = _may_follow()
_MAY_BEGIN = np.array([-np.inf if tag[0] == "I" else 0.0 for tag in TAGS])


def best_tags(logs: "np.ndarray[Any, Any]") -> list[int]:
    """The likeliest tags for log chances of shape (pieces, tags)."""
    if not len(logs):
        return []
    best, came_from = logs[0] + _MAY_BEGIN, []
    for row in logs[1:]:
        reached = best[:, None] + _MAY_FOLLOW
        came_from.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + row
    tags = [int(best.argmax())]
    for row in reversed(came_from):
        tags.append(int(row[tags[-1]]))
    return tags[::-1]


def names_of(text: str, places: Sequence[tuple[int, int]], logs: "np.ndarray[Any, Any]") -> list[TaggedName]:
    """The names in a text whose pieces stand at `places`, from log chances of shape (pieces, tags). The
    chance of a name is the lowest of its tags', before calibration.
    """
    found: list[list[Any]] = []
    for at, tag in enumerate(best_tags(logs)):
        name, (start, end) = TAGS[tag], places[at]
        if name == "O" or end <= start:
            continue
        chance = float(np.exp(logs[at, tag]))
        if name[0] == "B":
            found.append([start, end, name[2:], chance])
        elif found:
            found[-1][1], found[-1][3] = end, min(found[-1][3], chance)
    return [TaggedName(*_whole_words(text, one[0], one[1]), one[2], one[3]) for one in found]


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks at its ends, and with the rest of a word that it begins or ends inside."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > 0 and _goes_on(text[start - 1]) and _goes_on(text[start]):
        start -= 1
    while end < len(text) and _goes_on(text[end - 1]) and _goes_on(text[end]):
        end += 1
    return start, end


def _goes_on(letter: str) -> bool:
    """Whether a letter makes one word with the next: not so where words are written without blanks."""
    return letter.isalnum() and not "\u0e00" <= letter <= "\u0eff" and not "\u3040" <= letter <= "\u9fff"


_SENTENCE_ENDS = re.compile(r"[.!?。！？؟]\s|[。！？]")


def windows_of(
    text: str, places: Sequence[tuple[int, int]], most: int = MOST_PIECES - 2
) -> list[tuple[int, int]]:
    """The pieces of a text in windows (first, past the last) of at most `most`. A window ends at the last end
    of a line in its second half, else of a sentence, else of a word.
    """
    windows, begin = [], 0
    while begin < len(places):
        end = min(begin + most, len(places))
        if end < len(places):
            end = max(
                range(begin + most // 2, end + 1),
                key=lambda at: (_break_before(text, places[at - 1], places[at]), at),
            )
        windows.append((begin, end))
        begin = end
    return windows


def _break_before(text: str, before: tuple[int, int], after: tuple[int, int]) -> int:
    between = text[before[0] : after[1]].rstrip()
    if "\n" in between:
        return 3
    if _SENTENCE_ENDS.search(between):
        return 2
    return int(any(letter.isspace() for letter in between))


def calibrated(chance: float, slope: float, bias: float) -> float:
    """A chance as calibration corrects it (Platt scaling)."""
    held = min(max(chance, 1e-6), 1 - 1e-6)
    return 1.0 / (1.0 + math.exp(-(slope * math.log(held / (1.0 - held)) + bias)))
