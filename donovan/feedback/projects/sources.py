"""Where items come from: drafts of items, each with all the access labels of what it holds.

Every source yields `Draft`s in the shape of the project's task, and only of what the caller may read. Nothing
is written here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from donovan.access.labels import split_label
from donovan.assistant.models import Answer, Claim
from donovan.assistant.selectors import readable_among
from donovan.feedback.answers import context_of
from donovan.feedback.projects.errors import ProjectError
from donovan.insight.tables.engine import open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_table
from donovan.library.callers import Caller
from donovan.library.selectors import readable_documents
from ingest.models import Document, Page, PageWords, Passage, Status, Word
from retrieval.search import search

LONGEST_BEGINNING = 4_000
"""Characters of a document that are shown to choose its class by."""

LEAST_LETTERS = 40
CELLS_SHOWN = 3
LINES_OF_A_PAGE = 60

FROM_DOCUMENTS = ("document_class", "spans", "transcription", "translation")
FROM_SEARCH = ("relevance", "document_class", "spans")
FROM_ANSWERS = ("claim_support", "preference", "translation")
FROM_TABLES = ("table_cell",)


@dataclass(frozen=True)
class Draft:
    """An item before it is kept. `origin` says where it is from, `prelabel` what the machine says, if it has
    already said it.
    """

    input: dict[str, Any]
    labels: tuple[str, ...]
    document: UUID | None = None
    origin: dict[str, Any] = field(default_factory=dict)
    prelabel: dict[str, Any] | None = None
    prelabel_model: str = ""
    prelabel_confidence: float | None = None
    gold: dict[str, Any] | None = None


def documents_of_collection(caller: Caller, slug: str) -> list[UUID]:
    """The ready documents of a collection that the caller may read, newest first."""
    labels = [label for label in caller.scope.labels if split_label(label)[0] == slug]
    rows = readable_documents(caller.scope).filter(label__in=labels, status=Status.READY)
    return list(rows.order_by("-received_at").values_list("pk", flat=True))


def documents_named(caller: Caller, words: str) -> QuerySet[Document]:
    """The ready documents that the caller may read and whose title or file name holds `words`, by title."""
    named = Q(title__icontains=words) | Q(name__icontains=words)
    return readable_documents(caller.scope).filter(named, status=Status.READY).order_by("title", "pk")


def from_documents(caller: Caller, task: str, ids: Iterable[UUID | str]) -> Iterator[Draft]:
    """One draft a document (its class), passage (spans, translation) or scanned line (transcription)."""
    maker = _OF_DOCUMENT.get(task)
    if maker is None:
        raise ProjectError("Items of this task are not made from documents.")
    found = readable_documents(caller.scope).filter(pk__in=list(ids), status=Status.READY)
    for document in found.order_by("received_at", "pk"):
        yield from maker(document)


def from_search(caller: Caller, task: str, question: str, most: int) -> Iterator[Draft]:
    """The passages found for a question: to be judged by their relevance, or to be labelled themselves."""
    if task not in FROM_SEARCH:
        raise ProjectError("Items of this task are not made from a search.")
    hits = search(question, caller.scope, limit=most).hits
    if task == "document_class":
        yield from from_documents(caller, task, list(dict.fromkeys(hit.document_id for hit in hits)))
        return
    for rank, hit in enumerate(hits, start=1):
        place = {"page": hit.page, "start": hit.start, "end": hit.end, "rank": rank, "question": question}
        given: dict[str, Any] = {"text": hit.text, "title": hit.title}
        if task == "relevance":
            given = {
                "question": question,
                "passage": hit.text,
                "title": hit.title,
                "passage_id": hit.passage_id,
            }
        yield Draft(given, (hit.label,), hit.document_id, {**place, "score": round(float(hit.score), 4)})


def from_answers(caller: Caller, task: str) -> Iterator[Draft]:
    """The caller's own finished answers: their claims, pairs of drafts of one question, or sentence pairs."""
    maker = _OF_ANSWERS.get(task)
    if maker is None:
        raise ProjectError("Items of this task are not made from answers.")
    answers = Answer.objects.filter(owner=caller.user, state=Answer.State.DONE).order_by("-created_at")
    yield from maker([answer for answer in readable_among(caller.scope, list(answers)) if answer.labels])


