"""Tables with planted faults, in other words, shapes and languages than the demo, and clean ones beside them.

`write_holdout(folder)` writes them as CSV and workbooks with truth/anomalies.json and truth/clean.json. The
same seed gives the same files.
"""

import csv
import datetime
import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

SEED = 20260917
Row = list[Any]


@dataclass
class Plan:
    """One file: its sheets (header first) and the faults in them, by row as a spreadsheet shows it."""

    name: str
    sheets: dict[str, list[Row]]
    faults: list[dict[str, Any]] = field(default_factory=list)

    def put(self, sheet: str, row: int, column: str, value: Any, kind: str) -> None:
        """Plant `value` in a cell."""
        table = self.sheets[sheet]
        table[row - 1][table[0].index(column)] = value
        self.note(sheet, row, column, kind)

    def again(self, sheet: str, row: int) -> None:
        """Append a copy of a row."""
        self.sheets[sheet].append(list(self.sheets[sheet][row - 1]))
        self.note(sheet, len(self.sheets[sheet]), "", "duplicate row")

    def note(self, sheet: str, row: int, column: str, kind: str) -> None:
        self.faults.append(
            {"file": self.name, "sheet": "" if self.name.endswith(".csv") else sheet, "row": row,
             "column": column, "kind": kind}
        )  # fmt: skip


def _day(offset: int, start: str = "2025-03-01") -> str:
    return str(datetime.date.fromisoformat(start) + datetime.timedelta(days=offset))


def greenhouse(random_: random.Random) -> Plan:
    """Hourly climate readings: a sensor log without groups."""
    rows: list[Row] = [["stamp", "zone", "air_temp_c", "humidity_pct", "co2_ppm", "light_lux"]]
    for hour in range(240):
        sun = max(0.0, math.sin((hour % 24 - 6) / 12 * math.pi))
        rows.append([
            f"{_day(hour // 24)} {hour % 24:02d}:00", "glass" if hour % 3 else "foil",
            round(17 + 7 * sun + random_.gauss(0, 0.5), 1), round(72 - 15 * sun + random_.gauss(0, 2), 1),
            round(620 - 150 * sun + random_.gauss(0, 15)), round(40_000 * sun * random_.uniform(0.7, 1.0)),
        ])  # fmt: skip
    plan = Plan("greenhouse-climate.csv", {"": rows})
    plan.put("", 50, "air_temp_c", 187.0, "outlier")
    plan.put("", 91, "humidity_pct", "", "missing value")
    plan.put("", 130, "co2_ppm", 6, "outlier")
    plan.put("", 171, "stamp", "2025-03-08 25:00", "impossible time")
    plan.put("", 200, "humidity_pct", "7O.4", "type error")
    return plan


def payroll(random_: random.Random) -> Plan:
    """Gehälter: German words, groups by grade, net = gross - tax - dues."""
    bases = {"E5": 2900, "E8": 3500, "E11": 4400, "E14": 5600}
    rows: list[Row] = [["Personalnr", "Eintritt", "Gruppe", "Brutto", "Steuer", "Beitrag", "Netto"]]
    for at in range(84):
        grade = random_.choice(list(bases))
        gross = round(bases[grade] * random_.uniform(0.95, 1.08), 2)
        tax, dues = round(gross * random_.uniform(0.18, 0.22), 2), round(gross * 0.2, 2)
        rows.append([
            f"P{4100 + at * 7}", _day(random_.randrange(3000), "2014-01-01"), grade, gross, tax, dues,
            round(gross - tax - dues, 2),
        ])  # fmt: skip
    plan = Plan("gehaelter-maerz.xlsx", {"Abrechnung": rows})
    plan.put("Abrechnung", 14, "Netto", round(rows[13][6] + 270, 2), "broken sum")
    plan.put("Abrechnung", 33, "Eintritt", "1899-05-02", "impossible date")
    plan.put("Abrechnung", 47, "Gruppe", "E99", "new category")
    plan.put("Abrechnung", 61, "Steuer", -abs(rows[60][4]), "negative quantity")
    plan.put("Abrechnung", 70, "Personalnr", rows[20][0], "duplicate key")
    return plan


