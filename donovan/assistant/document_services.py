"""Starting jobs on one document. Each is an answer of its own kind; its pipeline is found by that kind.

What the job was told is kept in `Answer.filters`: for a summary `focus`, where it has one; for a translation
`to` and `from` (language codes), `engine` (empty: the best there is) and, for a passage, `page`, `start` and
`end` in the page text.
"""

from typing import Any

from django.db import transaction

from donovan.access.models import User
from donovan.assistant.models import Answer
from donovan.assistant.services import QuestionRefused
from donovan.audit.services import record
from ingest.models import Document

LONGEST_FOCUS = 400


def start_summary(user: User, document: Document, *, focus: str = "") -> Answer:
    """A waiting summary of a document that the caller has found to be readable by `user`.

    `focus` is what the summary is for, in a few words or as a question; without one it is of the whole.
    Raises QuestionRefused for a document that is still in work, and for a focus that is too long.
    """
    _check_ready(document, "summarised")
    focus = " ".join(focus.replace("\x00", " ").split())
    if len(focus) > LONGEST_FOCUS:
        raise QuestionRefused(
            f"“What for?” has {len(focus):,} characters; {LONGEST_FOCUS:,} is the most that is taken. "
            "Say in a sentence what the summary is for."
        )
    question, told = f"Summary of {document}", {}
    if focus:
        question, told = f"{question}: {focus}", {"focus": focus}
    return _start(user, document, Answer.Kind.SUMMARY, question, told)


def start_translation(
    user: User,
    document: Document,
    *,
    target: str,
    source: str = "",
    engine: str = "",
    span: dict[str, int] | None = None,
) -> Answer:
    """A waiting translation into `target` (ISO 639 code) of a readable document, or of one `span` of it.

    `source` overrides the language that was recognised.
    """
    _check_ready(document, "translated")
    told: dict[str, Any] = {"to": target, "from": source, "engine": engine, **(span or {})}
    what = f"page {span['page']} of {document}" if span and "page" in span else str(document)
    return _start(user, document, Answer.Kind.TRANSLATION, f"Translation of {what} ({target})", told)


def _start(user: User, document: Document, kind: Answer.Kind, question: str, told: dict[str, Any]) -> Answer:
    with transaction.atomic():
        answer = Answer.objects.create(
            owner=user, kind=kind, question=question, filters=told, document=document, labels=[document.label]
        )
        record(
            user.get_username(),
            "ask",
            "started",
            labels=[document.label],
            documents=[str(document.pk)],
            detail={"answer": str(answer.pk), "kind": kind.value},
        )
    return answer


def _check_ready(document: Document, what: str) -> None:
    if not document.is_ready:
        raise QuestionRefused(
            f"This document is {document.get_status_display()}, so it cannot be {what} yet. "
            "Its ledger says what is missing."
        )