def from_table(caller: Caller, table_id: UUID | str, most: int) -> Iterator[Draft]:
    """Cells of a table, evenly spread, each with the rows around it."""
    table = readable_table(caller.scope, table_id)
    names = [str(column["name"]) for column in table.columns]
    shown = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    with open_session({"cells": table}) as session:
        rows = session.query(f'SELECT _row, {shown} FROM "cells" ORDER BY _row', limit=5_000).rows
    cells = [(place, column) for place in range(len(rows)) for column in range(len(names))]
    step = max(1, len(cells) // max(most, 1))
    for place, column in cells[::step][:most]:
        yield _cell(table, names, rows, place, column)


def _cell(table: DataTable, names: list[str], rows: list[tuple[Any, ...]], place: int, column: int) -> Draft:
    around = rows[max(0, place - CELLS_SHOWN) : place + CELLS_SHOWN + 1]
    cell = rows[place][column + 1]
    return Draft(
        {
            "table": {
                "name": table.name,
                "columns": names,
                "rows": [["" if one is None else str(one) for one in row[1:]] for row in around],
                "numbers": [int(row[0]) for row in around],
            },
            "row": int(rows[place][0]),
            "column": names[column],
            "shown": "" if cell is None else str(cell),
        },
        (table.document.label,),
        table.document_id,
        {"table": str(table.pk)},
        prelabel={"text": "" if cell is None else str(cell)},
        prelabel_model="table reader",
    )


def _whole(document: Document) -> Iterator[Draft]:
    text, pages = "", document.pages.order_by("number").values_list("text", flat=True)
    for page in pages.iterator(chunk_size=20):
        text += page + "\n"
        if len(text) > LONGEST_BEGINNING:
            break
    if text.strip():
        given = {"text": text[:LONGEST_BEGINNING].strip(), "title": document.title or document.name}
        yield Draft(given, (document.label,), document.pk, {"document": str(document.pk)})


def _passages(document: Document) -> Iterator[Draft]:
    for passage in Passage.objects.filter(document=document).select_related("page").order_by("ordinal"):
        if len(passage.text.strip()) >= LEAST_LETTERS:
            given = {"text": passage.text, "title": document.title or document.name}
            yield Draft(given, (document.label,), document.pk, _place(passage))


def _foreign(document: Document) -> Iterator[Draft]:
    for passage in Passage.objects.filter(document=document).select_related("page").order_by("ordinal"):
        language = passage.language or passage.page.language
        if language and language != "en" and passage.text.strip():
            given = {"text": passage.text, "source_language": language, "target_language": "en", "draft": ""}
            yield Draft(given, (document.label,), document.pk, _place(passage))


def _place(passage: Passage) -> dict[str, Any]:
    return {"page": passage.page.number, "start": passage.start, "end": passage.end, "passage": passage.pk}


def _scanned(document: Document) -> Iterator[Draft]:
    pages = Page.objects.filter(document=document, source=Page.Source.OCR).order_by("number")
    for page in pages:
        kept = PageWords.objects.filter(page=page).first()
        for words in lines_of(kept.words if kept is not None else [])[:LINES_OF_A_PAGE]:
            box = [
                min(word.left for word in words),
                min(word.top for word in words),
                max(word.right for word in words),
                max(word.bottom for word in words),
            ]
            text = " ".join(word.text for word in words)
            yield Draft(
                {"document": str(document.pk), "page": page.number, "box": box, "draft": text},
                (document.label,),
                document.pk,
                {"page": page.number, "start": words[0].start, "end": words[-1].end},
                prelabel={"text": text},
                prelabel_model="Tesseract",
                prelabel_confidence=round(sum(word.confidence for word in words) / len(words), 4),
            )


def lines_of(words: list[Word]) -> list[list[Word]]:
    """The words of a page in lines: a new one begins where a word stands below the last, or to its left."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        middle = (word.top + word.bottom) / 2
        if last is not None and last.top <= middle <= last.bottom and word.left >= last.left:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _claims(answers: list[Answer]) -> Iterator[Draft]:
    for answer in answers:
        for claim in Claim.objects.filter(answer=answer).prefetch_related("citations"):
            cited = list(claim.citations.all())
            evidence = [citation.quote for citation in cited] or context_of(answer)
            yield Draft(
                {"question": answer.question, "claim": claim.text, "evidence": evidence},
                tuple(answer.labels),
                cited[0].document_id if cited else None,
                {"answer": str(answer.pk), "claim": claim.pk},
                prelabel={"verdict": "supported" if claim.is_supported else "unsupported", "steps": []},
                prelabel_model="claim check",
                prelabel_confidence=claim.similarity,
            )


def _pairs(answers: list[Answer]) -> Iterator[Draft]:
    asked: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.kind == Answer.Kind.ASK and (answer.draft or answer.text):
            asked.setdefault(" ".join(answer.question.split()).casefold(), []).append(answer)
    for same in asked.values():
        for one, other in combinations(same[:4], 2):
            texts = (one.draft or one.text, other.draft or other.text)
            if texts[0].strip() == texts[1].strip():
                continue
            yield Draft(
                {"question": one.question, "context": context_of(one), "a": texts[0], "b": texts[1]},
                tuple({*one.labels, *other.labels}),
                None,
                {"a": str(one.pk), "b": str(other.pk), "model_a": one.model, "model_b": other.model},
            )


def _sentences(answers: list[Answer]) -> Iterator[Draft]:
    for answer in answers:
        if answer.kind != Answer.Kind.TRANSLATION:
            continue
        languages = (str(answer.result.get("from", "")), str(answer.result.get("to", "")))
        for number, segment in enumerate(answer.result.get("segments", [])):
            if segment.get("translated") and segment.get("source", "").strip():
                yield Draft(
                    {
                        "text": segment["source"],
                        "source_language": languages[0],
                        "target_language": languages[1],
                        "draft": segment["target"],
                    },
                    tuple(answer.labels),
                    answer.document_id,
                    {"answer": str(answer.pk), "segment": number},
                    prelabel={"text": segment["target"], "quality": 3} if segment["target"].strip() else None,
                    prelabel_model=answer.model or answer.engine,
                )


_OF_DOCUMENT = {
    "document_class": _whole,
    "spans": _passages,
    "transcription": _scanned,
    "translation": _foreign,
}
_OF_ANSWERS = {"claim_support": _claims, "preference": _pairs, "translation": _sentences}
