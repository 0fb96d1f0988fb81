"""What one caller may read, as retrieval sees it: a set of opaque labels and nothing else.

Retrieval knows no users and no markings. Only `donovan.access` turns a user into an `AccessScope`. A scope
has no default anywhere: whoever forgets it gets a TypeError, and an empty scope finds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class AccessScope:
    """The labels a caller may read. Labels are compared, never interpreted."""

    labels: frozenset[str]

    @classmethod
    def of(cls, labels: Iterable[str]) -> "AccessScope":
        return cls(frozenset(labels))

    def may_read(self, label: str) -> bool:
        return label in self.labels

    def narrowed_to(self, labels: Iterable[str]) -> "AccessScope":
        """The part of this scope that lies in `labels`; it never grows."""
        return AccessScope(self.labels & frozenset(labels))
