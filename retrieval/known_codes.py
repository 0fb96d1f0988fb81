"""The codes of a text that stand somewhere in the scope too, however their pieces are divided."""

from dataclasses import dataclass

import numpy as np

from .opening import open_scope
from .scope import AccessScope
from .variants import CODE, placed_codes


@dataclass(frozen=True)
class KnownCode:
    """A code: where it stands in the text, its pieces as they are written there, and how many passages and
    documents of the scope hold it, which carry `labels`.
    """

    places: tuple[tuple[int, int], ...]
    pieces: tuple[str, ...]
    passages: int
    documents: int
    labels: frozenset[str]


MOST_CODES = 5_000
"""Different ones of a text that are looked up."""

_TOO_MANY = f"The text holds more than {MOST_CODES:,} different codes; those behind were not looked up."


def known_codes(text: str, scope: AccessScope, notices: list[str]) -> list[KnownCode]:
    """The codes of `text` that the scope holds, in the order in which they first stand there.

    Of codes that overlap the longest counts. `notices` gets a sentence where a part of the index could not
    be read.
    """
    opened = open_scope(scope, notices)
    found: dict[tuple[int, int], tuple[str, tuple[str, ...]]] = {}
    is_held: dict[str, bool] = {}
    for start, end, code, pieces in placed_codes(text):
        if code not in is_held and len(is_held) >= MOST_CODES:
            notices.append(_TOO_MANY)
            break
        if code not in is_held:
            key = CODE + code
            is_held[code] = any(segment.content.postings.holds(key) for segment in opened)
        if is_held[code]:
            found[start, end] = (code, tuple(pieces))
    places: dict[str, list[tuple[int, int]]] = {}
    pieces_of: dict[str, tuple[str, ...]] = {}
    taken = np.zeros(len(text), dtype=np.bool_)
    for start, end in sorted(found, key=lambda place: (place[0] - place[1], place[0])):
        if not taken[start:end].any():
            taken[start:end] = True
            code, written = found[start, end]
            places.setdefault(code, []).append((start, end))
            pieces_of.setdefault(code, written)
    result = []
    for code in sorted(places, key=lambda code: min(places[code])):
        passages, documents, labels = 0, 0, set()
        for segment in opened:
            rows = segment.content.postings.of(CODE + code)[0]
            if len(rows):
                passages += len(rows)
                documents += len(np.unique(segment.content.document_of_row[rows]))
                labels.add(segment.content.label)
        known = (tuple(sorted(places[code])), pieces_of[code], passages, documents, frozenset(labels))
        result.append(KnownCode(*known))
    return result
