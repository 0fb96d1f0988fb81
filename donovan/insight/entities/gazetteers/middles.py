"""The middle of each country, worked out from its towns: where a map puts a country as a whole."""

import sqlite3
from functools import lru_cache

from donovan.insight.entities.gazetteers.places import ensure_index


@lru_cache(maxsize=1)
def country_middles() -> dict[str, tuple[float, float]]:
    """ISO 3166 code -> (degrees north, degrees east), the mean of its towns.

    Longitudes are averaged as directions, so that a country across the date line keeps its middle.
    """
    connection = sqlite3.connect(f"{ensure_index().as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT country, avg(latitude), avg(longitude), max(longitude) - min(longitude),"
            " avg(CASE WHEN longitude < 0 THEN longitude + 360 ELSE longitude END) FROM places GROUP "
            "BY country"
        ).fetchall()
    finally:
        connection.close()
    middles = {}
    for country, latitude, longitude, width, turned in rows:
        east = turned if width > 180 and country not in ("US",) else longitude
        middles[country] = (round(latitude, 3), round(east - 360 if east > 180 else east, 3))
    return middles
