"""Tables with known contents, and questions about them in many words, with answers computed by pandas.

The wordings are those of people who have not seen the grammar: several for each kind of question. Gold is
computed from the rows as they were written, with Decimal and Fraction, never by the engine under test.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Question:
    """`gold` is a number, text, date, list (in order only with `is_ordered`) or dict; None: unanswerable."""

    table: str
    kind: str
    words: str
    gold: Any
    is_ordered: bool = False


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


Frame = pd.DataFrame


def total(frame: Frame, column: str) -> Any:
    known = [value for value in frame[column] if value is not None]
    return sum(known) if known else None


def mean(frame: Frame, column: str) -> Fraction:
    known = [Fraction(value) for value in frame[column] if value is not None]
    return sum(known, Fraction(0)) / len(known)


def median(frame: Frame, column: str) -> Fraction:
    return Fraction(
        pd.Series([Fraction(value) for value in sorted(frame[column].dropna())], dtype=object).pipe(_middle)
    )


def _middle(ordered: "pd.Series[Any]") -> Fraction:
    values, half = list(ordered), len(ordered) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def by(frame: Frame, column: str, figure: Callable[[Frame], Any]) -> dict[Any, Any]:
    return {key: figure(part) for key, part in frame.groupby(column)}


def first_of(figures: dict[Any, Any], *, is_lowest: bool = False) -> Any:
    """The key at one end; None where two share it."""
    ordered = sorted(figures.items(), key=lambda item: item[1], reverse=not is_lowest)
    return None if len(ordered) > 1 and ordered[0][1] == ordered[1][1] else ordered[0][0]


def month_of(value: date) -> date:
    return value.replace(day=1)


def week_of(value: date) -> date:
    return value - timedelta(days=value.weekday())


def spread(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def ask_all(frames: dict[str, Frame]) -> Iterator[Question]:
    """Every question about the generated tables."""
    for spoken in SPOKEN:
        yield from _about(spoken, frames[spoken.name])


def _about(spoken: Spoken, frame: Frame) -> Iterator[Question]:
    for kind, wordings, gold, is_ordered in KINDS(spoken, frame):
        for words in spread(wordings):
            yield Question(spoken.name, kind, words, gold, is_ordered)


def KINDS(s: Spoken, f: Frame) -> Iterator[tuple[str, str, Any, bool]]:  # noqa: PLR0915
    """Kinds of question, each with its wordings and gold, for one table."""
    names = sorted(set(f[s.category]))
    one, two = names[0], names[1]
    second = sorted(set(f[s.second]))[0]
    m, c = s.measured, s.category.replace("_", " ")
    ones, twos = f[f[s.category] == one], f[f[s.category] == two]
    days = sorted(f[s.when])
    early, late = days[len(days) // 4], days[3 * len(days) // 4]
    told_early, told_late = f"{early.day} {early:%B %Y}", f"{late:%B} {late.day}, {late.year}"
    limit = sorted(f[s.measure])[len(f) // 2]
    number, key = limit, f[s.key].iloc[7]
    row = f[f[s.key] == key].iloc[0]
    sums = by(f, s.category, lambda part: total(part, s.measure))
    yield (
        "count",
        f"""how many {s.many} are there?
        number of rows in the table""",
        len(f),
        False,
    )
    yield (
        "count where",
        f"""How many {s.many} have {c} {one}?
        how many rows are there for {one}?
        count the {s.many} where {c} is {one}""",
        len(ones),
        False,
    )
    yield (
        "total",
        f"""What is the total {m}?
        sum of {m}
        how much {m} was there altogether?"""
        if m in ("cargo", "cost")
        else f"""What is the total number of {m}?
        sum of {m}
        How many {m} in total?""",
        total(f, s.measure),
        False,
    )
    yield (
        "total where",
        f"""What was the total {m} for {one}?
        Add up the {m} of {one}
        {one}: total {m}?""",
        total(ones, s.measure),
        False,
    )
    yield (
        "average",
        f"""What is the average {m}?
        mean {m} over all {s.many}""",
        mean(f, s.measure),
        False,
    )
    yield (
        "average where",
        f"""average {m} of {one}
        On average, how many {m} did {one} have?"""
        if m not in ("cargo", "cost")
        else f"""average {m} of {one}
        What's the mean {m} where the {c} is {one}?""",
        mean(ones, s.measure),
        False,
    )
    yield (
        "median",
        f"""median {m}
        What is the median of {m}?""",
        median(f, s.measure),
        False,
    )
    yield (
        "highest",
        f"""What is the highest {m}?
        maximum {m}
        largest {m} of any of the {s.many}""",
        max(f[s.measure]),
        False,
    )
    yield (
        "lowest where",
        f"""lowest {m} for {two}
        What was the smallest {m} with {c} {two}?""",
        min(twos[s.measure]),
        False,
    )
    yield (
        "by group",
        f"""total {m} by {c}
        Show the total {m} for each {c}
        {m} per {c}, summed""",
        sums,
        False,
    )
    yield (
        "average by group",
        f"""average {s.others} per {c}
        mean {s.others} for every {c}""",
        by(f, s.category, lambda part: mean(part, s.other)),
        False,
    )
    yield (
        "count by group",
        f"""number of {s.many} by {c}
        How many {s.many} are there per {c}?""",
        by(f, s.category, len),
        False,
    )
    yield (
        "most",
        f"""Which {c} had the most {m}?
        What {c} has the highest total {m}?
        {c} with the largest total {m}""",
        first_of(sums),
        False,
    )
    yield (
        "least",
        f"""Which {c} had the least {m}?
        which {c} has the lowest total {m}?""",
        first_of(sums, is_lowest=True),
        False,
    )
    averages = by(f, s.category, lambda part: mean(part, s.measure))
    yield (
        "highest average",
        f"""Which {c} has the highest average {m}?
        what {c} had the greatest mean {m}?""",
        first_of(averages),
        False,
    )
    ranked = [key for key, _ in sorted(sums.items(), key=lambda item: -item[1])]
    yield (
        "top",
        f"""top 3 {s.categories} by total {m}
        List the three {s.categories} with the highest total {m}""",
        ranked[:3],
        True,
    )
    above = f[f[s.measure] > number]
    yield (
        "above",
        f"""How many {s.many} have {m} above {number}?
        number of {s.many} with {m} greater than {number}
        how many {s.many} had more than {number} {m}?""",
        len(above),
        False,
    )
    yield (
        "list",
        f"""Which {s.many} have {m} of at least {max(f[s.measure]) - 1}?
        show the {s.many} where {m} is at least {max(f[s.measure]) - 1}""",
        sorted(int(at) + 2 for at in f.index[f[s.measure] >= max(f[s.measure]) - 1]),
        False,
    )
    yield (
        "cell",
        f"""What is the {m} of {s.key.replace("_", " ")} {key}?
        {s.key.replace("_", " ")} {key}: what {m}?""",
        row[s.measure],
        False,
    )
    yield (
        "distinct",
        f"""How many different {s.categories} are there?
        number of distinct {s.categories}
        how many unique {s.categories} appear""",
        len(names),
        False,
    )
    yield (
        "values",
        f"""What are the different {s.categories}?
        list the {s.categories}""",
        names,
        False,
    )
    yield (
        "between dates",
        f"""total {m} between {told_early} and {told_late}
        What was the sum of {m} from {told_early} to {told_late}?""",
        total(f[(f[s.when] >= early) & (f[s.when] <= late)], s.measure),
        False,
    )
    yield (
        "before",
        f"""How many {s.many} were before {told_late}?
        number of {s.many} before {late.isoformat()}""",
        len(f[f[s.when] < late]),
        False,
    )
    yield (
        "month",
        f"""total {m} per month
        monthly total of {m}""",
        by(f.assign(month=f[s.when].map(month_of)), "month", lambda p: total(p, s.measure)),
        False,
    )
    yield (
        "week",
        f"""number of {s.many} per week
        how many {s.many} each week?""",
        by(f.assign(week=f[s.when].map(week_of)), "week", len),
        False,
    )
    yield (
        "difference",
        f"""What is the difference in total {m} between {one} and {two}?
        difference between the total {m} of {one} and {two}
        how much more {m} did {one} have than {two}?""",
        abs(sums[one] - sums[two]),
        False,
    )
    yield (
        "share of rows",
        f"""What percentage of {s.many} have {c} {one}?
        what share of the {s.many} are {one}?""",
        Fraction(100 * len(ones), len(f)),
        False,
    )
    yield (
        "share of sum",
        f"""What percentage of total {m} came from {one}?
        {one}'s share of the total {m}
        what proportion of {m} belongs to {one}?""",
        Fraction(sums[one]) * 100 / Fraction(total(f, s.measure)),
        False,
    )
    yield (
        "ratio",
        f"""ratio of total {m} of {one} to {two}
        What is the ratio between the total {m} of {one} and the total {m} of {two}?""",
        Fraction(sums[one]) / Fraction(sums[two]),
        False,
    )
    both = f[(f[s.category] == one) & (f[s.second] == second)]
    yield (
        "two conditions",
        f"""How many {s.many} have {c} {one} and {s.second.replace("_", " ")} {second}?
        total rows for {one} with {s.second.replace("_", " ")} {second}""",
        len(both),
        False,
    )
    yield (
        "either",
        f"""How many {s.many} are for {one} or {two}?
        count of {s.many} where {c} is {one} or {two}""",
        len(ones) + len(twos),
        False,
    )
    yield (
        "not",
        f"""how many {s.many} are not {one}?
        number of {s.many} excluding {one}""",
        len(f) - len(ones),
        False,
    )
    yield (
        "first and last",
        f"""When was the latest of the {s.many}?
        most recent {s.when.replace("_", " ")}""",
        max(f[s.when]),
        False,
    )
    counts = by(f, s.category, len)
    if first_of(counts) is not None:
        yield (
            "most common",
            f"""What is the most common {c}?
            which {c} appears most often?""",
            first_of(counts),
            False,
        )
    yield (
        "range",
        f"""What is the range of {m}?
        difference between the highest and lowest {m}""",
        max(f[s.measure]) - min(f[s.measure]),
        False,
    )
    several = [key for key, count in counts.items() if count > len(f) // len(names)]
    yield (
        "having",
        f"""Which {s.categories} have more than {len(f) // len(names)} {s.many}?
        {s.categories} with over {len(f) // len(names)} rows""",
        several,
        False,
    )
    yield (
        "exists",
        f"""Are there any {s.many} with {m} over {max(f[s.measure]) + 1}?
        is there a row where {m} is above {max(f[s.measure]) + 1}?""",
        False,
        False,
    )
    yield (
        "unanswerable",
        f"""How many helicopters are there?
        Why did {one} have so much {m}?
        What is the average salary?
        Will {m} rise next year?
        how many {s.many} were painted green?
        total {m} of Atlantis Brigade
        who is responsible for {one}?""",
        None,
        False,
    )


def is_right(value: Any, question: Question) -> bool:
    """Whether the value of an answer is the gold, exactly; a list in any order unless it is ordered."""
    gold = question.gold
    if isinstance(gold, dict):
        if not isinstance(value, list) or len(value) != len(gold):
            return False
        return all(key in gold and _same(figure, gold[key]) for key, figure in value)
    if isinstance(gold, list):
        found = (
            [item[0] if isinstance(item, tuple) else item for item in value]
            if isinstance(value, list)
            else [value]
        )
        return found == gold if question.is_ordered else sorted(map(str, found)) == sorted(map(str, gold))
    return _same(value, gold)


def _same(value: Any, gold: Any) -> bool:
    is_number = isinstance(gold, int | Decimal | Fraction) and not isinstance(gold, bool)
    if is_number and isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return Fraction(value) == Fraction(gold)
    return type(value) is type(gold) and value == gold
