"""A report as Markdown (CommonMark with the tables and footnotes of GitHub and Pandoc), every word inert."""

import re
from collections.abc import Iterator, Sequence

from donovan.reports.content import ReportContent
from donovan.reports.export.notes import NOT_CURRENT, Note
from donovan.reports.export.printed import (
    Printed,
    PrintedParagraph,
    PrintedPicture,
    PrintedSection,
    PrintedTable,
    printed,
)

_MARKUP = re.compile(r"([\\`*_\[\]|~^$#])")
# A number with a dot, a dash or a plus begin a list, and dashes alone a rule, at the start of a line.
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_LISTED = re.compile(r"^([-+])(?=[\s-]|$)")
_WEB = re.compile(r"www\.", re.IGNORECASE)


def write(content: ReportContent) -> bytes:
    """The bytes of the .md file, UTF-8."""
    return ("\n\n".join(_parts(printed(content))) + "\n").encode()


def escaped(text: str) -> str:
    """Text that shows as it is: no markup, no HTML, no address that becomes a link."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKUP.sub(r"\\\1", text)
    text = _LISTED.sub(r"\\\1", _NUMBERED.sub(r"\1\\\2", text))
    # Many readers make links of bare addresses.
    text = _WEB.sub(lambda found: f"{found.group()[:3]}&#46;", text)
    return text.replace("://", ":&#47;&#47;").replace("@", "&#64;")


def _parts(report: Printed) -> Iterator[str]:
    yield f"**{escaped(report.banner)}**"
    yield f"# {escaped(f'{report.portion} {report.title}')}"
    if report.subject:
        yield escaped(report.subject)
    yield f"**{escaped(report.status)}**"
    yield "\n".join(f"- {name}: {escaped(value)}" for name, value in report.facts)
    if report.authority:
        yield "\n".join(f"- {name}: {escaped(value)}" for name, value in report.authority)
    if report.warnings:
        lines = "\n".join(f"> - {escaped(warning)}" for warning in report.warnings)
        yield f"> **Before this report is used**\n>\n{lines}"
    for section in report.sections:
        yield from _section(section)
    if report.coverage:
        yield "## Coverage"
        yield f"**{escaped(report.portion)}** {escaped(report.coverage)}"
    if report.documents:
        yield "## Sources"
        yield _table(
            ["Document", "Marking", "Date", "Notes"],
            [False] * 4,
            [
                (
                    each.title if each.is_current else f"{each.title}. {NOT_CURRENT}",
                    each.marking,
                    each.day,
                    ", ".join(str(number) for number in each.numbers) or "not cited",
                )
                for each in report.documents
            ],
        )
    notes = [_note(note) for note in report.notes if note.is_mentioned]
    if notes:
        yield "\n\n".join(notes)
    yield f"**{escaped(report.banner)}**"


def _section(section: PrintedSection) -> Iterator[str]:
    yield f"## {section.number}. {escaped(f'{section.portion} {section.heading}')}"
    if section.notice:
        yield f"> {escaped(section.notice)}" if section.is_failed else f"*{escaped(section.notice)}*"
    for block in section.blocks:
        if isinstance(block, PrintedParagraph):
            yield _paragraph(block)
        elif isinstance(block, PrintedTable):
            head = f"{escaped(block.portion)} Table {block.number}. {escaped(block.caption)}"
            yield f"**{head}**{_marks(block.notes)}"
            yield _table(
                [column.title for column in block.columns],
                [column.is_number for column in block.columns],
                block.rows,
            )
            words = " ".join(part for part in (block.note, block.remark) if part)
            if words:
                yield f"*{escaped(words)}*"
        else:
            yield _picture(block)


def _paragraph(block: PrintedParagraph) -> str:
    words = [f"**{escaped(block.portion)}**"]
    for piece in block.pieces:
        remark = f" *\\[{escaped(piece.remark)}\\]*" if piece.remark else ""
        words.append(f"{escaped(piece.text)}{_marks(piece.notes)}{remark}")
    return f"{'- ' if block.is_bullet else ''}{' '.join(words)}"


def _picture(block: PrintedPicture) -> str:
    """Markdown holds no pictures: the words of the figure stand for it."""
    head = (
        f"**{escaped(block.portion)} Figure {block.number}. {escaped(block.caption)}**{_marks(block.notes)}"
    )
    return f"{head}\n\n> {escaped(block.alternative)}"


def _table(heads: list[str], numeric: list[bool], rows: Sequence[Sequence[str]]) -> str:
    lines = [
        f"| {' | '.join(escaped(head) for head in heads)} |",
        f"| {' | '.join('---:' if is_number else '---' for is_number in numeric)} |",
        *(f"| {' | '.join(escaped(text) for text in row)} |" for row in rows),
    ]
    return "\n".join(lines)


def _marks(numbers: tuple[int, ...]) -> str:
    return "".join(f"[^{number}]" for number in numbers)


def _note(note: Note) -> str:
    quote = f" “{escaped(note.quote)}”" if note.quote else ""
    gone = "" if note.is_current else f" **{NOT_CURRENT}**"
    return f"[^{note.number}]: {escaped(note.portion)} {escaped(note.place)}.{quote}{gone}"
