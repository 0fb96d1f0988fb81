"""The contract of section kinds: settings and a scope in, blocks with their sources and labels out.

A kind reads only inside `work.scope`. Everything it read goes into `Made.used` (document id to label),
cited or not, because the banner of the report comes from that. Where there is nothing to show, it says so in
`Made.notice` and makes no block. It tells its progress often; that also raises when it shall stop.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.reports.content import MapPlace, StatementState
from donovan.reports.errors import ReportError
from retrieval.scope import AccessScope

LONGEST_TEXT = 20_000

FieldKind = Literal["line", "lines", "number", "choice", "document", "documents", "table"]


@dataclass(frozen=True)
class Cited:
    """A span of a page (`page`, `start`, `end`, `quote`), or `rows` of the table `table_ordinal` of a
    document.

    `digest` is that of the quoted words; for rows it is that of the table's file, which the kind supplies.
    """

    document_id: UUID
    title: str
    place: str
    label: str
    quote: str
    page: int | None = None
    start: int = 0
    end: int = 0
    table_ordinal: int | None = None
    rows: tuple[int, ...] = ()
    document_date: date | None = None
    table_digest: str = ""

    @property
    def digest(self) -> str:
        return self.table_digest or digest_of(self.quote)


def digest_of(words: str) -> str:
    """The SHA-256 of words as they stand on a page."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class MadeStatement:
    text: str
    state: StatementState
    cited: tuple[Cited, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MadeParagraph:
    """Sentences under one portion mark. `labels` are wanted where the sentences cite nothing."""

    statements: tuple[MadeStatement, ...]
    is_bullet: bool = False
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MadeTable:
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cited: tuple[Cited, ...] = ()
    note: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MadeFigure:
    caption: str
    specification: Mapping[str, Any]
    alternative: str
    cited: tuple[Cited, ...] = ()
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MadeMap:
    caption: str
    places: tuple[MapPlace, ...]
    alternative: str
    cited: tuple[Cited, ...] = ()
    labels: frozenset[str] = frozenset()


MadeBlock = MadeParagraph | MadeTable | MadeFigure | MadeMap


@dataclass(frozen=True)
class Made:
    """What one section consists of.

    `given` are labels of what a model was shown beyond `used`; `engine` names the models and methods
    behind it.
    """

    blocks: tuple[MadeBlock, ...] = ()
    used: Mapping[UUID, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    notice: str = ""
    engine: str = ""

    @property
    def labels(self) -> frozenset[str]:
        """The labels of everything that was read and everything that is shown."""
        shown = {label for block in self.blocks for label in block.labels}
        return frozenset({*self.used.values(), *self.given, *shown, *(cited.label for cited in self.cited)})

    @property
    def cited(self) -> tuple[Cited, ...]:
        """Everything that blocks and statements cite, each once, in order."""
        found: dict[Cited, None] = {}
        for block in self.blocks:
            if isinstance(block, MadeParagraph):
                for statement in block.statements:
                    found.update(dict.fromkeys(statement.cited))
            else:
                found.update(dict.fromkeys(block.cited))
        return tuple(found)


@dataclass
class SectionWork:
    """The work on one section: for whom, within what, and how to tell how far it is.

    `on_progress(done, total, words)` keeps the progress and raises when the work shall stop. `kept` is
    what an earlier, interrupted attempt had finished; `keep(key, value)` adds to it.
    """

    settings: Mapping[str, Any]
    author: User
    scope: AccessScope
    collection: str
    report_title: str
    on_progress: Callable[[int, int, str], None]
    kept: dict[str, Any] = field(default_factory=dict)
    keep: Callable[[str, Any], None] = lambda _key, _value: None

    @property
    def caller(self) -> Caller:
        return Caller(self.author, self.scope, frozenset(), "report")


@dataclass(frozen=True)
class Field:
    """One setting of a kind, as the designer asks for it. `choices` are (value, words)."""

    name: str
    title: str
    kind: FieldKind = "line"
    is_required: bool = False
    default: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 1000


class SectionKind(ABC):
    """One kind of section. It is made anew for nothing: instances hold no state."""

    name: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]] = ()

    @abstractmethod
    def make(self, work: SectionWork) -> Made:
        """The section. Raises ReportError with the sentence when it cannot be made."""

    def checked(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """The settings of this kind alone, trimmed. Raises ReportError for one that cannot be used."""
        kept: dict[str, str] = {}
        for asked in self.fields:
            value = str(settings.get(asked.name, "") or asked.default).replace("\x00", "").strip()
            if asked.is_required and not value:
                raise ReportError(
                    f"“{asked.title}” of the section {self.title.lower()} is empty. Fill it in."
                )
            limit = LONGEST_TEXT if asked.kind == "lines" else 400
            if len(value) > limit:
                raise ReportError(f"“{asked.title}” is longer than {limit:,} characters. Shorten it.")
            if asked.kind == "number" and value:
                _check_number(asked, value)
            if asked.kind == "choice" and value not in {key for key, _words in asked.choices}:
                raise ReportError(f"“{value[:40]}” is no choice for “{asked.title}”. Take one of the list.")
            kept[asked.name] = value
        return kept


def _check_number(asked: Field, value: str) -> None:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= asked.most:
        raise ReportError(f"“{asked.title}” must be a whole number from 1 to {asked.most}.")
