"""Transcripts: who speaks, from where to where.

A turn begins with a line "Name: words" and ends where the next one begins; it is usually more than one
sentence, and may go on over the end of a page. What stands in it is a statement of that speaker.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST_TURNS = 4
LEAST_SHARE = 0.5
WORDS_A_TURN = 6
MOST_NAME_WORDS = 12

_LABEL = re.compile(r"^[ \t]*(?P<name>[^\W\d_][^:\n|?!;]{0,89}?)[ \t]?:[ \t]+(?=\S)", re.MULTILINE)
_SMALL_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Turn:
    """What `speaker` says on one page: `start` to `end` are its words without the name before them.

    `named_at` is the place of the name on that page, or None where the turn goes on from the page before.
    """

    speaker: str
    start: int
    end: int
    named_at: tuple[int, int] | None = None


def turns_of(pages: Sequence[str]) -> list[list[Turn]]:
    """The turns of each page, in order; none anywhere where the text is no transcript.

    It is one if most of its words stand in turns, and if its speakers come back: the labels of a form stand
    once each, and are followed by a word or two.
    """
    found = [[match for match in _LABEL.finditer(page) if _is_name(match["name"])] for page in pages]
    names = Counter(_speaker(match) for page in found for match in page)
    speakers = {name for name, count in names.items() if count > 1}
    if not _is_transcript(pages, found, names, speakers):
        return [[] for _page in pages]
    told: list[list[Turn]] = []
    last = ""
    for page, matches in zip(pages, found, strict=True):
        turns: list[Turn] = []
        if last and (not matches or page[: matches[0].start()].strip()):
            turns.append(Turn(last, 0, matches[0].start() if matches else len(page)))
        for number, match in enumerate(matches):
            end = matches[number + 1].start() if number + 1 < len(matches) else len(page)
            last = _speaker(match)
            first = match.start("name")
            turns.append(Turn(last, match.end(), end, (first, first + len(last))))
        told.append(turns)
    return told


def turn_at(turns: Sequence[Turn], place: int) -> Turn | None:
    """The turn that holds a place of its page, the name at its head included."""
    for turn in turns:
        first = turn.named_at[0] if turn.named_at else turn.start
        if first <= place < turn.end:
            return turn
    return None


def _speaker(match: re.Match[str]) -> str:
    """The name without what stands in brackets behind it."""
    return match["name"].split(" (")[0].rstrip()


def _is_name(label: str) -> bool:
    words = _SMALL_WORD.findall(label)
    if not words or len(words) > MOST_NAME_WORDS or label[0].islower():
        return False
    # "The harbour office said this" is no name: the words of one are capitals, but for "of" and "van der".
    return sum(not word[0].islower() for word in words) >= 0.6 * len(words)


def _is_transcript(
    pages: Sequence[str],
    found: Sequence[Sequence[re.Match[str]]],
    names: Mapping[str, int],
    speakers: set[str],
) -> bool:
    turns = sum(map(len, found))
    if turns < FEWEST_TURNS or not speakers or len(names) < 2 or len(names) > 0.6 * turns:
        return False
    words = held = 0
    for page, matches in zip(pages, found, strict=True):
        words += len(page.split())
        held += len(page[matches[0].end() :].split()) if matches else 0
    if held < LEAST_SHARE * words:
        return False
    return held >= WORDS_A_TURN * turns
