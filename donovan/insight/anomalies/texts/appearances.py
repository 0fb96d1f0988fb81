"""On which days which names stand in which documents: what bursts and silences are read off."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DatedDocument:
    """A document with its own date and the names that stand in it (each once)."""

    document_id: uuid.UUID
    day: date
    names: frozenset[str]


@dataclass(frozen=True)
class Appearances:
    """Documents by day, and for each name the documents that hold it by day."""

    documents: Mapping[date, int]
    by_name: Mapping[str, Mapping[date, tuple[uuid.UUID, ...]]]

    @property
    def days(self) -> list[date]:
        return sorted(self.documents)


def appearances_of(documents: Iterable[DatedDocument]) -> Appearances:
    """Count documents by day and by name."""
    totals: dict[date, int] = defaultdict(int)
    names: dict[str, dict[date, list[uuid.UUID]]] = defaultdict(lambda: defaultdict(list))
    for document in documents:
        totals[document.day] += 1
        for name in document.names:
            names[name][document.day].append(document.document_id)
    return Appearances(
        dict(totals),
        {name: {day: tuple(ids) for day, ids in days.items()} for name, days in names.items()},
    )
