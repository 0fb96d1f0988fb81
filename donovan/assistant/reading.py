"""Finding what may hold the answer: passages by search, then their pages cut into spans."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from donovan.access.labels import split_label
from donovan.assistant.enumerations import Enumeration, enumeration_of, enumerations_in
from donovan.assistant.evidence import title_parts
from donovan.assistant.prefixes import speakers_in
from donovan.assistant.questions import Question, read_question
from donovan.assistant.quoted_mail import Part, quotations_of, without_originals_again
from donovan.assistant.spans import Span, cut, lead_of, neighbours_of, sentence_before
from donovan.assistant.terms import stems_in
from ingest.models import Document, Page, Status
from retrieval.scope import AccessScope
from retrieval.search import Hit, SearchFilters, search

PASSAGES_BY_QUESTION = 20
PASSAGES_BY_SUBJECT = 20
SUBJECT_DOCUMENTS = 60
PASSAGES_SHOWN = 6
ONE_WORD = "That is one word and no question: what speaks of it is shown. Ask what you want to know of it."
UNREAD = "No model here reads the language of this question, so it was compared by its words alone."
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True)
class Found:
    """What a search gave: the passages best first, and the counts and the generation that go with them.

    `models` names the embedder and the re-ranker that had a say, as (role, name with digest).
    """

    question: Question
    hits: tuple[Hit, ...]
    documents_searched: int
    passages_searched: int
    generation: str
    notices: tuple[str, ...]
    seconds: float
    scope: AccessScope = field(repr=False)
    models: tuple[tuple[str, str], ...] = ()

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(hit.label for hit in self.hits)


def scope_and_filters(scope: AccessScope, filters: Mapping[str, Any]) -> tuple[AccessScope, SearchFilters]:
    """The narrower scope and the search filters that an answer's filters mean. They never widen anything."""
    collection = filters.get("collection")
    if collection:
        scope = scope.narrowed_to(label for label in scope.labels if split_label(label)[0] == collection)
    document = filters.get("document")
    return scope, SearchFilters(
        labels=None,
        date_from=date.fromisoformat(filters["date_from"]) if filters.get("date_from") else None,
        date_to=date.fromisoformat(filters["date_to"]) if filters.get("date_to") else None,
        media_types=frozenset({filters["media_type"]}) if filters.get("media_type") else frozenset(),
        languages=frozenset({filters["language"]}) if filters.get("language") else frozenset(),
        documents=frozenset({UUID(document)}) if document else frozenset(),
    )


def find_passages(
    text: str,
    language: str,
    scope: AccessScope,
    filters: SearchFilters,
    *,
    left_out: frozenset[UUID] = frozenset(),
) -> Found:
    """Passages for a question: what the search ranks first, and what it ranks first in the documents
    titled with a name of the question.

    `left_out` are documents treated as if they were not there (evaluation only).
    """
    room = 8 if left_out else 0
    result = search(text, scope, limit=PASSAGES_BY_QUESTION + room, filters=filters)
    hits = [hit for hit in result.hits if hit.document_id not in left_out]
    question = read_question(text, language, (part for hit in hits for part in title_parts(hit.title)))
    subjects = _subject_documents(question, scope, filters) - left_out
    if subjects:
        narrowed = SearchFilters(
            labels=filters.labels,
            date_from=filters.date_from,
            date_to=filters.date_to,
            media_types=filters.media_types,
            languages=filters.languages,
            documents=frozenset(subjects),
        )
        more = search(text, scope, limit=PASSAGES_BY_SUBJECT, filters=narrowed)
        hits = _interleaved(hits, more.hits)
    return Found(
        question,
        tuple(hits),
        max(0, result.documents_searched - len(left_out)),
        result.passages_searched,
        result.generation,
        tuple(result.notices),
        result.seconds,
        scope,
        result.models,
    )


def oddities_of(text: str, found: Found) -> list[str]:
    """What a person should know of a question that is hardly one, or that no model here reads."""
    told = []
    if len(_WORD.findall(text)) == 1 and not _HAN.search(text):
        told.append(ONE_WORD)
    if found.hits and "embedder" not in dict(found.models):
        told.append(UNREAD)
    return told


