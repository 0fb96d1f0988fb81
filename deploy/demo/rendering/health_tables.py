"""The tables of the camps: daily figures, clinic admissions, and chlorine at the Sutina pumping station."""

import datetime
import random

from rendering.figures import days
from rendering.office import Cell
from rendering.tables import DemoTable

_COMPLAINTS = ("acute watery diarrhoea", "respiratory infection", "wound", "fever", "malnutrition")


def daily_figures() -> DemoTable:
    """What was counted at 1800, one row a day. One CSV."""
    rows: list[list[Cell]] = [
        [
            "date",
            "lipa",
            "jasen",
            "hrast",
            "all_camps",
            "water_m3",
            "meals",
            "new_cases",
            "cases_so_far",
            "diesel_l",
        ]
    ]
    for today in days():
        counted: list[Cell] = [
            today.lipa,
            today.jasen,
            today.hrast,
            today.displaced,
            today.water,
            today.meals,
        ]
        rows.append([today.date.isoformat(), *counted, today.cases, today.cases_so_far, today.diesel])
    table = DemoTable({"": rows})
    table.plant(
        "",
        10,
        "water_m3",
        230000,
        kind="unit error",
        why="14 September was entered in litres: 230 cubic metres.",
    )
    table.plant(
        "",
        13,
        "all_camps",
        11350,
        kind="broken sum",
        why="The camps on 17 September add up to 11,530; two digits were swapped.",
    )
    table.plant("", 19, "meals", None, kind="missing value", why="No meals were reported for 23 September.")
    table.plant(
        "",
        7,
        "hrast",
        18700,
        kind="outlier",
        why="Ten times the 1,870 persons of Camp Hrast on 11 September.",
    )
    return table


def clinic_admissions() -> DemoTable:
    """Admissions to the camps' clinics, a sheet for each camp. An XLSX."""
    chance = random.Random(31)  # noqa: S311 - a demo table, not a secret
    header: list[Cell] = ["Case", "Admitted", "Discharged", "Age", "Sex", "Complaint", "Outcome", "Weight kg"]
    sheets: dict[str, list[list[Cell]]] = {}
    for camp, share in (("Lipa", 0.14), ("Jasen", 0.3), ("Hrast", 0.08)):
        rows: list[list[Cell]] = [list(header)]
        for today in days():
            for _ in range(max(1, round((today.cases + 5) * share))):
                rows.append(_admission(chance, camp, len(rows), today.date))
        sheets[camp] = rows
    table = DemoTable(sheets)
    table.plant("Jasen", 18, "Age", 214, kind="outlier", why="No patient is 214 years old.")
    table.plant(
        "Jasen", 33, "Discharged", "2026-09-01", kind="impossible order", why="Discharged before admission."
    )
    table.plant(
        "Jasen",
        52,
        "Weight kg",
        138.0,
        kind="unit error",
        why="A child of four weighs about 16 kg; the weight was entered in pounds and doubled.",
    )
    table.sheets["Jasen"][51][3] = 4
    table.plant(
        "Lipa",
        11,
        "Complaint",
        "burn from chlorine",
        kind="new category",
        why="No other admission names this complaint.",
    )
    table.plant("Lipa", 20, "Outcome", None, kind="missing value", why="The outcome was not entered.")
    table.repeat("Hrast", 9, why="The same admission was entered twice.")
    return table


def _admission(chance: random.Random, camp: str, number: int, admitted: datetime.date) -> list[Cell]:
    age = min(88, int(chance.expovariate(1 / 24)))
    weight = round(3.4 + 2.6 * age if age < 15 else chance.gauss(64, 9), 1)
    complaint = chance.choices(_COMPLAINTS, (12, 3, 3, 2, 1))[0]
    discharged = admitted + datetime.timedelta(days=chance.randint(1, 6))
    outcome = "died" if complaint == _COMPLAINTS[0] and chance.random() < 0.02 else "discharged"
    case = f"{camp[0]}-{number:03d}"
    sex = chance.choice(("f", "m"))
    return [case, admitted.isoformat(), discharged.isoformat(), age, sex, complaint, outcome, weight]


def chlorine_readings() -> DemoTable:
    """Free chlorine behind the pumps at Sutina, three readings a day, in milligrams a litre. One CSV."""
    chance = random.Random(505)  # noqa: S311 - a demo table, not a secret
    rows: list[list[Cell]] = [["date", "time", "place", "free_chlorine_mg_l", "turbidity_ntu", "read_by"]]
    for today in days():
        # The stolen granules were replaced on 21 September; from the 9th until then the water was hardly
        # treated.
        level = 0.52 if today.date.day < 9 else 0.05 if today.date.day < 21 else 0.5
        for time in ("06:00", "14:00", "22:00"):
            reading = round(max(0.01, level * chance.uniform(0.8, 1.2)), 2)
            turbidity = round(chance.uniform(1.5, 4.5), 1)
            rows.append([today.date.isoformat(), time, "Sutina outlet", reading, turbidity, "Sgt Mele Tafa"])
    table = DemoTable({"": rows})
    table.plant(
        "", 30, "free_chlorine_mg_l", 50, kind="unit error", why="Entered in micrograms a litre: 0.05 mg/l."
    )
    table.plant(
        "",
        41,
        "time",
        "26:00",
        kind="impossible time",
        why="A day has twenty-four hours; 22:00 was meant or 06:00.",
    )
    table.plant("", 47, "turbidity_ntu", None, kind="missing value", why="The turbidity was not read.")
    table.plant(
        "",
        53,
        "place",
        "Sutina inlet",
        kind="new category",
        why="Every other reading was taken at the outlet.",
    )
    table.repeat("", 60, why="The same reading was entered twice.")
    return table