def voyages(random_: random.Random) -> Plan:
    """Ferry crossings: two moments with dates, weights in kilograms, a misspelt port."""
    ports = ["Valletta", "Pozzallo", "Catania", "Augusta"]
    rows: list[Row] = [["crossing", "vessel", "from_port", "sailed", "berthed", "cargo_kg", "passengers"]]
    clock = datetime.datetime(2024, 11, 3, 5)
    for at in range(96):
        clock += datetime.timedelta(hours=5, minutes=random_.randrange(0, 40))
        over = clock + datetime.timedelta(minutes=random_.randrange(95, 130))
        vessel = random_.choice(["Kalypso", "Ogygia"])
        load = (21000 if vessel == "Kalypso" else 9000) * random_.uniform(0.8, 1.1)
        rows.append([
            501 + at, vessel, random_.choice(ports), f"{clock:%Y-%m-%d %H:%M}", f"{over:%Y-%m-%d %H:%M}",
            round(load), random_.randrange(120, 390),
        ])  # fmt: skip
    plan = Plan("crossings.csv", {"": rows})
    late = datetime.datetime.fromisoformat(rows[19][4]) - datetime.timedelta(hours=6)
    plan.put("", 20, "berthed", f"{late:%Y-%m-%d %H:%M}", "impossible order")
    plan.put("", 41, "cargo_kg", round(rows[40][5] / 1000, 1), "unit error")
    plan.put("", 55, "from_port", "Pozallo", "misspelt value")
    plan.put("", 68, "passengers", "", "missing value")
    plan.put("", 77, "sailed", "2042-11-19 08:10", "impossible date")
    plan.again("", 30)
    return plan


def ledger(random_: random.Random) -> Plan:
    """A shop's ledger: price × pieces, a totals row, and a summary by branch in a second sheet."""
    branches = ["Nord", "Süd", "West"]
    rows: list[Row] = [["beleg", "filiale", "artikel", "stück", "preis", "betrag"]]
    prices = {"Helm": 39.9, "Seil": 12.5, "Haken": 3.2, "Gurt": 54.0, "Lampe": 21.75}
    for at in range(60):
        article = random_.choice(list(prices))
        pieces = random_.randrange(2, 40)
        amount = round(pieces * prices[article], 2)
        rows.append([f"B-{7000 + at}", branches[at % 3], article, pieces, prices[article], amount])
    amounts = {branch: round(sum(row[5] for row in rows[1:] if row[1] == branch), 2) for branch in branches}
    counts = {branch: sum(row[1] == branch for row in rows[1:]) for branch in branches}
    rows.append(["Summe", "", "", sum(row[3] for row in rows[1:]), "", round(sum(amounts.values()), 2)])
    summary: list[Row] = [["filiale", "belege", "umsatz"], *[[b, counts[b], amounts[b]] for b in branches]]
    summary.append(["Ost", 0, 0])
    plan = Plan("kassenbuch.xlsx", {"Belege": rows, "Filialen": summary})
    plan.put("Belege", 12, "betrag", round(rows[11][5] * 10, 2), "broken sum")
    plan.put("Belege", 27, "preis", 5400.0 if rows[26][2] == "Gurt" else rows[26][4] * 100, "unit error")
    plan.put("Belege", 44, "artikel", "", "missing value")
    plan.put("Belege", 62, "stück", rows[61][3] + 90, "broken sum")
    return plan