def spans_of(found: Found) -> list[Span]:
    """Every span of the found passages, with its place on the page. Cut from the page, so that no field is
    halved.
    """
    texts = _page_texts(found)
    seen: set[tuple[UUID, int, int, int]] = set()
    spans: list[Span] = []
    cuts: dict[tuple[UUID, int], list[tuple[int, int]]] = {}
    speakers: dict[tuple[UUID, int], list[str]] = {}
    quotations = quotations_of(found.hits, found.scope)
    lists: dict[tuple[UUID, int], list[Enumeration]] = {}
    for hit in found.hits:
        key = (hit.document_id, hit.page)
        text = texts.get(key)
        if text is None:
            continue
        if key not in cuts:
            cuts[key] = list(cut(text))
            speakers[key] = speakers_in(text, cuts[key])
            lists[key] = enumerations_in(text, cuts[key])
        for index, (start, end) in enumerate(cuts[key]):
            if end <= hit.start or start >= hit.end or (*key, start, end) in seen:
                continue
            seen.add((*key, start, end))
            part = Part.at(quotations.get(key, ()), start, len(text))
            if part.quotation is not None and start == part.start:
                # The line that says whose words follow.
                continue
            listed = enumeration_of(lists[key], start, end)
            spans.append(
                Span(
                    document_id=hit.document_id,
                    passage_id=hit.passage_id,
                    page=hit.page,
                    start=start,
                    end=end,
                    text=text[start:end],
                    title=hit.title,
                    heading=hit.heading,
                    label=hit.label,
                    language=hit.language,
                    lead=lead_of(text[part.start :], start - part.start),
                    passage_text=hit.text,
                    before=part.before(start, sentence_before(text, cuts[key], index)),
                    neighbours=part.beside(start, end, neighbours_of(text, cuts[key], index)),
                    enumeration=listed.rest_of(text, start, end) if listed else ("", ""),
                    is_beginning=listed is not None and listed.begins_in(start, end),
                    speaker=part.speaker or speakers[key][index],
                    quoted=part.quotation,
                )
            )
    return without_originals_again(spans)


def _page_texts(found: Found) -> dict[tuple[UUID, int], str]:
    wanted = {(hit.document_id, hit.page) for hit in found.hits}
    pages = Page.objects.filter(
        document_id__in={document for document, _page in wanted},
        number__in={page for _document, page in wanted},
        document__label__in=found.scope.labels,
    ).values_list("document_id", "number", "text")
    return {(document, number): text for document, number, text in pages if (document, number) in wanted}


def _subject_documents(question: Question, scope: AccessScope, filters: SearchFilters) -> set[UUID]:
    """Readable documents of which a part of the title is a name of the question."""
    if filters.documents or not question.names:
        return set()
    found: set[UUID] = set()
    for name, stems in zip(question.names, question.name_stems, strict=False):
        longest = max(name, key=len)
        if len(longest) < 3:
            continue
        rows = (
            Document.objects.filter(Q(title__icontains=longest), label__in=scope.labels, status=Status.READY)
            .order_by("id")
            .values_list("id", "title")[:2000]
        )
        exact = [key for key, title in rows if _is_titled(title, stems, question.language)]
        found.update(exact[:SUBJECT_DOCUMENTS])
    return found


def _is_titled(title: str, stems: frozenset[str], language: str) -> bool:
    return any(stems_in(part, language) == stems for part in title_parts(title))


def _interleaved(first: Sequence[Hit], second: Iterable[Hit]) -> list[Hit]:
    """Both rankings in turn, each passage once; the passages of the subject's own documents begin."""
    merged: dict[int, Hit] = {}
    rest = list(first)
    for hit in second:
        merged.setdefault(hit.passage_id, hit)
        if rest:
            following = rest.pop(0)
            merged.setdefault(following.passage_id, following)
    for hit in rest:
        merged.setdefault(hit.passage_id, hit)
    return list(merged.values())
