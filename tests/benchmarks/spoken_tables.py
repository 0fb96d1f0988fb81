"""Tables with known contents, and how people speak of them. Drawn with fixed seeds: always the same rows."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Spoken:
    """A table as people speak of it: `many` are its rows, `measured` is how they say the column `measure`."""

    name: str
    many: str
    measure: str
    measured: str
    other: str
    others: str
    key: str
    category: str
    categories: str
    second: str
    when: str


FLIGHTS = Spoken(
    "relief-flights", "flights", "cargo_kg", "cargo", "passengers", "passengers", "flight_no", "carrier",
    "carriers", "origin", "flown_on",
)  # fmt: skip
PATROLS = Spoken(
    "patrols", "patrols", "hours", "hours", "incidents", "incidents", "patrol_code", "sector", "sectors",
    "leader", "date",
)  # fmt: skip
SUPPLIES = Spoken(
    "medical-supplies", "deliveries", "boxes", "boxes", "cost_usd", "cost", "delivery_no", "warehouse",
    "warehouses", "item", "delivered",
)  # fmt: skip
SPOKEN = (FLIGHTS, PATROLS, SUPPLIES)


def write(folder: Path) -> dict[str, pd.DataFrame]:
    """Write the tables as CSV files and give them as they should be read."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for spoken, rows in ((FLIGHTS, _flights()), (PATROLS, _patrols()), (SUPPLIES, _supplies())):
        frame = pd.DataFrame(rows, dtype=object)
        text = frame.map(lambda value: "" if value is None else str(value))
        text.to_csv(folder / f"{spoken.name}.csv", index=False)
        made[spoken.name] = frame
    return made


def _flights() -> list[dict[str, Any]]:
    chance = random.Random(11)
    return [
        {
            "flight_no": f"RF-{300 + number}",
            "carrier": chance.choice(["Northwind Air", "Aquila Cargo", "Sable Wings", "Hoopoe Lines"]),
            "origin": chance.choice(["Tarsk", "Port Ilmen", "Velde", "Oster Bay"]),
            "flown_on": date(2025, 3, 1) + timedelta(days=chance.randrange(60)),
            "passengers": chance.randrange(0, 180),
            "cargo_kg": Decimal(chance.randrange(2_000, 98_000)) / 10,
            "remark": chance.choice([None, None, "late", "diverted to Velde", "late, fog"]),
        }
        for number in range(140)
    ]


def _patrols() -> list[dict[str, Any]]:
    chance = random.Random(12)
    return [
        {
            "patrol_code": f"PT{number:03d}",
            "date": date(2026, 5, 4) + timedelta(days=number // 4),
            "sector": chance.choice(["North Ridge", "River Bend", "Old Mill", "Harbour", "Airfield"]),
            "leader": chance.choice(["Okafor", "Lindqvist", "Marques", "Tanaka"]),
            "hours": Decimal(chance.randrange(10, 120)) / 10,
            "incidents": chance.choice([0, 0, 0, 1, 1, 2, 5]),
            "distance_km": chance.choice([None, *[Decimal(chance.randrange(30, 400)) / 10] * 6]),
        }
        for number in range(96)
    ]


def _supplies() -> list[dict[str, Any]]:
    chance = random.Random(13)
    items = ["Saline, 500 ml", "Gauze rolls", "Oral rehydration salts", "Amoxicillin", "Nitrile gloves"]
    return [
        {
            "delivery_no": 5001 + number,
            "delivered": date(2026, 1, 2) + timedelta(days=chance.randrange(120)),
            "item": chance.choice(items),
            "warehouse": chance.choice(["Depot East", "Depot West", "Clinic Store"]),
            "boxes": chance.randrange(1, 90),
            "cost_usd": Decimal(chance.randrange(500, 90_000)) / 100,
        }
        for number in range(110)
    ]
