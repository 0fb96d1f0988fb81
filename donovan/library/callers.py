"""Who is asking, what they may read and add to at this moment, and from where."""

from dataclasses import dataclass

from donovan.access.middleware import source_of
from donovan.access.models import Membership, Role, User
from donovan.access.requests import SignedInRequest
from donovan.access.scope import scope_for
from retrieval.scope import AccessScope


@dataclass(frozen=True)
class Caller:
    """One person in one request. Scope and rights are computed afresh each time and never kept beyond it.

    `adds_to` holds the slugs of the collections that the person may upload to.
    """

    user: User
    scope: AccessScope
    adds_to: frozenset[str]
    source: str = ""

    @classmethod
    def of(cls, request: SignedInRequest) -> "Caller":
        """The signed-in person behind a request, with the scope that the middleware found for it."""
        return cls(request.user, request.scope, _adds_to(request.user), source_of(request))

    @classmethod
    def named(cls, user: User, *, source: str) -> "Caller":
        """A person on whose behalf a command runs."""
        return cls(user, scope_for(user), _adds_to(user), source)

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def is_reviewer(self) -> bool:
        return self.user.role == Role.REVIEWER

    def may_add_to(self, slug: str) -> bool:
        return slug in self.adds_to


def _adds_to(user: User) -> frozenset[str]:
    open_to_them = Membership.objects.filter(user=user, may_upload=True)
    return frozenset(open_to_them.values_list("collection_id", flat=True))
