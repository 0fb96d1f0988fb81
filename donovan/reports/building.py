"""From the rows of a report to the one shape that pages and exports show, inside the reader's scope.

Sources are numbered in order of use over the whole report. A statement is shown as its last edit left it. One
whose sources have all changed is "withdrawn": its words stay, with what happened beside them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from django.db.models import F, Prefetch
from django.urls import reverse

from donovan.access.labels import marking_of
from donovan.access.markings import Marking
from donovan.access.models import User
from donovan.assistant.presentation import viewer_address
from donovan.insight.tables.models import DataTable
from donovan.library.errors import NotFoundHere
from donovan.reports import content
from donovan.reports.covering import coverage_sentence
from donovan.reports.models import Block, Report, Section, Source, Statement, StatementEdit, UsedDocument
from donovan.reports.resting import Change, changed_documents, labels_of, what_changed
from donovan.reports.selectors import banner_of, is_readable
from donovan.reports.warnings import Resting, warnings_of
from retrieval.scope import AccessScope

DataBlock = content.TableBlock | content.FigureBlock | content.MapBlock


@dataclass(frozen=True)
class ShownStatement:
    """A statement with its rows, for pages that let a person work on it."""

    row: Statement
    last_edit: StatementEdit | None
    shown: content.Statement
    source_ids: tuple[int, ...]


@dataclass
class Built:
    """A report as shown, and the rows behind its parts.

    `blocks` are those of each section (by its id), in order. By the id of the block, `statements` are its
    sentences, removed ones too, `portions` its portion mark, and `laid_out` what it is in the content.
    """

    content: content.ReportContent
    sections: list[Section]
    blocks: dict[int, list[Block]]
    statements: dict[int, list[ShownStatement]]
    portions: dict[int, str]
    laid_out: dict[int, DataBlock]
    sources: dict[int, Source]
    numbers: dict[int, int]
    changes: dict[int, Change]


def content_of(report: Report, scope: AccessScope, reader: User) -> content.ReportContent:
    """The report for `reader`. Raises NotFoundHere when they may not read all that it was made from."""
    return build(report, scope, reader).content


def build(report: Report, scope: AccessScope, reader: User) -> Built:
    """The report for `reader` with the rows behind it. Raises NotFoundHere as `content_of` does."""
    labels = labels_of([report])[report.pk]
    if not is_readable(reader, scope, report, labels):
        raise NotFoundHere
    banner = banner_of(report, labels)
    sections = list(report.sections.order_by("ordinal"))
    rows = Source.objects.filter(section__report=report, making=F("section__making"))
    sources = {row.pk: row for row in rows.order_by("pk")}
    builder = _Builder(sources, what_changed(sources.values()), banner)
    builder.current_access_labels = _current_access_labels(report)
    builder.addresses = _table_addresses(sources)
    blocks = _blocks_of(report)
    made = [builder.section(section, blocks[section.pk]) for section in sections]
    used = UsedDocument.objects.filter(section__report=report, making=F("section__making"))
    is_released = report.state == Report.State.RELEASED and report.released_by is not None
    shown = content.ReportContent(
        title=report.title,
        subject=report.subject,
        template=report.template_name,
        banner=banner.canonical,
        portion=banner.portion,
        sections=tuple(made),
        sources=tuple(builder.numbered),
        author=str(report.author),
        created_at=report.created_at,
        coverage=coverage_sentence(
            report.coverage, scope, used=used.values("document_id").distinct().count()
        ),
        declassification=content.Declassification(**report.declassification),
        released_by=str(report.released_by) if is_released else "",
        released_at=report.released_at if is_released else None,
        warnings=tuple(
            warnings_of(report, sections, made, Resting(sources, builder.changes, builder.numbers))
        ),
        engine="; ".join(dict.fromkeys(section.engine for section in sections if section.engine)),
    )
    return Built(
        content=shown,
        sections=sections,
        blocks=blocks,
        statements=builder.statements,
        portions=builder.portions,
        laid_out=builder.laid_out,
        sources=sources,
        numbers=builder.numbers,
        changes=builder.changes,
    )


@dataclass
class _Builder:
    """Lays out sections one after the other, and numbers what they cite on the way."""

    sources: dict[int, Source]
    changes: dict[int, Change]
    banner: Marking
    current_access_labels: dict[int, set[str]] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    numbered: list[content.Source] = field(default_factory=list)
    statements: dict[int, list[ShownStatement]] = field(default_factory=dict)
    portions: dict[int, str] = field(default_factory=dict)
    laid_out: dict[int, DataBlock] = field(default_factory=dict)
    _by_place: dict[tuple[object, ...], int] = field(default_factory=dict)

    def section(self, section: Section, blocks: Sequence[Block]) -> content.SectionContent:
        made = [shown for block in blocks if (shown := self._block(section, block)) is not None]
        labels = {*section.labels, *self.current_access_labels.get(section.pk, ())}
        has_bare_words = any(
            isinstance(block, content.Paragraph) and block.portion == self.banner.portion for block in made
        )
        marking = self.banner if has_bare_words and not labels else marking_of(labels)
        return content.SectionContent(
            key=section.key,
            heading=section.heading,
            state=cast(content.SectionState, section.state),
            blocks=tuple(made),
            notice=section.notice,
            portion=marking.portion,
        )

    def _block(self, section: Section, block: Block) -> content.Block | None:
        if block.kind == Block.Kind.PARAGRAPH:
            shown = self._paragraph(section, block)
            self.portions[block.pk] = shown.portion if shown is not None else ""
            return shown
        laid_out = self._data_block(section, block)
        self.portions[block.pk], self.laid_out[block.pk] = laid_out.portion, laid_out
        return laid_out

    def _data_block(self, section: Section, block: Block) -> DataBlock:
        data = block.data
        cited = self._cite(block.source_ids)
        portion = self._portion(section, block, block.source_ids)
        if block.kind == Block.Kind.TABLE:
            return content.TableBlock(
                portion=portion,
                caption=data["caption"],
                columns=tuple(data["columns"]),
                rows=tuple(tuple(row) for row in data["rows"]),
                sources=cited,
                note=data["note"],
                units=data["units"],
            )
        if block.kind == Block.Kind.FIGURE:
            return content.FigureBlock(
                portion=portion,
                caption=data["caption"],
                specification=data["specification"],
                alternative=data["alternative"],
                sources=cited,
            )
        return content.MapBlock(
            portion=portion,
            caption=data["caption"],
            places=tuple(content.MapPlace(*place) for place in data["places"]),
            alternative=data["alternative"],
            sources=cited,
        )

    def _paragraph(self, section: Section, block: Block) -> content.Paragraph | None:
        kept: list[ShownStatement] = []
        for row in block.statements.all():
            last = next(iter(reversed(list(row.edits.all()))), None)
            kept.append(self._statement(section, row, last))
        self.statements[block.pk] = kept
        shown = [item for item in kept if item.last_edit is None or not item.last_edit.is_removal]
        if not shown:
            return None
        cited = [source_id for item in shown for source_id in item.source_ids]
        if all(item.source_ids for item in shown):
            portion = self._portion(section, block, cited)
        elif section.kind == "text" or any(item.row.origin == Statement.Origin.WRITTEN for item in shown):
            # Words of a person that cite nothing: nobody said less, so they carry the marking of the whole.
            portion = self.banner.portion
        else:
            portion = marking_of({*section.labels, *self._labels(cited), *block.labels}).portion
        return content.Paragraph(portion, tuple(item.shown for item in shown), block.is_bullet)

    def _statement(self, section: Section, row: Statement, last: StatementEdit | None) -> ShownStatement:
        is_edited = last is not None and not last.is_reversal
        text, state, reason, source_ids = row.text, row.state, row.reason, row.source_ids
        if last is not None and is_edited:
            text, state, reason, source_ids = last.after, last.state, last.reason, last.source_ids
        present = tuple(key for key in source_ids if key in self.sources)
        changes = [self.changes[key] for key in present if key in self.changes]
        if present and len(changes) == len(present) and state in ("supported", "computed"):
            state, reason = "withdrawn", f"What it rests on {changes[0].reason}."
        numbers = self._cite(present) if last is None or not last.is_removal else ()
        shown = content.Statement(
            text=text,
            state=cast(content.StatementState, state),
            sources=numbers,
            is_edited=is_edited or section.kind == "text",
            reason=reason,
        )
        return ShownStatement(row, last, shown, present)

    def _cite(self, source_ids: Sequence[int]) -> tuple[int, ...]:
        numbers: dict[int, None] = {}
        for key in source_ids:
            if key in self.sources:
                numbers[self._number(self.sources[key])] = None
        return tuple(numbers)

    def _number(self, source: Source) -> int:
        place = (
            source.document_id, source.page, source.start, source.end,
            source.table_ordinal, tuple(source.rows), source.digest, source.label,
        )  # fmt: skip
        number = self._by_place.get(place)
        if number is None:
            number = len(self.numbered) + 1
            self._by_place[place] = number
            self.numbered.append(self._source(number, source))
        self.numbers[source.pk] = number
        return number

    def _source(self, number: int, source: Source) -> content.Source:
        marking = marking_of(self._labels([source.pk]))
        return content.Source(
            number=number,
            document_id=str(source.document_id),
            title=source.title,
            where=source.place,
            quote=source.quote,
            portion=marking.portion,
            marking=marking.canonical,
            address=self.addresses.get(source.pk) or address_of(source),
            document_date=source.document_date,
            is_current=source.pk not in self.changes,
        )

    def _labels(self, source_ids: Sequence[int]) -> set[str]:
        """The labels of sources as they were and as they are."""
        known = [key for key in source_ids if key in self.sources]
        now = {self.changes[key].label for key in known if key in self.changes}
        return {self.sources[key].label for key in known} | (now - {""})

    def _portion(self, section: Section, block: Block, source_ids: Sequence[int]) -> str:
        labels = self._labels(source_ids) | set(block.labels)
        return marking_of(labels or section.labels).portion


def address_of(source: Source) -> str:
    """The page that shows a source: at its words where it has some."""
    if source.page is not None:
        return viewer_address(source.document_id, source.page, source.start, source.end)
    return reverse("library:document", args=[source.document_id])


def _table_addresses(sources: dict[int, Source]) -> dict[int, str]:
    """For each source (by its id) that cites rows, the page of its table as it is now."""
    cited = [source for source in sources.values() if source.table_ordinal is not None]
    if not cited:
        return {}
    rows = DataTable.objects.filter(document__in={source.document_id for source in cited})
    tables = {(table.document_id, table.ordinal): table.pk for table in rows.only("document_id", "ordinal")}
    places = {source.pk: tables.get((source.document_id, source.table_ordinal or 0)) for source in cited}
    return {key: reverse("tables:table", args=[table]) for key, table in places.items() if table}


def _current_access_labels(report: Report) -> dict[int, set[str]]:
    """For each section (by its id) the labels that documents it used carry now and did not carry then."""
    found: dict[int, set[str]] = defaultdict(set)
    for used in changed_documents([report.pk]):
        if used.label:
            found[used.section_id].add(used.label)
    return found


def _blocks_of(report: Report) -> dict[int, list[Block]]:
    edits = Prefetch("edits", StatementEdit.objects.select_related("editor").order_by("pk"))
    statements = Statement.objects.prefetch_related(edits).order_by("ordinal", "pk")
    rows = Block.objects.filter(section__report=report, making=F("section__making"))
    found: dict[int, list[Block]] = defaultdict(list)
    for block in rows.prefetch_related(Prefetch("statements", statements)).order_by("ordinal"):
        found[block.section_id].append(block)
    return found
