"""Who may enter a view. A view without a declaration here is closed to everyone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from donovan.access.models import Role

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "donovan_entry"


@dataclass(frozen=True)
class EntryRule:
    """What a view declares.

    No `roles` means every signed-in person. `is_background` marks views that a page asks again and again by
    itself: asking them does not keep a session alive. `body_megabytes` is the most that a form may bring to
    a view that takes files (`donovan.access.body_limits`).
    """

    roles: frozenset[str] = frozenset()
    needs_sign_in: bool = True
    is_background: bool = False
    body_megabytes: int = 0

    def admits(self, role: str) -> bool:
        return not self.roles or role in self.roles


def entry(*roles: Role, is_background: bool = False, body_megabytes: int = 0) -> Callable[[View], View]:
    """Opens a view to signed-in people of these roles, or to every signed-in person."""
    names = frozenset(role.value for role in roles)
    return _declare(EntryRule(names, is_background=is_background, body_megabytes=body_megabytes))


def entry_without_sign_in(view: View) -> View:
    """Opens a view to everyone, signed in or not."""
    return _declare(EntryRule(needs_sign_in=False))(view)


def entry_rule(view: object) -> EntryRule | None:
    """What `view` declares; None when it declares nothing, and is therefore closed."""
    rule = getattr(view, _ATTRIBUTE, None)
    return rule if isinstance(rule, EntryRule) else None


def _declare(rule: EntryRule) -> Callable[[View], View]:
    def declared(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        return view

    return declared
