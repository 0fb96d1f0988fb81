"""What the model had in front of it when it wrote an answer: the context of a corrected answer."""

from typing import Any

from donovan.assistant.drafting import fact_line
from donovan.assistant.models import Answer
from donovan.assistant.spans import Span, lead_of
from ingest.models import Page


def answer_input(answer_id: str) -> dict[str, Any]:
    """Question, context and draft of an answer, in the shape of the task "answer"."""
    answer = Answer.objects.get(pk=answer_id)
    question = str(answer.settings.get("asked_as") or answer.question)
    return {"question": question, "context": context_of(answer), "draft": answer.draft or answer.text}


def context_of(answer: Answer) -> list[str]:
    """The lines that the model saw, word for word as far as the pages still stand as they were; where it saw
    none, the passages that were found.
    """
    given = answer.settings.get("spans_given") or []
    lines = [line for place in given if (line := _line(place))]
    if lines:
        return lines
    return [str(passage["text"]) for passage in answer.evidence if passage.get("text")]


def _line(place: list[Any]) -> str:
    document, number, start, end = place
    page = Page.objects.select_related("document").filter(document=document, number=number).first()
    if page is None or not page.text[start:end].strip():
        return ""
    return fact_line(
        Span(
            document_id=page.document_id,
            passage_id=0,
            page=number,
            start=start,
            end=end,
            text=page.text[start:end],
            title=page.document.title,
            lead=lead_of(page.text, start),
            language=page.language,
        )
    )
