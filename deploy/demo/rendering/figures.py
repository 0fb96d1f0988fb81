"""The numbers of the operation, one place for all documents: places, and what was counted each day at 1800.

Sitreps, tables and mail take their figures from here, so that a trend is the same trend wherever it is
read. Where two
sources contradict each other, they do so in their own words, in the texts.
"""

import datetime
from dataclasses import dataclass

FIRST_DAY = datetime.date(2026, 9, 6)

# One row a day from 6 September: persons registered at Lipa, Jasen and Hrast; water delivered (cubic
# metres); new cases
# of acute watery diarrhoea; diesel issued (litres).
_ROWS = (
    (1150, 640, 410, 60, 0, 2100),
    (1720, 1180, 690, 95, 0, 2650),
    (2310, 1790, 940, 140, 1, 3120),
    (2780, 2460, 1230, 175, 2, 3480),
    (3120, 3150, 1540, 210, 3, 3900),
    (3390, 3920, 1870, 240, 6, 4150),
    (3610, 4510, 2130, 255, 11, 4300),
    (3740, 4880, 2290, 260, 19, 4420),
    (3820, 5060, 2410, 230, 31, 4380),
    (3870, 5120, 2500, 225, 44, 4510),
    (3890, 5090, 2580, 250, 52, 4640),
    (3860, 4980, 2690, 270, 47, 4600),
    (3810, 4820, 2830, 285, 39, 4550),
    (3740, 4640, 2960, 290, 30, 4480),
    (3650, 4430, 3070, 300, 22, 4400),
    (3540, 4210, 3110, 305, 15, 4310),
    (3410, 3980, 3090, 305, 11, 4260),
    (3270, 3760, 3020, 300, 8, 4120),
    (3090, 3520, 2910, 290, 6, 3600),
    (2880, 3240, 2760, 280, 4, 3350),
    (2640, 2950, 2580, 270, 3, 3100),
)


@dataclass(frozen=True)
class Day:
    """What was counted on one day at 1800. Water in cubic metres, diesel in litres, the rest in persons or
    meals."""

    date: datetime.date
    lipa: int
    jasen: int
    hrast: int
    water: int
    cases: int
    cases_so_far: int
    diesel: int

    @property
    def displaced(self) -> int:
        return self.lipa + self.jasen + self.hrast

    @property
    def meals(self) -> int:
        """Two cooked meals a person a day, counted in trays of fifty."""
        return -(-self.displaced * 2 // 50) * 50


def days() -> list[Day]:
    """All days of the operation, 6 to 26 September 2026, in order."""
    result: list[Day] = []
    cases_so_far = 0
    for offset, (lipa, jasen, hrast, water, cases, diesel) in enumerate(_ROWS):
        cases_so_far += cases
        date = FIRST_DAY + datetime.timedelta(days=offset)
        result.append(Day(date, lipa, jasen, hrast, water, cases, cases_so_far, diesel))
    return result


def day(date: datetime.date) -> Day:
    """One day. Raises ValueError for a day outside the operation."""
    for candidate in days():
        if candidate.date == date:
            return candidate
    raise ValueError(f"There are no figures for {date}: the operation runs from 6 to 26 September 2026.")


def figure_rows(date: datetime.date) -> list[list[str]]:
    """The table "Figures at 1800" of a sitrep: header row first, every cell as printed."""
    today = day(date)
    return [
        ["Figure", "Value"],
        ["Registered at Camp Lipa", f"{today.lipa:,}"],
        ["Registered at Camp Jasen", f"{today.jasen:,}"],
        ["Registered at Camp Hrast", f"{today.hrast:,}"],
        ["Registered in all camps", f"{today.displaced:,}"],
        ["Water delivered, cubic metres", f"{today.water:,}"],
        ["Meals served", f"{today.meals:,}"],
        ["New cases of acute watery diarrhoea", f"{today.cases:,}"],
        ["Cases since 6 September", f"{today.cases_so_far:,}"],
        ["Diesel issued, litres", f"{today.diesel:,}"],
    ]
