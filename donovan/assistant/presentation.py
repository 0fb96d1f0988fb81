"""An answer as a page shows it: citations numbered in order of use, evidence beside it, how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.urls import reverse

from donovan.access.labels import split_label
from donovan.assistant.endings import NEAREST_SENTENCE
from donovan.assistant.glossary.selectors import collection_of
from donovan.assistant.models import Answer, Citation, Claim
from donovan.assistant.translation_chunks import kept_segments


@dataclass(frozen=True)
class CitationOnPage:
    number: int
    title: str
    page: int
    quote: str
    marking: str
    portion: str
    address: str


@dataclass(frozen=True)
class ClaimOnPage:
    """A claim in three parts: the sentence that it is about, and what stands before and after it."""

    id: int
    text: str
    parts: tuple[str, str, str]
    is_quoted: bool
    citations: list[CitationOnPage]
    standing: str = ""
    day: date | None = None
    head: str = ""


@dataclass(frozen=True)
class AnswerOnPage:
    """What the template needs; `is_open` says that the answer is still being made."""

    row: Answer
    labels: list[str]
    marking: str
    is_open: bool
    claims: list[ClaimOnPage] = field(default_factory=list)
    unsupported: list[Claim] = field(default_factory=list)
    citations: list[CitationOnPage] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)
    nearest: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row.pk)

    @property
    def glossary_address(self) -> str:
        """The form for a new term, with the languages, the collection and the marking of this translation."""
        result, labels = self.row.result, self.row.labels
        told = {
            "source": str(result.get("from", "")),
            "target": str(result.get("to", "")),
            "collection": collection_of(labels[0]) if labels else "",
            "marking": self.marking,
        }
        return f"{reverse('glossary:terms')}?{urlencode(told)}"

    @property
    def nearest_sentence(self) -> str:
        return NEAREST_SENTENCE


def viewer_address(document_id: object, page: int, start: int, end: int) -> str:
    """Where a click on a citation lands: the page, at the words."""
    query = urlencode({"page": page, "start": start, "end": end})
    return f"{reverse('library:document', args=[document_id])}?{query}#words"


def nearest_key(answer_id: object, place: int) -> str:
    """What a span of the nearest evidence is known by when it is judged: its answer, and its place there."""
    return f"{answer_id}:{place}"


def present_answers(answers: Sequence[Answer]) -> list[AnswerOnPage]:
    """Lay out answers that their reader is known to be allowed to read; what they cite is read at once."""
    prefetch_related_objects(list(answers), "claims__citations__document")
    return [present_answer(answer) for answer in answers]


def present_answer(answer: Answer) -> AnswerOnPage:
    """Lay out one answer that its reader is known to be allowed to read."""
    prefetch_related_objects([answer], "claims__citations__document")
    is_open = answer.state in (Answer.State.WAITING, Answer.State.RUNNING)
    shown = AnswerOnPage(row=answer, labels=list(answer.labels), marking=answer.marking, is_open=is_open)
    if is_open:
        if answer.kind == Answer.Kind.TRANSLATION:
            shown.segments.extend(_on_page(answer, segment) for segment in kept_segments(answer))
        return shown
    numbered: dict[tuple[object, int, int, int], CitationOnPage] = {}
    for claim in answer.claims.all():
        if not claim.is_supported:
            shown.unsupported.append(claim)
            continue
        citations = [_numbered(citation, numbered) for citation in claim.citations.all()]
        is_quoted = claim.origin == Claim.Origin.QUOTED
        shown.claims.append(
            ClaimOnPage(
                claim.pk,
                claim.text,
                _parts(claim),
                is_quoted,
                citations,
                claim.standing,
                claim.day,
                claim.head,
            )
        )
    shown.citations.extend(numbered.values())
    for passage in answer.evidence:
        address = viewer_address(passage["document"], passage["page"], passage["start"], passage["end"])
        shown.evidence.append({**passage, "address": address})
    if answer.ending == Answer.Ending.NEAREST:
        for place, row in enumerate(answer.result.get("nearest", [])):
            address = viewer_address(row["document"], row["page"], row["start"], row["end"])
            shown.nearest.append({**row, "address": address, "target": nearest_key(answer.pk, place)})
    shown.segments.extend(_on_page(answer, segment) for segment in answer.result.get("segments", []))
    return shown


def _on_page(answer: Answer, segment: dict[str, Any]) -> dict[str, Any]:
    address = viewer_address(answer.document_id, segment["page"], segment["start"], segment["end"])
    return {**segment, "address": address, "runs": _runs(segment["target"], segment.get("places", []))}


def _runs(text: str, places: list[list[int]]) -> list[tuple[str, bool]]:
    """A translation cut where words were left as they are: each stretch, and whether it is such a word."""
    runs, position = [], 0
    for start, end in places:
        runs += [(text[position:start], False), (text[start:end], True)]
        position = end
    return [(run, is_left) for run, is_left in [*runs, (text[position:], False)] if run]


def _parts(claim: Claim) -> tuple[str, str, str]:
    text, start, end = claim.text, claim.core_start, claim.core_end
    if start is None or end is None:
        return "", text, ""
    return text[:start], text[start:end], text[end:]


def _numbered(
    citation: Citation, numbered: dict[tuple[object, int, int, int], CitationOnPage]
) -> CitationOnPage:
    key = (citation.document_id, citation.page, citation.start, citation.end)
    if key not in numbered:
        _collection, marking = split_label(citation.label)
        numbered[key] = CitationOnPage(
            number=len(numbered) + 1,
            title=str(citation.document),
            page=citation.page,
            quote=citation.quote,
            marking=marking.canonical,
            portion=marking.portion,
            address=viewer_address(citation.document_id, citation.page, citation.start, citation.end),
        )
    return numbered[key]
