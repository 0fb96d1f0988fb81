"""Rows of a table, or the exact answer to a question about it, with the rows that it rests on."""

from donovan.reports.sections.asking import FIELDS, Asked, ask
from donovan.reports.sections.citing import cited_rows
from donovan.reports.sections.contract import (
    Cited,
    Made,
    MadeBlock,
    MadeParagraph,
    MadeStatement,
    MadeTable,
    SectionKind,
    SectionWork,
)


class TableSection(SectionKind):
    name = "table"
    title = "Table"
    purpose = "Rows of one of your tables, or an exact answer to a question about it."
    fields = FIELDS

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, work.settings.get("question", ""))
        asked = ask(work.settings, work.scope)
        used = {asked.table.document_id: asked.table.document.label}
        if not asked.rows:
            return Made(used=used, notice="The table has no row that fits.")
        cited = source_of(asked)
        blocks: list[MadeBlock] = []
        if asked.sentence:
            blocks.append(MadeParagraph((MadeStatement(asked.sentence, "computed", (cited,)),)))
        if len(asked.rows) > 1 or not asked.sentence:
            blocks.append(
                MadeTable(
                    caption=work.settings.get("question") or f"{asked.table.document}: {asked.table.name}",
                    columns=asked.columns,
                    rows=asked.rows,
                    cited=(cited,),
                    note=note_of(asked),
                    units={name: unit for name, unit in asked.units.items() if name in asked.columns},
                )
            )
        return Made(tuple(blocks), used, engine="exact queries over the table")


def source_of(asked: Asked) -> Cited:
    """The rows of the table that an answer rests on."""
    values = "; ".join(
        f"{name}: {value}" for name, value in list(zip(asked.columns, asked.rows[0], strict=False))
    )
    return cited_rows(asked.table, asked.cited, asked.sentence or values[:400])


def note_of(asked: Asked) -> str:
    """What must be known about the rows that are shown."""
    cut = (
        f"The first {len(asked.rows):,} of {asked.total:,} rows are shown."
        if asked.total > len(asked.rows)
        else ""
    )
    return " ".join([cut, *asked.notes]).strip()
