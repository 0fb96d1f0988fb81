"""Places, events, contacts and records of markup are typed tables, as those of a CSV are."""

import json
from datetime import date

from tests.insight.tables.conftest import Tables, rows_of, said_of, types_of

PLACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "name": f"Well {number}",
                "depth_m": 10.5 + number,
                "dug": f"2026-03-{number:02d}",
            },
            "geometry": {"type": "Point", "coordinates": [15.25 + number, 44.125]},
        }
        for number in range(1, 6)
    ],
}


def test_features_are_rows_with_typed_properties_and_a_position(tables_of: Tables) -> None:
    [table] = tables_of(json.dumps(PLACES), "wells.geojson")
    assert [column["title"] for column in table.columns] == ["name", "depth_m", "dug", "position"]
    assert (types_of(table)["depth_m"], types_of(table)["dug"]) == ("decimal", "date")
    assert rows_of(table, "SELECT name, depth_m, dug, position FROM t ORDER BY _row LIMIT 1") == [
        ("Well 1", 11.5, date(2026, 3, 1), "44.125° N, 16.25° E")
    ]


def test_every_point_of_an_outline_is_in_its_table(tables_of: Tables) -> None:
    points = " ".join(f"15.{number:03d},44.5" for number in range(60))
    places = "".join(
        f"<Placemark><name>Line {n}</name><LineString><coordinates>{points}</coordinates></LineString>"
        "</Placemark>"
        for n in range(2)
    )
    [table] = tables_of(f'<?xml version="1.0"?><kml><Document>{places}</Document></kml>', "lines.kml")
    [(points_told,)] = rows_of(table, "SELECT points FROM t ORDER BY _row LIMIT 1")
    assert points_told.count("° N") == 60


def test_events_and_contacts_are_a_row_each(tables_of: Tables) -> None:
    events = "".join(
        f"BEGIN:VEVENT\nSUMMARY:Visit {day}\nDTSTART;VALUE=DATE:202603{day:02d}\nEND:VEVENT\n"
        for day in range(1, 5)
    )
    [table] = tables_of(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n", "visits.ics")
    assert rows_of(table, "SELECT summary, start FROM t ORDER BY _row LIMIT 1") == [
        ("Visit 1", date(2026, 3, 1))
    ]
    cards = "".join(f"BEGIN:VCARD\nFN:Person {n}\nTEL:+38591{n}\nEND:VCARD\n" for n in range(1, 5))
    [contacts] = tables_of(cards, "people.vcf")
    assert rows_of(contacts, "SELECT count(*) FROM t") == [(4,)]


def test_records_of_markup_are_rows_and_half_a_file_says_so(tables_of: Tables) -> None:
    rows = "".join(
        f'<item code="{n}"><name>Thing {n}</name><price>{n}.50</price></item>' for n in range(1, 5)
    )
    [table] = tables_of(f"<?xml version='1.0'?><stock>{rows}</stock>", "stock.xml")
    assert table.name == "item"
    assert rows_of(table, "SELECT sum(price) FROM t") == [(12,)]
    [half] = tables_of(f"<?xml version='1.0'?><stock>{rows}<item code='5'><na", "half.xml")
    assert "breaks off" in said_of(half)
