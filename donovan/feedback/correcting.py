"""Corrections in place: a translated sentence put right, a scanned line typed anew. Each is kept as a label.

    correct_translation(user=, scope=, answer_id=, segment=, text=, quality=None, seconds=None) -> Annotation
    correct_transcription(user=, scope=, document_id=, page=, box=, text=, is_blank=False, seconds=None)
    corrected_segments(user, answer_id) -> dict[int, str]
    words_in_box(scope, document_id, page, box) -> str

The translation and the page stay as the machine made them: a label says what they should have been.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from donovan.access.models import User
from donovan.assistant.models import Answer
from donovan.assistant.selectors import readable_answer
from donovan.feedback.models import Annotation
from donovan.feedback.services import FeedbackRefused, keep_label
from donovan.feedback.targets import TargetNotFound, documents_of, provenance_of
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_document
from ingest.models import Document, Page, PageWords
from retrieval.scope import AccessScope

LONGEST_TEXT = 20_000
POST_EDITED, UNCHANGED = 3, 5
"""The quality that is taken where none is given: of a sentence that was changed, and one that was not."""


def correct_translation(
    *,
    user: User,
    scope: AccessScope,
    answer_id: UUID | str,
    segment: int,
    text: str,
    quality: int | None = None,
    seconds: float | None = None,
) -> Annotation:
    """Keep the right translation of one sentence pair of a translation of the caller's own.

    `segment` is its place in `Answer.result["segments"]`; `quality` grades the machine's, 1 to 5. An earlier
    correction by the same person is withdrawn. Raises FeedbackRefused and TargetNotFound.
    """
    answer, pair = _pair(user, scope, answer_id, segment)
    text = _checked(text)
    draft = str(pair.get("target", ""))
    if quality is None:
        quality = UNCHANGED if text.split() == draft.split() else POST_EDITED
    return keep_label(
        user=user,
        task="translation",
        target=Annotation.Target.SENTENCE,
        target_id=f"{answer.pk}:{segment}",
        shown={
            "input": {
                "text": str(pair.get("source", "")),
                "source_language": str(answer.result.get("from", "")),
                "target_language": str(answer.result.get("to", "")),
                "draft": draft,
            },
            "answer": str(answer.pk),
            "page": pair.get("page"),
            "start": pair.get("start"),
            "end": pair.get("end"),
            "engine": answer.engine,
            **provenance_of(answer),
        },
        value={"text": text, "quality": quality},
        labels=answer.labels,
        documents=documents_of(answer),
        correction=text,
        seconds=seconds,
    )


def corrected_segments(user: User, answer_id: UUID | str) -> dict[int, str]:
    """The caller's standing corrections of a translation, by the place of the sentence."""
    rows = Annotation.objects.filter(
        author=user,
        task="translation",
        target=Annotation.Target.SENTENCE,
        target_id__startswith=f"{answer_id}:",
        withdrawn_at__isnull=True,
    )
    return {int(row.target_id.rsplit(":", 1)[1]): str(row.value["text"]) for row in rows}


def correct_transcription(
    *,
    user: User,
    scope: AccessScope,
    document_id: UUID | str,
    page: int,
    box: Sequence[float],
    text: str,
    is_blank: bool = False,
    seconds: float | None = None,
) -> Annotation:
    """Keep what really stands in a box of a page; `box` is left, top, right, bottom as shares of the page.
    That there is no text must be said (`is_blank`), because a field is soon emptied by mistake.

    What was read there by machine is found here and kept beside it. Raises FeedbackRefused and
    TargetNotFound.
    """
    left, top, right, bottom = _checked_box(box)
    document, row = _page(scope, document_id, page)
    if len(text) > LONGEST_TEXT:
        raise FeedbackRefused(f"A correction holds at most {LONGEST_TEXT:,} characters. Shorten it.")
    if not text.strip() and not is_blank:
        raise FeedbackRefused("Type what stands there, or tick that there is no text here.")
    place = [round(one, 5) for one in (left, top, right, bottom)]
    return keep_label(
        user=user,
        task="transcription",
        target=Annotation.Target.SCAN,
        target_id=f"{document.pk}:{page}:{','.join(f'{one:.4f}' for one in place)}",
        shown={
            "input": {
                "document": str(document.pk),
                "page": page,
                "box": place,
                "draft": _words(row, place),
            },
            "source": row.source,
            "confidence": row.confidence,
            "language": row.language,
        },
        value={"text": text.strip()},
        labels=[document.label],
        documents=[str(document.pk)],
        correction=text.strip()[:4_000],
        seconds=seconds,
    )


def words_in_box(scope: AccessScope, document_id: UUID | str, page: int, box: Sequence[float]) -> str:
    """What was read by machine inside a box. Raises FeedbackRefused and TargetNotFound."""
    place = _checked_box(box)
    return _words(_page(scope, document_id, page)[1], place)


def _pair(
    user: User, scope: AccessScope, answer_id: UUID | str, segment: int
) -> tuple[Answer, dict[str, Any]]:
    try:
        answer = readable_answer(scope, user, answer_id)
    except NotFoundHere:
        raise TargetNotFound from None
    segments = answer.result.get("segments", []) if answer.kind == Answer.Kind.TRANSLATION else []
    if not 0 <= segment < len(segments):
        raise TargetNotFound
    return answer, dict(segments[segment])


def _page(scope: AccessScope, document_id: UUID | str, number: int) -> tuple[Document, Page]:
    try:
        document = readable_document(scope, document_id)
    except NotFoundHere:
        raise TargetNotFound from None
    page = Page.objects.filter(document=document, number=number).first()
    if page is None:
        raise TargetNotFound
    return document, page


def _words(page: Page, box: Sequence[float]) -> str:
    kept = PageWords.objects.filter(page=page).first()
    left, top, right, bottom = box
    inside = [
        word.text
        for word in (kept.words if kept is not None else [])
        if left <= (word.left + word.right) / 2 <= right and top <= (word.top + word.bottom) / 2 <= bottom
    ]
    return " ".join(inside)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise FeedbackRefused("Write the translation as it should be, or leave the sentence as it is.")
    if len(text) > LONGEST_TEXT:
        raise FeedbackRefused(f"A correction holds at most {LONGEST_TEXT:,} characters. Shorten it.")
    return text


def _checked_box(box: Sequence[float]) -> tuple[float, float, float, float]:
    try:
        left, top, right, bottom = (float(one) for one in box)
    except (TypeError, ValueError):
        raise FeedbackRefused("Mark the place on the page again.") from None
    if not (0.0 <= left < right <= 1.0 and 0.0 <= top < bottom <= 1.0):
        raise FeedbackRefused("Mark a place that lies on the page.")
    return left, top, right, bottom
