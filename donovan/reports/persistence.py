"""Keeping what was made of a section: a new making beside the earlier ones, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from donovan.reports.models import Block, Section, Source, Statement, UsedDocument
from donovan.reports.sections.contract import (
    Cited,
    Made,
    MadeBlock,
    MadeFigure,
    MadeMap,
    MadeParagraph,
    MadeTable,
)


def keep_making(section: Section, made: Made) -> None:
    """Add a making to a section, in the transaction that settles its job as done."""
    making = section.making + 1
    ids = keep_sources(section, made.cited, making=making)
    for ordinal, block in enumerate(made.blocks, start=1):
        _keep_block(section, making, ordinal, block, ids)
    cited = {item.document_id: item.label for item in made.cited}
    keep_used(section, {**cited, **made.used}, making=making)
    earlier = {str(section.making): section.labels} if section.making else {}
    Section.objects.filter(pk=section.pk).update(
        making=making,
        labels=sorted(made.labels),
        earlier_labels={**section.earlier_labels, **earlier},
        engine=made.engine[:300],
        work={},
    )


def keep_sources(section: Section, cited: Iterable[Cited], *, making: int) -> dict[Cited, int]:
    """A row for each thing cited; their ids."""
    return {
        item: Source.objects.create(
            section=section,
            making=making,
            document_id=item.document_id,
            title=item.title[:500],
            place=item.place[:300],
            page=item.page,
            start=item.start,
            end=item.end,
            table_ordinal=item.table_ordinal,
            rows=list(item.rows),
            quote=item.quote,
            digest=item.digest,
            label=item.label,
            document_date=item.document_date,
        ).pk
        for item in dict.fromkeys(cited)
    }


def keep_used(section: Section, used: Mapping[UUID, str], *, making: int) -> None:
    """Note which documents were read for a making."""
    UsedDocument.objects.bulk_create(
        (
            UsedDocument(section=section, making=making, document_id=key, label=label)
            for key, label in used.items()
        ),
        ignore_conflicts=True,
    )


def _keep_block(
    section: Section, making: int, ordinal: int, block: MadeBlock, ids: Mapping[Cited, int]
) -> None:
    row = Block(section=section, making=making, ordinal=ordinal, labels=sorted(block.labels))
    if isinstance(block, MadeParagraph):
        row.kind, row.is_bullet = Block.Kind.PARAGRAPH, block.is_bullet
        row.save()
        Statement.objects.bulk_create(
            Statement(
                block=row,
                ordinal=number,
                text=statement.text,
                state=statement.state,
                reason=statement.reason[:300],
                source_ids=[ids[cited] for cited in statement.cited],
            )
            for number, statement in enumerate(block.statements, start=1)
        )
        return
    row.kind, row.data = _laid_out(block)
    row.source_ids = [ids[cited] for cited in block.cited]
    row.save()


def _laid_out(block: MadeTable | MadeFigure | MadeMap) -> tuple[Block.Kind, dict[str, object]]:
    if isinstance(block, MadeTable):
        return Block.Kind.TABLE, {
            "caption": block.caption,
            "columns": list(block.columns),
            "rows": [[_plain(value) for value in row] for row in block.rows],
            "note": block.note,
            "units": dict(block.units),
        }
    if isinstance(block, MadeFigure):
        return Block.Kind.FIGURE, {
            "caption": block.caption,
            "specification": dict(block.specification),
            "alternative": block.alternative,
        }
    return Block.Kind.MAP, {
        "caption": block.caption,
        "places": [[place.name, place.latitude, place.longitude, place.count] for place in block.places],
        "alternative": block.alternative,
    }


def _plain(value: object) -> object:
    """A value as JSON keeps it: numbers and truth values as they are, dates in ISO form, the rest as
    words.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)
