"""What the address of a trend asks for, and what the form offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.utils.dateparse import parse_date

from donovan.insight.entities.selectors import EntityRow, entities_in, entity
from donovan.insight.errors import InsightError
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_table, readable_tables
from donovan.insight.trends.columns import group_columns, number_columns, time_columns
from donovan.insight.trends.counting import GROUPS
from donovan.insight.trends.measures import WHAT_TITLES, Measure
from donovan.insight.trends.periods import INTERVALS, Interval
from retrieval.scope import AccessScope

MOST_TABLES = 300
MOST_ENTITIES = 12


@dataclass(frozen=True)
class Asked:
    """A trend as the address asks for it. What cannot be read is left out and said in `problems`."""

    measure: Measure | None
    group: str = ""
    interval: Interval = "day"
    collection: str = ""
    start: date | None = None
    end: date | None = None
    problems: tuple[str, ...] = ()
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_address(cls, given: Mapping[str, str]) -> "Asked":
        problems: list[str] = []
        measure = None
        try:
            measure = Measure.from_mapping(given)
        except InsightError as error:
            # A form that was opened but not filled in yet is no mistake.
            if any(given.get(name) for name in ("entity", "words", "table", "interval")):
                problems.append(error.sentence)
        interval = given.get("interval", "")
        return cls(
            measure=measure,
            group=given.get("group", ""),
            interval=interval if interval in INTERVALS else "day",
            collection=given.get("collection", ""),
            start=_day(given.get("from", ""), problems),
            end=_day(given.get("to", ""), problems),
            problems=tuple(problems),
            given={name: value for name, value in given.items() if value},
        )

    @property
    def what(self) -> str:
        what = self.given.get("what", "documents")
        return what if what in WHAT_TITLES else "documents"

    def address(self, **changes: str) -> str:
        """The query string of this trend with `changes` put in; an empty change takes the parameter away."""
        values = {
            **(self.measure.parameters() if self.measure else {"what": self.what}),
            "group": self.group,
            "interval": self.interval,
            "collection": self.collection,
            "from": self.start.isoformat() if self.start else "",
            "to": self.end.isoformat() if self.end else "",
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value})


def _day(text: str, problems: list[str]) -> date | None:
    try:
        found = parse_date(text.strip()) if text.strip() else None
    except ValueError:
        found = None
    if text.strip() and found is None:
        problems.append(f"“{text[:40]}” is not a date. Write it as 2026-05-31.")
    return found


@dataclass(frozen=True)
class Offered:
    """What the form offers to choose from; `labels` are those of the documents whose names it shows."""

    tables: list[DataTable]
    table: DataTable | None
    times: list[dict[str, str]]
    numbers: list[dict[str, str]]
    groups: list[tuple[str, str]]
    entity: EntityRow | None
    entities: list[EntityRow]
    labels: frozenset[str]


def offered(scope: AccessScope, asked: Asked) -> Offered:
    """The choices for this kind of trend, all from within the scope."""
    labels: set[str] = set()
    tables: list[DataTable] = []
    table = None
    if asked.what == "column":
        known = readable_tables(scope, collection=asked.collection or None)
        tables = [
            one for one in known.order_by("document__title", "ordinal")[:MOST_TABLES] if time_columns(one)
        ]
        labels |= {one.document.label for one in tables}
        if asked.given.get("table"):
            table = readable_table(scope, asked.given["table"])
            labels.add(table.document.label)
    chosen, found = _entities(scope, asked, labels)
    return Offered(
        tables=tables,
        table=table,
        times=time_columns(table) if table else [],
        numbers=number_columns(table) if table else [],
        groups=[(column["name"], column["title"]) for column in group_columns(table)]
        if table
        else []
        if asked.what == "column"
        else list(GROUPS.items()),
        entity=chosen,
        entities=found,
        labels=frozenset(labels),
    )


def _entities(scope: AccessScope, asked: Asked, labels: set[str]) -> tuple[EntityRow | None, list[EntityRow]]:
    if asked.what != "entity":
        return None, []
    if asked.given.get("entity"):
        profile = entity(scope, asked.given["entity"])
        labels |= profile.labels
        return profile.row, []
    found = entities_in(
        scope, collection=asked.collection or None, query=asked.given.get("name", ""), limit=MOST_ENTITIES
    ).rows
    for row in found:
        labels |= entity(scope, row.id).labels
    return None, found
