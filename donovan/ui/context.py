"""What every page needs: where one can go, and how long one may stay."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from donovan.ui.slots import Place, places


def workbench(request: HttpRequest) -> dict[str, object]:
    """Template context of the frame around every page. `place_tabs` are the tabs that the page is one of."""
    user = getattr(request, "user", None)
    is_signed_in = user is not None and user.is_authenticated
    if not is_signed_in:
        return {"places": [], "place_tabs": [], "idle_seconds": 0, "is_signed_in": False}
    role = str(getattr(user, "role", ""))
    here = request.resolver_match.view_name if request.resolver_match else ""
    shown = [(place, _address(place.view)) for place in places() if place.is_for(role)]
    room, group = here.partition(":")[0], _group_of(here)
    tabs = [(place, address) for place, address in shown if address and group and place.group == group]
    return {
        "places": [
            {
                "name": place.name,
                "address": address,
                "key": place.key,
                "is_here": _is_here(place, here),
                "is_in_bar": place.is_in_bar,
            }
            for place, address in shown
            if address
        ],
        "place_tabs": [
            {"name": place.name, "address": address, "is_here": place.room == room}
            for place, address in sorted(tabs, key=lambda tab: not tab[0].is_in_bar)
        ],
        "idle_seconds": getattr(request, "idle_seconds", 0),
        "is_signed_in": True,
    }


def _group_of(view: str) -> str:
    room = view.partition(":")[0]
    return next((place.group for place in places() if place.group and place.room == room), "")


def _is_here(place: Place, here: str) -> bool:
    """Whether the place is where one is: it is the page itself, or the page belongs to it."""
    if group := _group_of(here):
        return place.group == group and place.is_in_bar
    if place.view == here or here in place.pages:
        return True
    is_place = any(one.view == here for one in places() if one.is_in_bar)
    return not is_place and place.has_rest_of_room and place.room == here.partition(":")[0]


def _address(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
