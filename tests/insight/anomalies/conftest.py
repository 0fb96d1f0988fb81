"""Tables with known faults, handed in and examined by the real parts."""

import datetime
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from donovan.access.models import User
from donovan.insight.anomalies.services import examine_document
from donovan.insight.tables.services import extract_tables
from ingest.models import Document, Status
from tests.library.conftest import HandIn, hand_in

__all__ = ["hand_in"]
Examined = Callable[..., Document]


@pytest.fixture(autouse=True)
def _tables_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()


def deliveries(rows: int = 40, **cells: str) -> str:
    """A clean table of deliveries as CSV; `cells` puts other texts in, as in litres_12="99" for row 12."""
    chance = random.Random(7)
    lines = [["voucher", "day", "depot", "litres", "signed"]]
    for at in range(rows):
        depot = ["North", "South", "Quay"][at % 3]
        usual = {"North": 400, "South": 900, "Quay": 150}[depot]
        lines.append([
            f"V-{2000 + at}", str(datetime.date(2025, 4, 1) + datetime.timedelta(days=at // 2)), depot,
            str(round(usual * chance.uniform(0.9, 1.1))), chance.choice(["Ito", "Berg"]),
        ])  # fmt: skip
    for place, text in cells.items():
        column, _, row = place.rpartition("_")
        lines[int(row) - 1][lines[0].index(column)] = text
    return "\n".join(",".join(line) for line in lines) + "\n"


@pytest.fixture
def examined(hand_in: HandIn, ana: User) -> Examined:
    """`examined(content, name)` hands a file in as Ana, reads it, and examines its tables."""

    def act(content: str | bytes, name: str = "deliveries.csv", **how: str) -> Document:
        document = _ready(hand_in, ana, content, name, how)
        extract_tables(document.pk)
        examine_document(document.pk)
        return document

    return act


def _ready(hand_in: HandIn, user: User, content: str | bytes, name: str, how: Any) -> Document:
    document = hand_in(user, content, name, **how)
    if document.status != Status.READY:
        # Its passages wait for the index, which these tests do not need.
        assert document.status == Status.RUNNING, document.error
        Document.objects.filter(pk=document.pk).update(status=Status.READY)
    document.refresh_from_db()
    return document
