"""Reverse search: what a pasted text holds of what is known. Codes are found here, rooms above register more.

The text is looked at and forgotten: it is neither kept nor put on record.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.http import urlencode

from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from retrieval.known_codes import known_codes
from retrieval.scope import AccessScope

LONGEST_TEXT = 100_000
MOST_SHOWN = 500


@dataclass(frozen=True)
class Known:
    """Something that a text and the scope both hold.

    `places` are where it stands in the text, start and end, in order. `counted` of `unit` ("passages",
    "mentions") in `documents` documents of the scope hold it; these carry `labels`, and `address` leads to
    them. `search` is a query that finds them, where there is one.
    """

    places: tuple[tuple[int, int], ...]
    kind: str
    name: str
    counted: int
    unit: str
    documents: int
    labels: frozenset[str]
    address: str
    search: str = ""


@dataclass(frozen=True)
class LookedUp:
    """What is known of a text, in the order in which it stands there; `notices` say what was not looked at.

    `total` counts what was found; at most MOST_SHOWN of it are `known`.
    """

    known: tuple[Known, ...]
    total: int
    notices: tuple[str, ...]

    @property
    def labels(self) -> frozenset[str]:
        return frozenset[str]().union(*(one.labels for one in self.known))


@dataclass(frozen=True)
class TextPiece:
    """A stretch of the text; `number` is the place of what it names in the list, from 1, or 0."""

    text: str
    number: int = 0


Finder = Callable[[str, AccessScope, list[str]], Sequence[Known]]
"""Finds what it knows in a text, within a scope; adds sentences about what it did not look at."""

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Make a finder known to this process; the same name again replaces it."""
    _finders[name] = finder


def look_up_on_record(caller: Caller, text: str) -> LookedUp:
    """What the text holds of what the caller may read about. Raises LibraryError for one that cannot be
    looked at.

    The record keeps a digest of the text and never its words.
    """
    checked_text(text)
    notices: list[str] = []
    found = [one for name in sorted(_finders) for one in _finders[name](text, caller.scope, notices)]
    known = _without_overlaps(found)
    if len(known) > MOST_SHOWN:
        notices.append(f"The first {MOST_SHOWN} of the {len(known):,} that were found are shown.")
    looked_up = LookedUp(tuple(known[:MOST_SHOWN]), len(known), tuple(notices))
    audit.record(
        caller.name,
        "search",
        source=caller.source,
        labels=looked_up.labels,
        detail={
            "text_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            "characters": len(text),
            "known": len(known),
        },
    )
    return looked_up


def checked_text(text: str) -> None:
    """Raises LibraryError with the sentence for a text that is too long or holds nothing to look for."""
    if len(text) > LONGEST_TEXT:
        raise LibraryError(
            f"The text has {len(text):,} characters, and at most {LONGEST_TEXT:,} are looked at. "
            "Paste it in parts."
        )
    if not any(character.isalnum() for character in text):
        raise LibraryError("Paste a text with words, names or codes in it.")


def pieces_of(text: str, known: Sequence[Known]) -> list[TextPiece]:
    """The text in pieces, those that name something with its number."""
    places = sorted((place, number) for number, one in enumerate(known, 1) for place in one.places)
    pieces, at = [], 0
    for (start, end), number in places:
        if start > at:
            pieces.append(TextPiece(text[at:start]))
        pieces.append(TextPiece(text[start:end], number))
        at = end
    if at < len(text):
        pieces.append(TextPiece(text[at:]))
    return pieces


def _without_overlaps(found: Sequence[Known]) -> list[Known]:
    """Of what stands at one place the longest counts, then what is in most documents."""
    candidates = [(place, number) for number, one in enumerate(found) for place in one.places]
    candidates.sort(
        key=lambda c: (c[0][0] - c[0][1], c[0], -found[c[1]].documents, found[c[1]].kind, found[c[1]].name)
    )
    taken: set[int] = set()
    kept: dict[int, list[tuple[int, int]]] = {}
    for place, number in candidates:
        if taken.isdisjoint(range(*place)):
            taken.update(range(*place))
            kept.setdefault(number, []).append(place)
    left = [replace(found[number], places=tuple(sorted(places))) for number, places in kept.items()]
    return sorted(left, key=lambda one: one.places)


def _codes(text: str, scope: AccessScope, notices: list[str]) -> list[Known]:
    found = []
    for code in known_codes(text, scope, notices):
        apart, whole = " ".join(code.pieces), "".join(code.pieces)
        query = f'"{apart}" OR "{whole}"' if apart != whole else f'"{whole}"'
        start, end = code.places[0]
        found.append(
            Known(
                places=code.places,
                kind="code",
                name=" ".join(text[start:end].split()),
                counted=code.passages,
                unit="passages",
                documents=code.documents,
                labels=code.labels,
                address=f"{reverse('library:search')}?{urlencode({'q': query})}",
                search=query,
            )
        )
    return found


register("codes", _codes)
