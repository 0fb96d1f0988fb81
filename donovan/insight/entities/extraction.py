"""A document's pages in, its mentions out: recognisers, agreement within the document, links, dates.

Pages are read together in batches, so that what one page makes plain (who “Votel” is, what “SDF” stands for)
holds on the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from donovan.insight.entities.agreement import agreed
from donovan.insight.entities.masking import without_markings
from donovan.insight.entities.recognisers.acronyms import Acronym, acronyms_in
from donovan.insight.entities.recognisers.times import anchored
from donovan.insight.entities.recognition import (
    DocumentRecogniser,
    Found,
    Recogniser,
    WeighingRecogniser,
    find_all,
    without_overlaps,
)
from donovan.llm.sentences import sentences

BATCH_CHARACTERS = 200_000
MOST_CHARACTERS = 20_000_000
_PAGE_BREAK = "\n\n"


@dataclass(frozen=True)
class PageText:
    """The text of one page and its language ("" when unknown)."""

    number: int
    text: str
    language: str = ""


@dataclass(frozen=True)
class PageMention:
    """A mention on a page, with the sentence it stands in. Offsets are into the page text."""

    page: int
    found: Found
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True)
class Batch:
    """The mentions of some pages, and the short forms that they explain, as (page, acronym)."""

    mentions: list[PageMention]
    acronyms: list[tuple[int, Acronym]]


def extract(
    pages: Iterable[PageText], recognisers: Sequence[Recogniser], document_date: date | None
) -> Iterator[Batch]:
    """What the pages of one document name, batch by batch.

    `document_date` resolves dates without a year and words such as “yesterday”; without one, the only full
    date at the head of the document does.
    """
    anchor = document_date
    at_once = [one for one in recognisers if isinstance(one, DocumentRecogniser)]
    by_text = [one for one in recognisers if not isinstance(one, DocumentRecogniser)]
    batches: Iterable[list[PageText]] = _batches(pages)
    ahead: dict[int, list[tuple[DocumentRecogniser, list[Found]]]] = {}
    if at_once:
        batches = list(batches)
        ahead = _found_ahead(at_once, batches)
    for number, batch in enumerate(batches):
        text = _joined(batch)
        found = find_all(by_text, text, batch[0].language)
        for recogniser, own in ahead.get(number, ()):
            if isinstance(recogniser, WeighingRecogniser):
                found = recogniser.weighed(found, own)
            else:
                found = without_overlaps([*found, *own])
        acronyms = acronyms_in(text, found)
        found = agreed(text, found, acronyms)
        anchor = anchor or _dateline(found)
        found = [anchored(mention, anchor) for mention in found]
        yield _divided(batch, found, acronyms)


def _joined(batch: Sequence[PageText]) -> str:
    return without_markings(_PAGE_BREAK.join(page.text for page in batch))


def _found_ahead(
    recognisers: Sequence[DocumentRecogniser], batches: Sequence[Sequence[PageText]]
) -> dict[int, list[tuple[DocumentRecogniser, list[Found]]]]:
    """What each of these finds on all pages, by number of batch, with offsets into its joined text."""
    places: list[tuple[int, int]] = []
    texts: list[str] = []
    for number, batch in enumerate(batches):
        joined, offset = _joined(batch), 0
        for page in batch:
            places.append((number, offset))
            texts.append(joined[offset : offset + len(page.text)])
            offset += len(page.text) + len(_PAGE_BREAK)
    ahead: dict[int, list[tuple[DocumentRecogniser, list[Found]]]] = defaultdict(list)
    language = batches[0][0].language if batches else ""
    for recogniser in recognisers:
        by_batch: dict[int, list[Found]] = {number: [] for number in range(len(batches))}
        for (number, offset), found in zip(places, recogniser.find_in_pages(texts, language), strict=True):
            by_batch[number] += [replace(m, start=m.start + offset, end=m.end + offset) for m in found]
        for number, found in by_batch.items():
            ahead[number].append((recogniser, found))
    return ahead


def _batches(pages: Iterable[PageText]) -> Iterator[list[PageText]]:
    """Pages of one language, until they are BATCH_CHARACTERS long; MOST_CHARACTERS in all."""
    batch: list[PageText] = []
    size = total = 0
    for page in pages:
        total += len(page.text)
        if total > MOST_CHARACTERS:
            break
        if batch and (page.language != batch[0].language or size + len(page.text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += len(page.text)
    if batch:
        yield batch


_HEAD = 600


def _dateline(found: Sequence[Found]) -> date | None:
    days = {m.since for m in found if m.start < _HEAD and m.since is not None and m.since == m.until}
    return days.pop() if len(days) == 1 else None


def _divided(pages: Sequence[PageText], found: Sequence[Found], acronyms: Sequence[Acronym]) -> Batch:
    """The mentions of the joined text put back on their pages; one that runs over a page's end is left
    out.
    """
    mentions: list[PageMention] = []
    explained: list[tuple[int, Acronym]] = []
    offset = at = told = 0
    for page in pages:
        end = offset + len(page.text)
        bounds = list(_sentences(page.text)) if at < len(found) and found[at].start < end else []
        sentence = 0
        while at < len(found) and found[at].start < end:
            mention = found[at]
            at += 1
            if mention.start < offset or mention.end > end:
                continue
            moved = replace(mention, start=mention.start - offset, end=mention.end - offset)
            while sentence < len(bounds) - 1 and bounds[sentence][1] < moved.end:
                sentence += 1
            low, high = bounds[sentence] if bounds else (moved.start, moved.end)
            mentions.append(PageMention(page.number, moved, min(low, moved.start), max(high, moved.end)))
        while told < len(acronyms) and acronyms[told].start < end:
            one = acronyms[told]
            explained.append((page.number, replace(one, start=one.start - offset, end=one.end - offset)))
            told += 1
        offset = end + len(_PAGE_BREAK)
    return Batch(mentions, explained)


_PIECE = 4_000


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a page, cut in pieces: a line without an end may not cost the square of its length."""
    begin = 0
    while begin < len(text):
        end = min(begin + _PIECE, len(text))
        if end < len(text):
            end = max(text.rfind("\n", begin, end), text.rfind(". ", begin, end)) + 1 or end
        for low, high in sentences(text[begin:end]):
            yield begin + low, begin + high
        begin = end
