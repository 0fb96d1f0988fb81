"""Tables of every marking, handed in and read by the real parts."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.insight.tables.models import DataTable
from tests.insight.tables.conftest import Tables, tables_of
from tests.library.conftest import HandIn, hand_in, without_token

__all__ = ["HandIn", "Tables", "hand_in", "tables_of", "without_token"]

ISSUES = (
    "date,voucher,consumer,product,litres\n"
    "2026-09-06,F-1,Camp Lipa,diesel,335.5\n"
    "2026-09-06,F-2,Camp Jasen,diesel,460\n"
    "2026-09-07,F-3,Camp Lipa,petrol,40.25\n"
    "2026-09-07,F-4,Camp Hrast,diesel,\n"
    "2026-09-08,F-5,Camp Lipa,diesel,unreadable\n"
    "2026-09-08,F-6,=HYPERLINK(1),diesel,12\n"
)
CAMPS = "camp,people\nCamp Lipa,1200\nCamp Jasen,900\nCamp Hrast,400\n"


@pytest.fixture(autouse=True)
def _tables_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()
    settings.DATA_DIR = tmp_path


@pytest.fixture
def issues(tables_of: Tables) -> DataTable:
    """Fuel issues, UNCLASSIFIED: with a missing and an unreadable figure, and a text that looks like a
    formula."""
    return tables_of(ISSUES, "fuel-issues.csv")[0]


@pytest.fixture
def secret(tables_of: Tables) -> DataTable:
    """Camps, SECRET//NOFORN."""
    return tables_of(CAMPS, "camps.csv", marking="SECRET//NOFORN")[0]
