"""A chart of what a table answers: bars by category, a line over time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from donovan.insight.charts.specifications import Axis, Specification, bar, line
from donovan.reports.errors import ReportError
from donovan.reports.sections.asking import FIELDS, Asked, ask
from donovan.reports.sections.contract import (
    Made,
    MadeBlock,
    MadeFigure,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)
from donovan.reports.sections.table import note_of, source_of

MOST_BARS = 40


class ChartSection(SectionKind):
    name = "chart"
    title = "Chart"
    purpose = "A chart of the answer to a question about a table: bars by category, or a line over time."
    fields = FIELDS

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, work.settings.get("question", ""))
        asked = ask(work.settings, work.scope)
        used = {asked.table.document_id: asked.table.document.label}
        if not asked.rows:
            return Made(used=used, notice="The table has no row that fits.")
        cited = (source_of(asked),)
        picture = specification_of(asked)
        caption = work.settings.get("question") or f"{asked.table.document}: {asked.table.name}"
        blocks: list[MadeBlock] = [
            MadeFigure(caption, picture, str(picture.get("description", caption)), cited),
        ]
        if asked.sentence:
            blocks.append(MadeParagraph((MadeStatement(asked.sentence, "computed", cited),)))
        return Made(tuple(blocks), used, notice=note_of(asked), engine="exact queries over the table")


def specification_of(asked: Asked) -> Specification:
    """The chart of the first column that names or dates the rows, and the first that holds numbers.

    Raises ReportError when there are no such two columns.
    """
    numbers = [place for place in range(len(asked.columns)) if _holds(asked, place, (int, float, Decimal))]
    others = [place for place in range(len(asked.columns)) if place not in numbers]
    numbers = [place for place in numbers if asked.columns[place] != "Row"]
    if not numbers or not others:
        raise ReportError(
            "A chart needs a column of names or dates and one of numbers. "
            "Ask for a figure by something, such as “total quantity by depot”."
        )
    along, up = others[0], numbers[0]
    unit = asked.units.get(asked.columns[up], "")
    if _holds(asked, along, (date, datetime)):
        points = sorted((row[along], row[up], "") for row in asked.rows if row[along] is not None)
        return line(points, x=Axis(asked.columns[along]), y=Axis(asked.columns[up], unit))
    return bar(
        [(str(row[along]), row[up]) for row in asked.rows[:MOST_BARS]],
        category=Axis(asked.columns[along]),
        measure=Axis(asked.columns[up], unit),
    )


def _holds(asked: Asked, place: int, kinds: tuple[type[Any], ...]) -> bool:
    values = [row[place] for row in asked.rows if row[place] is not None]
    return bool(values) and all(isinstance(value, kinds) and not isinstance(value, bool) for value in values)
