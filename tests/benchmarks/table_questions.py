"""Kinds of questions about tables, each in many words.

The wordings are those of people who have not seen the grammar: several for each kind of question. The answers
are those of `table_gold`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.benchmarks.spoken_tables import SPOKEN, Spoken
from tests.benchmarks.table_gold import Frame, Question, by, first_of, mean, median, month_of, total, week_of

Kind = tuple[str, str, Any]
"""The name of a kind, its wordings a line each, and their gold."""

ORDERED = "top"
"""The kind whose gold is a list in order."""


@dataclass(frozen=True)
class Table:
    """A table that is asked about: how people speak of it (`s`), its rows (`f`), how they say its measured
    column (`m`) and its category (`c`); the names of its categories, the first two of them (`one`, `two`)
    with their rows, and the sums of the measured column by category.
    """

    s: Spoken
    f: Frame
    m: str
    c: str
    names: list[Any]
    one: Any
    two: Any
    ones: Frame
    twos: Frame
    sums: dict[Any, Any]


def ask_all(frames: dict[str, Frame]) -> Iterator[Question]:
    """Every question about the generated tables."""
    for spoken in SPOKEN:
        table = _table(spoken, frames[spoken.name])
        for kinds in KINDS:
            for kind, wordings, gold in kinds(table):
                for line in wordings.strip().splitlines():
                    yield Question(spoken.name, kind, line.strip(), gold, kind == ORDERED)


def _table(spoken: Spoken, frame: Frame) -> Table:
    names = sorted(set(frame[spoken.category]))
    one, two = names[0], names[1]
    return Table(
        s=spoken,
        f=frame,
        m=spoken.measured,
        c=spoken.category.replace("_", " "),
        names=names,
        one=one,
        two=two,
        ones=frame[frame[spoken.category] == one],
        twos=frame[frame[spoken.category] == two],
        sums=by(frame, spoken.category, lambda part: total(part, spoken.measure)),
    )


def _single_figures(t: Table) -> Iterator[Kind]:
    """One figure over all rows, or over those of one category."""
    s, f, m, c, one, two, ones, twos = t.s, t.f, t.m, t.c, t.one, t.two, t.ones, t.twos
    yield (
        "count",
        f"""how many {s.many} are there?
        number of rows in the table""",
        len(f),
    )
    yield (
        "count where",
        f"""How many {s.many} have {c} {one}?
        how many rows are there for {one}?
        count the {s.many} where {c} is {one}""",
        len(ones),
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
    )
    yield (
        "total where",
        f"""What was the total {m} for {one}?
        Add up the {m} of {one}
        {one}: total {m}?""",
        total(ones, s.measure),
    )
    yield (
        "average",
        f"""What is the average {m}?
        mean {m} over all {s.many}""",
        mean(f, s.measure),
    )
    yield (
        "average where",
        f"""average {m} of {one}
        On average, how many {m} did {one} have?"""
        if m not in ("cargo", "cost")
        else f"""average {m} of {one}
        What's the mean {m} where the {c} is {one}?""",
        mean(ones, s.measure),
    )
    yield (
        "median",
        f"""median {m}
        What is the median of {m}?""",
        median(f, s.measure),
    )
    yield (
        "highest",
        f"""What is the highest {m}?
        maximum {m}
        largest {m} of any of the {s.many}""",
        max(f[s.measure]),
    )
    yield (
        "lowest where",
        f"""lowest {m} for {two}
        What was the smallest {m} with {c} {two}?""",
        min(twos[s.measure]),
    )


def _groups(t: Table) -> Iterator[Kind]:
    """A figure for each category, and which category is first by it."""
    s, f, m, c, sums = t.s, t.f, t.m, t.c, t.sums
    yield (
        "by group",
        f"""total {m} by {c}
        Show the total {m} for each {c}
        {m} per {c}, summed""",
        sums,
    )
    yield (
        "average by group",
        f"""average {s.others} per {c}
        mean {s.others} for every {c}""",
        by(f, s.category, lambda part: mean(part, s.other)),
    )
    yield (
        "count by group",
        f"""number of {s.many} by {c}
        How many {s.many} are there per {c}?""",
        by(f, s.category, len),
    )
    yield (
        "most",
        f"""Which {c} had the most {m}?
        What {c} has the highest total {m}?
        {c} with the largest total {m}""",
        first_of(sums),
    )
    yield (
        "least",
        f"""Which {c} had the least {m}?
        which {c} has the lowest total {m}?""",
        first_of(sums, is_lowest=True),
    )
    averages = by(f, s.category, lambda part: mean(part, s.measure))
    yield (
        "highest average",
        f"""Which {c} has the highest average {m}?
        what {c} had the greatest mean {m}?""",
        first_of(averages),
    )
    ranked = [key for key, _ in sorted(sums.items(), key=lambda item: -item[1])]
    yield (
        "top",
        f"""top 3 {s.categories} by total {m}
        List the three {s.categories} with the highest total {m}""",
        ranked[:3],
    )