def herd(random_: random.Random) -> Plan:
    """Animals in a register and in a count: lists against each other, weights by age."""
    register: list[Row] = [["tag", "breed", "born", "age_months", "weight_kg"]]
    tags = [f"HR {30110 + at * 3}" for at in range(110)]
    for tag in tags:
        age = random_.randrange(1, 60)
        breed = random_.choice(["Simmental", "Busha", "Angus"])
        weight = round((40 + 560 * (1 - math.exp(-age / 14))) * random_.uniform(0.95, 1.05), 1)
        register.append([tag, breed, _day(-30 * age, "2025-05-01"), age, weight])
    seen: list[Row] = [["tag", "pasture", "counted"]]
    for at, tag in enumerate(tags):
        seen.append([tag, ["upper", "lower"][at % 2], _day(at // 40, "2025-05-02")])
    plan = Plan("herd-book.xlsx", {"Register": register, "Count": seen})
    plan.put("Register", 23, "weight_kg", round(register[22][4] * 2.2046, 1), "unit error")
    plan.put("Register", 58, "age_months", -4, "negative quantity")
    plan.put("Register", 90, "breed", "Zebu", "new category")
    seen.append(["HR 99999", "lower", _day(2, "2025-05-02")])
    plan.note("Count", len(seen), "tag", "not in the other list")
    plan.put("Count", 71, "counted", "2025-05-32", "impossible date")
    return plan


def clinic_stock(random_: random.Random) -> Plan:
    """Stock cards: opening + received - issued = closing, in Spanish words."""
    rows: list[Row] = [["insumo", "código", "inicial", "recibido", "emitido", "final", "caduca"]]
    for at in range(48):
        opening, received = random_.randrange(100, 900), random_.randrange(0, 400)
        issued = random_.randrange(10, 90)
        rows.append([
            f"insumo {chr(65 + at % 26)}{at // 26}", f"MX-{2200 + at * 11}", opening, received, issued,
            opening + received - issued, _day(random_.randrange(400, 900)),
        ])  # fmt: skip
    plan = Plan("almacen.csv", {"": rows})
    plan.put("", 9, "final", rows[8][5] + 100, "broken sum")
    plan.put("", 22, "inicial", rows[21][2] * 100, "unit error")
    plan.put("", 31, "caduca", "2001-01-15", "impossible date")
    plan.put("", 40, "código", "", "missing value")
    plan.again("", 5)
    return plan


def clean_measures(random_: random.Random) -> Plan:
    """Nothing wrong: normal, skewed, counted, drifting and seasonal figures, with natural tails."""
    rows: list[Row] = [["day", "site", "flow", "particles", "alarms", "level", "seasonal", "share"]]
    level = 80.0
    for at in range(180):
        level += random_.gauss(0, 1.5)
        rows.append([
            _day(at), random_.choice(["K1", "K2", "K3"]), round(random_.gauss(300, 20), 1),
            round(math.exp(random_.gauss(3, 0.9)), 1), sum(random_.random() < 0.1 for _ in range(40)),
            round(level, 1), round(50 + 20 * math.sin(at / 7 * 6.283) + random_.gauss(0, 2), 1),
            round(random_.random(), 3),
        ])  # fmt: skip
    return Plan("clean-measures.csv", {"": rows})


def clean_orders(random_: random.Random) -> Plan:
    """Nothing wrong: orders with long tails, natural repeats, half-empty columns and true sums."""
    rows: list[Row] = [["order", "placed", "shipped", "country", "items", "net", "vat", "gross", "remark"]]
    for at in range(150):
        net = round(math.exp(random_.gauss(4, 1.1)), 2)
        vat = round(net * 0.19, 2)
        placed = at // 4
        rows.append([
            88000 + at, _day(placed), _day(placed + random_.randrange(1, 9)),
            random_.choices(["DE", "FR", "IT", "PL", "CZ", "DK"], [9, 5, 4, 3, 2, 2])[0],
            1 + int(random_.expovariate(0.5)), net, vat, round(net + vat, 2),
            random_.choice(["", "", "gift", "fragile"]),
        ])  # fmt: skip
    return Plan("clean-orders.csv", {"": rows})


def clean_survey(random_: random.Random) -> Plan:
    """Nothing wrong: few columns of few values, where equal rows are natural."""
    rows: list[Row] = [["village", "household", "adults", "children", "well"]]
    for at in range(120):
        rows.append([
            random_.choice(["Osoje", "Lug", "Brod", "Kamen"]), 1 + at % 30, random_.randrange(1, 5),
            random_.randrange(0, 6), random_.choice(["yes", "no"]),
        ])  # fmt: skip
    return Plan("clean-survey.csv", {"": rows})


PLANS: tuple[Callable[[random.Random], Plan], ...] = (
    greenhouse, payroll, voyages, ledger, herd, clinic_stock, clean_measures, clean_orders, clean_survey,
)  # fmt: skip


def write_holdout(folder: Path, seed: int = SEED) -> None:
    """Write every plan below `folder`, with the truth about them."""
    truth = folder / "truth"
    truth.mkdir(parents=True)
    faults, clean = [], []
    for number, make in enumerate(PLANS):
        plan = make(random.Random(seed + number))
        _write(folder / plan.name, plan)
        faults += plan.faults
        if not plan.faults:
            clean.append(plan.name)
    (truth / "anomalies.json").write_text(json.dumps(faults, indent=1), encoding="utf-8")
    (truth / "clean.json").write_text(json.dumps(clean), encoding="utf-8")


def _write(path: Path, plan: Plan) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(plan.sheets[""])
        return
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in plan.sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
