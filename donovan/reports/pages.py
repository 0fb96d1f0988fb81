"""A report laid out for its page: the content with the rows behind it, block by block."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import mark_safe

from donovan.access.models import User
from donovan.insight.charts.drawing import inline_svg
from donovan.insight.errors import InsightError
from donovan.insight.geography.drawing import map_svg
from donovan.insight.geography.labels import MapPlace
from donovan.reports import content
from donovan.reports.building import Built, ShownStatement, build
from donovan.reports.models import Block, Report, Section, Source, Statement
from retrieval.scope import AccessScope

ROWS_SHOWN = 60


@dataclass(frozen=True)
class StatementOnPage:
    """A sentence with its numbered sources, and what a person did to it."""

    id: int
    shown: content.Statement
    cited: list[content.Source]
    source_ids: tuple[int, ...]
    generated: str
    is_removed: bool
    is_own: bool
    is_changed: bool
    edits: list[Any]


@dataclass(frozen=True)
class BlockOnPage:
    """One block of a section. `kind` says which of the other fields holds it."""

    kind: str
    portion: str
    statements: list[StatementOnPage] = field(default_factory=list)
    is_bullet: bool = False
    block: content.Block | None = None
    rows: list[list[tuple[Any, bool]]] = field(default_factory=list)
    hidden_rows: int = 0
    picture: str = ""
    cited: list[content.Source] = field(default_factory=list)


@dataclass(frozen=True)
class SectionOnPage:
    row: Section
    shown: content.SectionContent
    blocks: list[BlockOnPage]
    choices: list[tuple[Source, int]]
    earlier: list[tuple[int, list[str]]]

    @property
    def signature(self) -> str:
        """What tells whether the section on somebody's page is still as it is now."""
        began = int(self.row.started_at.timestamp() * 1000) if self.row.started_at else 0
        return f"{self.row.pk}-{self.row.state}-{self.row.making}-{began}"

    @property
    def is_open(self) -> bool:
        return self.row.state in (Section.State.WAITING, Section.State.RUNNING)


@dataclass(frozen=True)
class ReportOnPage:
    """What the templates need. `signatures` is what the page has seen of its sections."""

    content: content.ReportContent
    sections: list[SectionOnPage]

    @property
    def is_open(self) -> bool:
        return any(section.is_open for section in self.sections)

    @property
    def ended(self) -> int:
        return sum(not section.is_open for section in self.sections)

    @property
    def signatures(self) -> str:
        return ",".join(section.signature for section in self.sections)


def present(report: Report, scope: AccessScope, reader: User) -> ReportOnPage:
    """The report for `reader`'s page. Raises NotFoundHere when they may not read all it was made from."""
    built = build(report, scope, reader)
    earlier = _earlier_makings(built, scope)
    return ReportOnPage(
        built.content,
        [
            SectionOnPage(
                row=row,
                shown=shown,
                blocks=[_block(built, block) for block in built.blocks[row.pk]],
                choices=[
                    (source, built.numbers.get(source.pk, 0))
                    for source in built.sources.values()
                    if source.section_id == row.pk and source.quote
                ],
                earlier=earlier.get(row.pk, []),
            )
            for row, shown in zip(built.sections, built.content.sections, strict=True)
        ],
    )


def _block(built: Built, block: Block) -> BlockOnPage:
    if block.kind == Block.Kind.PARAGRAPH:
        statements = [_statement(built, shown) for shown in built.statements[block.pk]]
        return BlockOnPage(
            "paragraph", built.portions[block.pk], statements=statements, is_bullet=block.is_bullet
        )
    shown = built.laid_out[block.pk]
    cited = [built.content.sources[number - 1] for number in shown.sources]
    if isinstance(shown, content.TableBlock):
        rows = [[(value, _is_number(value)) for value in row] for row in shown.rows[:ROWS_SHOWN]]
        return BlockOnPage(
            "table",
            shown.portion,
            block=shown,
            rows=rows,
            hidden_rows=max(0, len(shown.rows) - ROWS_SHOWN),
            cited=cited,
        )
    if isinstance(shown, content.MapBlock):
        places = [
            MapPlace(place.name, place.latitude, place.longitude, place.count) for place in shown.places
        ]
        # Drawn here, of escaped names and numbers alone.
        picture = mark_safe(map_svg(places, title=shown.caption, name=f"map-{block.pk}"))  # noqa: S308
        return BlockOnPage("map", shown.portion, block=shown, picture=picture, cited=cited)
    return BlockOnPage("figure", shown.portion, block=shown, picture=_drawn(shown), cited=cited)


def _statement(built: Built, item: ShownStatement) -> StatementOnPage:
    last = item.last_edit
    return StatementOnPage(
        id=item.row.pk,
        shown=item.shown,
        cited=[built.content.sources[number - 1] for number in item.shown.sources],
        source_ids=item.source_ids,
        generated=item.row.text,
        is_removed=last is not None and last.is_removal,
        is_own=item.row.origin == Statement.Origin.WRITTEN,
        is_changed=last is not None and not last.is_reversal,
        edits=list(item.row.edits.all()),
    )


def _earlier_makings(built: Built, scope: AccessScope) -> dict[int, list[tuple[int, list[str]]]]:
    """What sections were before they were made again, where all of it may still be read."""
    found: dict[int, list[tuple[int, list[str]]]] = {}
    for section in built.sections:
        for making, labels in sorted(section.earlier_labels.items(), key=lambda item: int(item[0])):
            if not all(scope.may_read(label) for label in labels):
                continue
            rows = Statement.objects.filter(block__section=section, block__making=int(making))
            words = list(rows.order_by("block__ordinal", "ordinal").values_list("text", flat=True))
            found.setdefault(section.pk, []).append((int(making), words))
    return found


def _drawn(figure: content.FigureBlock) -> str:
    """The chart as it stands in the page; nothing where it cannot be drawn, and its words stand alone."""
    try:
        return inline_svg(figure.specification)
    except InsightError:
        return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