def _rows(t: Table) -> Iterator[Kind]:
    """Rows above a limit, cells, and what stands in a column."""
    s, f, m, names = t.s, t.f, t.m, t.names
    number, key = sorted(f[s.measure])[len(f) // 2], f[s.key].iloc[7]
    row = f[f[s.key] == key].iloc[0]
    above = f[f[s.measure] > number]
    yield (
        "above",
        f"""How many {s.many} have {m} above {number}?
        number of {s.many} with {m} greater than {number}
        how many {s.many} had more than {number} {m}?""",
        len(above),
    )
    yield (
        "list",
        f"""Which {s.many} have {m} of at least {max(f[s.measure]) - 1}?
        show the {s.many} where {m} is at least {max(f[s.measure]) - 1}""",
        sorted(int(at) + 2 for at in f.index[f[s.measure] >= max(f[s.measure]) - 1]),
    )
    yield (
        "cell",
        f"""What is the {m} of {s.key.replace("_", " ")} {key}?
        {s.key.replace("_", " ")} {key}: what {m}?""",
        row[s.measure],
    )
    yield (
        "distinct",
        f"""How many different {s.categories} are there?
        number of distinct {s.categories}
        how many unique {s.categories} appear""",
        len(names),
    )
    yield (
        "values",
        f"""What are the different {s.categories}?
        list the {s.categories}""",
        names,
    )


def _days(t: Table) -> Iterator[Kind]:
    """Figures between days, and for each month and week."""
    s, f, m = t.s, t.f, t.m
    days = sorted(f[s.when])
    early, late = days[len(days) // 4], days[3 * len(days) // 4]
    told_early, told_late = f"{early.day} {early:%B %Y}", f"{late:%B} {late.day}, {late.year}"
    yield (
        "between dates",
        f"""total {m} between {told_early} and {told_late}
        What was the sum of {m} from {told_early} to {told_late}?""",
        total(f[(f[s.when] >= early) & (f[s.when] <= late)], s.measure),
    )
    yield (
        "before",
        f"""How many {s.many} were before {told_late}?
        number of {s.many} before {late.isoformat()}""",
        len(f[f[s.when] < late]),
    )
    yield (
        "month",
        f"""total {m} per month
        monthly total of {m}""",
        by(f.assign(month=f[s.when].map(month_of)), "month", lambda p: total(p, s.measure)),
    )
    yield (
        "week",
        f"""number of {s.many} per week
        how many {s.many} each week?""",
        by(f.assign(week=f[s.when].map(week_of)), "week", len),
    )


def _comparisons(t: Table) -> Iterator[Kind]:
    """Differences, shares and ratios of two categories."""
    s, f, m, c, one, two, ones, sums = t.s, t.f, t.m, t.c, t.one, t.two, t.ones, t.sums
    yield (
        "difference",
        f"""What is the difference in total {m} between {one} and {two}?
        difference between the total {m} of {one} and {two}
        how much more {m} did {one} have than {two}?""",
        abs(sums[one] - sums[two]),
    )
    yield (
        "share of rows",
        f"""What percentage of {s.many} have {c} {one}?
        what share of the {s.many} are {one}?""",
        Fraction(100 * len(ones), len(f)),
    )
    yield (
        "share of sum",
        f"""What percentage of total {m} came from {one}?
        {one}'s share of the total {m}
        what proportion of {m} belongs to {one}?""",
        Fraction(sums[one]) * 100 / Fraction(total(f, s.measure)),
    )
    yield (
        "ratio",
        f"""ratio of total {m} of {one} to {two}
        What is the ratio between the total {m} of {one} and the total {m} of {two}?""",
        Fraction(sums[one]) / Fraction(sums[two]),
    )


def _conditions(t: Table) -> Iterator[Kind]:
    """Two conditions at once, either, and not."""
    s, f, c, one, two, ones, twos = t.s, t.f, t.c, t.one, t.two, t.ones, t.twos
    second = sorted(set(f[s.second]))[0]
    both = f[(f[s.category] == one) & (f[s.second] == second)]
    yield (
        "two conditions",
        f"""How many {s.many} have {c} {one} and {s.second.replace("_", " ")} {second}?
        total rows for {one} with {s.second.replace("_", " ")} {second}""",
        len(both),
    )
    yield (
        "either",
        f"""How many {s.many} are for {one} or {two}?
        count of {s.many} where {c} is {one} or {two}""",
        len(ones) + len(twos),
    )
    yield (
        "not",
        f"""how many {s.many} are not {one}?
        number of {s.many} excluding {one}""",
        len(f) - len(ones),
    )


def _ends(t: Table) -> Iterator[Kind]:
    """The last day, the range, what is frequent, and whether there is any."""
    s, f, m, c, names = t.s, t.f, t.m, t.c, t.names
    yield (
        "first and last",
        f"""When was the latest of the {s.many}?
        most recent {s.when.replace("_", " ")}""",
        max(f[s.when]),
    )
    counts = by(f, s.category, len)
    if first_of(counts) is not None:
        yield (
            "most common",
            f"""What is the most common {c}?
            which {c} appears most often?""",
            first_of(counts),
        )
    yield (
        "range",
        f"""What is the range of {m}?
        difference between the highest and lowest {m}""",
        max(f[s.measure]) - min(f[s.measure]),
    )
    several = [key for key, count in counts.items() if count > len(f) // len(names)]
    yield (
        "having",
        f"""Which {s.categories} have more than {len(f) // len(names)} {s.many}?
        {s.categories} with over {len(f) // len(names)} rows""",
        several,
    )
    yield (
        "exists",
        f"""Are there any {s.many} with {m} over {max(f[s.measure]) + 1}?
        is there a row where {m} is above {max(f[s.measure]) + 1}?""",
        False,
    )


def _unanswerable(t: Table) -> Iterator[Kind]:
    """What no table of these answers."""
    s, m, one = t.s, t.m, t.one
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
    )


KINDS = (_single_figures, _groups, _rows, _days, _comparisons, _conditions, _ends, _unanswerable)
