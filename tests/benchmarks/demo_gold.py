"""Questions about the tables of the demonstration, with the answers computed by pandas from its files."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from tests.benchmarks.table_gold import Question, by, first_of, mean, total

FUEL = "logistics/cui/fuel-issues-september-2026.csv"
CONVOYS = "logistics/unclassified/convoy-movements-september-2026.csv"


def files(demo: Path) -> dict[str, Path]:
    return {"fuel": demo / FUEL, "convoys": demo / CONVOYS}


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text).strip())
    except InvalidOperation:
        return None


def _read(path: Path, numbers: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).astype(object)
    for column in numbers:
        frame[column] = pd.Series([_number(value) for value in frame[column]], dtype=object)
    return frame


def questions(demo: Path) -> list[Question]:
    """Sums, shares, rankings and counts over fuel issues and convoys, with their gaps and odd cells."""
    fuel = _read(demo / FUEL, ("litres",))
    convoys = _read(demo / CONVOYS, ("vehicles", "tonnes", "distance_km"))
    diesel = fuel[fuel["product"] == "diesel"]
    lipa = fuel[fuel["consumer"] == "Camp Lipa generators"]
    jasen = fuel[fuel["consumer"] == "Camp Jasen generators"]
    litres = by(fuel, "consumer", lambda part: total(part, "litres"))
    cobalt = convoys[convoys["route"] == "COBALT"]
    tonnes = by(convoys, "route", lambda part: total(part, "tonnes"))
    made: list[tuple[str, str, str, Any]] = [
        ("fuel", "demo total", "How many litres were issued in total?", total(fuel, "litres")),
        ("fuel", "demo total", "How much diesel was issued to Camp Lipa generators?",
         total(lipa[lipa["product"] == "diesel"], "litres")),
        ("fuel", "demo count", "How many diesel issues were there?", len(diesel)),
        ("fuel", "demo group", "What is the total litres by consumer?", litres),
        ("fuel", "demo most", "Which consumer received the most litres?", first_of(litres)),
        ("fuel", "demo most", "Which consumer used the most diesel?",
         first_of(by(diesel, "consumer", lambda part: total(part, "litres")))),
        ("fuel", "demo average", "average litres of diesel issues", mean(diesel, "litres")),
        ("fuel", "demo share", "What share of the litres went to Camp Jasen generators?",
         Fraction(total(jasen, "litres")) * 100 / Fraction(total(fuel, "litres"))),
        ("fuel", "demo difference",
         "How much more did Camp Jasen generators get than Camp Lipa generators in litres?",
         abs(total(jasen, "litres") - total(lipa, "litres"))),
        ("fuel", "demo cell", "How many litres were on voucher F-4102?",
         total(fuel[fuel["voucher"] == "F-4102"], "litres")),
        ("fuel", "demo distinct", "How many different consumers are there?", fuel["consumer"].nunique()),
        ("convoys", "demo group", "total tonnes per route", tonnes),
        ("convoys", "demo most", "Which route carried the most tonnes?", first_of(tonnes)),
        ("convoys", "demo count", "How many rows have route COBALT?", len(cobalt)),
        ("convoys", "demo average", "What is the average number of vehicles on route COBALT?",
         mean(cobalt, "vehicles")),
        ("convoys", "demo highest", "What was the highest tonnes?",
         max(value for value in convoys["tonnes"] if value)),
        ("convoys", "demo total", "How many vehicles were used on route AMBER?",
         total(convoys[convoys["route"] == "AMBER"], "vehicles")),
        ("convoys", "unanswerable", "How many soldiers were in the convoys?", None),
        ("fuel", "unanswerable", "What did the diesel cost?", None),
    ]  # fmt: skip
    return [Question(table, kind, words, gold) for table, kind, words, gold in made]
