"""What the campaign knows of each kind of work: how to have a real one done, and what must then be there."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import ClassVar

from donovan.access.cast import create_demo_people
from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.library.callers import Caller
from ingest.work.models import Job


@dataclass
class World:
    """What all cases share: the people, and how many subjects have been made.

    `standing` are a letter and a table that were read in peace and are left alone, `moving` two more that are
    taken out of the index now and then.
    """

    people: dict[str, User] = field(default_factory=dict)
    count: int = 0
    standing: list[uuid.UUID] = field(default_factory=list)
    moving: list[uuid.UUID] = field(default_factory=list)

    def fill(self) -> None:
        self.people = {user.username: user for user in create_demo_people()}

    def caller(self, name: str) -> Caller:
        """One of the cast, as a page calls for them."""
        return Caller.named(self.people[name], source="campaign")

    def word(self) -> str:
        """A word that nothing else holds, of small letters alone, so that no rule takes it for a name."""
        self.count += 1
        return "q" + "".join(chr(ord("a") + int(digit)) for digit in f"{self.count:05d}")


class Case:
    """One kind, or several about the same. `kinds` says of each how many of about a hundred kills it gets.

    `seconds` is how long at most it takes until what was made is in work; `chosen` are those of its kinds
    that are killed, and `without_documents` those for which nothing has to be read before.
    """

    kinds: ClassVar[dict[str, float]] = {}
    without_documents: ClassVar[frozenset[str]] = frozenset()
    seconds: ClassVar[float] = 120.0

    def __init__(self, world: World, kinds: Collection[str] = ()) -> None:
        self.world = world
        self.chosen = frozenset(self.kinds) & frozenset(kinds or self.kinds)

    def prepare(self) -> None:
        """In peace, before the first kill."""

    def make(self, kind: str) -> None:
        """Ask for one more, as a person or the beat would."""
        raise NotImplementedError

    def is_asked_for(self, job: Job) -> bool:
        """Whether a job that failed is one that somebody would ask for again."""
        return True

    def faults(self) -> list[str]:
        """What is not as it must be, in sentences, when everything is settled."""
        raise NotImplementedError


def recorded(action: str, outcome: str = "", **detail: object) -> int:
    """How many records there are of an action with this outcome, where one is given, and these details."""
    rows = AuditRecord.objects.filter(action=action, **{f"detail__{k}": v for k, v in detail.items()})
    return (rows.filter(outcome=outcome) if outcome else rows).count()


def jobs_of_kind(kind: str, subject: object) -> int:
    """How many jobs a subject has had."""
    return Job.objects.filter(kind=kind, subject=str(subject)).count()


def exactly(what: str, found: object, expected: object) -> list[str]:
    """A sentence where the two differ."""
    return [] if found == expected else [f"{what}: {found} in place of {expected}"]
