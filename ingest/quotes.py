"""What a page only quotes from earlier mails: where, from whom, of which day; kept with the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

KEY = "quoted"
"""Where the metadata of a document hold the quotations of its pages: [page, start, end, author, day]."""
MOST_KEPT = 2000


@dataclass(frozen=True)
class Quote:
    """Who wrote the quoted words and on which day (ISO); empty where the mail does not say."""

    author: str = ""
    day: str = ""


@dataclass(frozen=True)
class Quotation:
    """A stretch of a page (`start` to `end`, in characters) that is quoted."""

    page: int
    start: int
    end: int
    author: str
    day: date | None


def label_of(quote: Quote) -> str:
    """The words that stand over what is quoted: "Quoted from Halvard Quist, 5 October 2026"."""
    day = date.fromisoformat(quote.day) if quote.day else None
    written = f"{day.day} {day:%B %Y}" if day else ""
    if quote.author:
        return ", ".join(part for part in (f"Quoted from {quote.author}", written) if part)
    return f"Quoted from an earlier mail of {written}" if written else "Quoted from an earlier mail"


def quotations_in(metadata: Mapping[str, object]) -> list[Quotation]:
    """The quotations that the metadata of a document hold, in order; rows in another form are passed over."""
    rows = metadata.get(KEY)
    found: list[Quotation] = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Sequence) and len(row) == 5:
            page, start, end, author, day = row
            found.append(Quotation(page, start, end, author, date.fromisoformat(day) if day else None))
    return found
