"""What every page needs: where one can go, and how long one may stay."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Place:
    """One entry of the navigation. `key` is the letter after `g`; no `roles` means everyone signed in.

    What stands elsewhere in the frame, or is a tab of another place, is left out of the bar (`is_in_bar`);
    the menu of narrow screens and the keys know it all the same.
    """

    name: str
    view: str
    key: str
    roles: frozenset[str] = frozenset()
    is_in_bar: bool = True

    @property
    def room(self) -> str:
        return self.view.partition(":")[0]


PLACES = (
    Place("Home", "library:home", "h"),
    Place("Ask", "assistant:home", "a"),
    Place("Search", "library:search", "s", is_in_bar=False),
    Place("Documents", "library:documents", "d"),
    Place("Upload", "library:upload", "u"),
    Place("Tables", "tables:tables", "t"),
    Place("Anomalies", "anomalies:anomalies", "n"),
    Place("Trends", "trends:trends", "y"),
    Place("Entities", "entities:entities", "e"),
    Place("Map", "entities:map", "m", is_in_bar=False),
    Place("Watch", "watch:watches", "w"),
    Place("Reports", "reports:reports", "r"),
    Place("Labelling", "projects:projects", "b", frozenset({"analyst", "reviewer", "model_owner"})),
    Place("Data sets", "datasets:datasets", "x", frozenset({"model_owner", "reviewer"}), is_in_bar=False),
    Place("Evaluation", "evaluation:suites", "v", frozenset({"model_owner", "reviewer"}), is_in_bar=False),
    Place("Models", "training:models", "i", frozenset({"model_owner", "reviewer"})),
    Place("People", "access:people", "p", frozenset({"administrator"})),
    Place("Work", "work:work", "o", frozenset({"administrator"})),
    Place("Record", "audit:records", "l", frozenset({"administrator", "reviewer"})),
)
# Pages that belong to a place without being it, so that the navigation still says where one is.
_BELONGS = {
    "library:document": "library:documents",
    "library:passages": "library:documents",
    "library:ledger": "library:documents",
    "library:relabel": "library:documents",
    "library:remove": "library:documents",
}
# Rooms whose pages are tabs of a place in the bar, which stands for them.
_STANDS_FOR = {"datasets": "training:models", "evaluation": "training:models", "training": "training:models"}


def workbench(request: HttpRequest) -> dict[str, object]:
    """Template context of the frame around every page."""
    user = getattr(request, "user", None)
    is_signed_in = user is not None and user.is_authenticated
    if not is_signed_in:
        return {"places": [], "idle_seconds": 0, "is_signed_in": False}
    role = str(getattr(user, "role", ""))
    here = request.resolver_match.view_name if request.resolver_match else ""
    here = _STANDS_FOR.get(here.partition(":")[0], _BELONGS.get(here, here))
    is_place = any(place.view == here for place in PLACES if place.is_in_bar)
    places = []
    for place in PLACES:
        address = _address(place.view)
        if address and (not place.roles or role in place.roles):
            is_here = place.view == here or (
                not is_place
                and place.room not in ("library", "access")
                and here.startswith(place.room)
                and not _is_second(place)
            )
            places.append(
                {
                    "name": place.name,
                    "address": address,
                    "key": place.key,
                    "is_here": is_here,
                    "is_in_bar": place.is_in_bar,
                }
            )
    return {
        "places": places,
        "search_address": _address("library:search"),
        "idle_seconds": getattr(request, "idle_seconds", 0),
        "is_signed_in": True,
    }


def _is_second(place: Place) -> bool:
    """Whether another place stands for the rest of its room, as the list of entities does for the map."""
    return next(one for one in PLACES if one.room == place.room) is not place


def _address(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
