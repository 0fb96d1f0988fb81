"""What rooms above add to the pages of rooms below, which do not know of it.

A page names a slot where something may be added, and what is given to it:

    {% slot "library.passages.passage" document=document passage=passage %}

A room above fills it as the application starts, in `ready` of its apps.py; so it does with its entries of
the navigation. A slot that nobody fills renders nothing.

    fill(Fragment("library.passages.passage", "assistant/_translate_passage.html", order=10))
    fill(Place("Ask", "assistant:home", "a", order=20))
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Something a room adds: lower `order` comes first; no `roles` means everyone signed in."""

    order: int
    roles: frozenset[str] = frozenset()

    def is_for(self, role: str) -> bool:
        return not self.roles or role in self.roles


@dataclass(frozen=True)
class Fragment(Addition):
    """A template of the room that adds it. It sees what the slot is given, `request` and `user`, and nothing
    else of the page. Whatever it asks of the database it asks within the scope of the request.

    A slot is named after the room that has it, the page, and the place there.
    """

    slot: str
    template: str


@dataclass(frozen=True)
class Place(Addition):
    """One entry of the navigation. `key` is the letter after `g`.

    What stands elsewhere in the frame, or is a tab of another place, is left out of the bar (`is_in_bar`);
    the menu of narrow screens and the keys know it all the same. Places of one `group` are tabs of one
    another, and the one of them in the bar stands for the rest. `pages` are views that belong to the place
    without being it; with `has_rest_of_room` so does every view of the room that is no place itself.
    """

    name: str
    view: str
    key: str
    is_in_bar: bool = True
    group: str = ""
    pages: tuple[str, ...] = ()
    has_rest_of_room: bool = True

    @property
    def room(self) -> str:
        return self.view.partition(":")[0]


_fragments: dict[tuple[str, str], Fragment] = {}
_places: dict[str, Place] = {}


def fill(*additions: Fragment | Place) -> None:
    """Make additions known to this process. The same template in the same slot, or a place with the same
    view, replaces the earlier one.
    """
    for addition in additions:
        if isinstance(addition, Place):
            _places[addition.view] = addition
        else:
            _fragments[addition.slot, addition.template] = addition


def fragments() -> list[Fragment]:
    """Every fragment, in the order in which those of a slot are shown."""
    return sorted(_fragments.values(), key=lambda one: (one.slot, one.order, one.template))


def fragments_in(slot: str, role: str) -> list[Fragment]:
    """What is added to a slot for somebody with this role, in order."""
    return [one for one in fragments() if one.slot == slot and one.is_for(role)]


def places() -> list[Place]:
    """Every place of the navigation, in its order."""
    return sorted(_places.values(), key=lambda one: (one.order, one.view))
