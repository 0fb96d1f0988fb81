"""The numbers of footnotes: by first mention in the order of reading, as a printed page needs them.

A source that nothing mentions takes its number after all others, so that no source of a report is lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from donovan.reports.content import Paragraph, ReportContent, SectionContent, Source
from donovan.reports.export.text import clean, shortened

# A caption with fifty footnotes cannot be read; its documents stand in the list of sources.
MOST_AT_CAPTION = 6
LONGEST_QUOTE = 400
NOT_CURRENT = "Changed or withdrawn since this report was made."


@dataclass(frozen=True)
class Note:
    """One footnote, cleaned. `is_mentioned` is False for a source that no sentence points at."""

    number: int
    document_id: str
    portion: str
    title: str
    day: str
    where: str
    quote: str
    marking: str
    address: str
    is_current: bool
    is_mentioned: bool

    @property
    def place(self) -> str:
        """Title, day and place, as a footnote begins after its portion mark."""
        return ", ".join(part for part in (self.title, self.day, self.where) if part)


@dataclass(frozen=True)
class UsedDocument:
    """One document of the source list with the notes that rest on it; none where it is not cited."""

    title: str
    day: str
    marking: str
    numbers: tuple[int, ...]
    is_current: bool


def day_text(day: date | None) -> str:
    """A date as a report prints it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}" if day else ""


def numbered(content: ReportContent) -> tuple[dict[int, int], tuple[Note, ...]]:
    """The printed number behind each number of `content`, and the notes in printed order."""
    known = {source.number: source for source in content.sources}
    mentioned = [number for number in dict.fromkeys(_mentions(content.sections)) if number in known]
    order = [*mentioned, *(number for number in sorted(known) if number not in set(mentioned))]
    printed = {number: place for place, number in enumerate(order, start=1)}
    seen = set(mentioned)
    notes = tuple(
        _note(known[number], printed[number], content, is_mentioned=number in seen) for number in order
    )
    return printed, notes


def documents_of(notes: Sequence[Note]) -> tuple[UsedDocument, ...]:
    """The documents behind the notes, in the order of their first note."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        found.setdefault(note.document_id, []).append(note)
    return tuple(
        UsedDocument(
            title=group[0].title,
            day=group[0].day,
            marking=group[0].marking,
            numbers=tuple(note.number for note in group if note.is_mentioned),
            is_current=all(note.is_current for note in group),
        )
        for group in found.values()
    )


def _mentions(sections: Iterable[SectionContent]) -> Iterable[int]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                for statement in block.statements:
                    yield from statement.sources
            elif len(block.sources) <= MOST_AT_CAPTION:
                yield from block.sources


def _note(source: Source, number: int, content: ReportContent, *, is_mentioned: bool) -> Note:
    return Note(
        number=number,
        document_id=clean(source.document_id),
        # A source without a portion mark is protected as the whole report is.
        portion=clean(source.portion) or clean(content.portion),
        title=clean(source.title) or "Document without a title",
        day=day_text(source.document_date),
        where=clean(source.where),
        quote=shortened(clean(source.quote), LONGEST_QUOTE),
        marking=clean(source.marking) or clean(content.banner),
        address=clean(source.address),
        is_current=source.is_current,
        is_mentioned=is_mentioned,
    )
