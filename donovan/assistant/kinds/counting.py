"""How many documents are there of a kind, from somebody, of a time, that mention something? Counted over
everything in the scope; never read off a page, never left to a model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from donovan.assistant.coverage import in_work_and_lost
from donovan.assistant.kinds.conditions import Wanted, take_apart
from donovan.assistant.kinds.matching import Matched, WordRead, matched
from donovan.assistant.kinds.papers import counted_paper, names_of_paper
from donovan.assistant.kinds.papers_in_reach import Paper, of_kind, opening_spans, papers_of, with_heads
from donovan.assistant.kinds.registry import Asked, QuestionKind, Statement, Taken
from donovan.assistant.kinds.synonyms import any_of
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span, cut
from donovan.assistant.terms import stems_in
from ingest.models import Passage

NAME = "count of documents"
MOST_LISTED = 500


def answer(asked: Asked) -> Taken | None:
    """The number of documents that meet the question's conditions, and which they are.

    None where the question counts no documents, no document is of the kind it counts, or most of its words
    are on none.
    """
    paper = counted_paper(asked.text)
    if paper is None:
        return None
    wanted = take_apart(asked.text, paper, asked.language)
    reached = papers_of(asked.scope, asked.filters, asked.left_out)
    kind = reached if paper.is_any else of_kind(reached, names_of_paper(paper.word))
    is_loose = not kind and bool(reached) and bool(names_of_paper(paper.word).stems & _LOOSE)
    among = with_heads(reached if is_loose else kind)
    if not among:
        return None
    found = matched(among, wanted.conditions, asked.scope, asked.filters)
    if len(found.unread) > len(found.read) or (found.unread and not found.read and wanted.period is None):
        return None
    period = wanted.period
    fits = [
        each for each in found.papers if period is None or (each.day is not None and period.holds(each.day))
    ]
    undated = sum(each.day is None for each in found.papers) if period else 0
    count = _Count(_once(fits), len(among), undated, paper.is_any or is_loose)
    return _told(asked, wanted, found, count)


@dataclass(frozen=True)
class _Count:
    """What was counted, out of how many of the kind, how many would fit but for a date, and whether any
    kind of document was meant.
    """

    papers: Sequence[Paper]
    among: int
    undated: int
    is_any: bool


_LOOSE = names_of_paper("report").stems
"""What people call any document, where no title says otherwise."""


def _once(papers: Sequence[Paper]) -> list[Paper]:
    """Each file once, wherever copies of it lie."""
    return list({paper.blob: paper for paper in reversed(papers)}.values())[::-1]


def _told(asked: Asked, wanted: Wanted, found: Matched, count: _Count) -> Taken:
    listed = count.papers[:MOST_LISTED]
    word = "documents" if count.is_any else wanted.paper.word
    kind = "of any kind" if count.is_any else word
    text = f"{_counted(len(count.papers), count.undated)}: {kind}{_conditions(wanted, found)}."
    spans = _mentioning(listed, found.in_text) if found.in_text else opening_spans(listed)
    notices = [
        f"Counted over all {count.among:,} {word} in reach, by title, sender, first lines, text and date; no "
        "model had a part in it.",
        *_how_read(found),
        *found.notices,
    ]
    if len(count.papers) > len(listed):
        notices.append(f"The first {len(listed):,} of them are listed.")
    if count.undated:
        notices.append(
            f"Not counted: {_documents(count.undated)} that would fit, but whose date could not be told."
        )
    missing = in_work_and_lost(asked.scope)
    if missing:
        notices.append(f"Not counted, because not read: {missing}.")
    return Taken(
        kind=NAME,
        form="count",
        statements=(Statement(text, Claim.Origin.COMPUTED, tuple(spans)),),
        notices=tuple(notices),
        facts={
            "number": len(count.papers),
            "documents": [_row(each) for each in listed],
            "not_counted_by": [*found.unread, *found.dropped],
        },
        labels=frozenset(each.label for each in count.papers),
    )


def _counted(certain: int, undated: int) -> str:
    """The number in words; nought is not said where papers would fit whose date is not known."""
    if not undated:
        return _documents(certain)
    sure = _documents(certain) if certain else "No document for certain"
    return f"{sure}, and {undated:,} of unknown date that would fit"


def _documents(number: int) -> str:
    return f"{number:,} document" + ("" if number == 1 else "s")


def _conditions(wanted: Wanted, found: Matched) -> str:
    """The conditions as they were read, in words."""
    parts: list[str] = []
    for read in found.read:
        word = f"“{read.read_as or read.word}”"
        parts.append(f"{'without' if read.is_denied else 'with'} {word} {read.place}")
    if wanted.period is not None:
        parts.append(f"dated {wanted.period.words}")
    return f" {', '.join(parts)}" if parts else ""


def _how_read(found: Matched) -> list[str]:
    said = [
        f"“{read.word}” was read as “{read.read_as}”, the nearest word in use here."
        for read in found.read
        if read.read_as
    ]
    if found.unread:
        said.append(
            f"Not counted by: {any_of(found.unread)}, which stands on none of them. If that matters, ask "
            f"with a word "
            "as it is written in their titles."
        )
    if found.dropped:
        said.append(
            f"No document has all of it together, so {any_of(found.dropped)} was left out of the count. "
            f"If that is not "
            "what you mean, name the sender or the words of the title."
        )
    return said


def _row(paper: Paper) -> dict[str, Any]:
    day = paper.day.isoformat() if paper.day else ""
    return {"document": str(paper.id), "title": paper.title or paper.name, "date": day}


def _mentioning(papers: Sequence[Paper], read: WordRead) -> list[Span]:
    """For each paper the first sentence that has the words it was counted for."""
    firsts = {paper.id: min(read.passages.get(paper.id, [0])) for paper in papers}
    rows = Passage.objects.filter(document_id__in=firsts, ordinal__in=set(firsts.values())).select_related(
        "page"
    )
    passages = {row.document_id: row for row in rows if firsts[row.document_id] == row.ordinal}
    opening = {span.document_id: span for span in opening_spans(papers)}
    return [_sentence(paper, passages.get(paper.id), read.word, opening[paper.id]) for paper in papers]


def _sentence(paper: Paper, passage: Passage | None, asked: str, opening: Span) -> Span:
    if passage is None:
        return opening
    language = passage.language or paper.language
    wanted = stems_in(asked, language)
    best: tuple[int, int, int] = (0, 0, 0)
    for start, end in cut(passage.page.text):
        if end <= passage.start or start >= passage.end:
            continue
        held = len(wanted & stems_in(passage.page.text[start:end], language))
        if held > best[0]:
            best = (held, start, end)
    held, start, end = best
    if not held:
        return opening
    return Span(
        document_id=paper.id,
        passage_id=passage.pk,
        page=passage.page.number,
        start=start,
        end=end,
        text=passage.page.text[start:end],
        title=opening.title,
        heading=passage.heading,
        label=paper.label,
        language=language,
    )


def documents_of(taken: Taken) -> list[UUID]:
    """The documents that a count listed."""
    return [UUID(row["document"]) for row in taken.facts["documents"]]


COUNT_OF_DOCUMENTS = QuestionKind(NAME, frozenset({"count"}), answer, order=10)
