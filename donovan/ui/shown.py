"""What a page is about to show, announced before it is rendered, so that the fragments of rooms above can ask
for all of it at once instead of once a row.

    announce(request, "claim", ids)      the view of the room below
    announced(request, "claim")          the tag of the room above
"""

from collections.abc import Iterable

from django.http import HttpRequest

_KEPT = "targets_shown"


def announce(request: HttpRequest, kind: str, ids: Iterable[object]) -> None:
    """Say that the page shows these things of a kind. Said again, it adds to what was said."""
    kept: dict[str, set[str]] = request.__dict__.setdefault(_KEPT, {})
    kept.setdefault(kind, set()).update(map(str, ids))


def announced(request: HttpRequest, kind: str) -> frozenset[str]:
    """The ids of what the page shows of a kind; none where nothing was said."""
    kept: dict[str, set[str]] = request.__dict__.get(_KEPT, {})
    return frozenset(kept.get(kind, ()))
