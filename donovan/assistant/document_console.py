"""What the commands on one document share: which document is meant, running the job, and its end."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer
from donovan.assistant.services import QuestionRefused
from donovan.audit.services import AuditUnavailable, record
from donovan.library.callers import Caller
from donovan.library.console import wrong
from donovan.library.errors import NotFoundHere
from donovan.library.ids import id_of
from donovan.library.selectors import has_name, readable_document, readable_documents
from ingest.models import Document

NOT_HERE = "There is no document “{asked}” that you may read. Give its id, or its exact file name or title."
MOST_LISTED = 8


def add_document_arguments(parser: CommandParser) -> None:
    """DOCUMENT, --as and --json."""
    parser.add_argument("document", metavar="DOCUMENT", help="the id, the exact file name or the exact title")
    parser.add_argument("--as", dest="username", required=True, metavar="USER", help="work as this person")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def document_named(caller: Caller, asked: str) -> Document:
    """The document that `asked` means among those the caller may read.

    Raises CommandError (exit 2): the same for one that is not there and one that may not be read, with the
    same denial on record; and for a name that several readable documents bear.
    """
    try:
        if id_of(asked):
            return readable_document(caller.scope, asked)
        readable = readable_documents(caller.scope)
        found = list(readable.filter(has_name(asked)).order_by("received_at")[: MOST_LISTED + 1])
        found = found or list(readable.filter(title=asked).order_by("received_at")[: MOST_LISTED + 1])
    except NotFoundHere:
        found = []
    if not found:
        with transaction.atomic():
            asked_id = [asked] if id_of(asked) else []
            record(caller.name, "denial", "refused", source=caller.source, documents=asked_id)
        raise wrong(NOT_HERE.format(asked=asked[:80]))
    if len(found) > 1:
        ids = ", ".join(str(document.pk) for document in found[:MOST_LISTED])
        raise wrong(f"Several documents are named “{asked[:80]}”. Give the id of one: {ids}.")
    return found[0]


def finished_answer(command: BaseCommand, started: Answer, events: Iterator[AskEvent]) -> Answer:
    """Run the job to its end, with what the reader should know on the error stream.

    Raises CommandError (exit 1) when the work failed.
    """
    for event in events:
        if event.kind in ("notice", "restarted"):
            command.stderr.write(str(event.data["sentence"]))
    answer = Answer.objects.get(pk=started.pk)
    if answer.state != Answer.State.DONE:
        raise CommandError(answer.notice)
    return answer


def refused(error: QuestionRefused | AuditUnavailable) -> CommandError:
    """The error for work that could not begin: wrong arguments (2), or no record (1)."""
    if isinstance(error, QuestionRefused):
        return wrong(error.sentence)
    return CommandError(error.sentence)


def claims_as_data(answer: Answer) -> list[dict[str, Any]]:
    """The claims of a finished answer as programs read them."""
    return [
        {
            "text": claim.text,
            "head": claim.head,
            "supported": claim.is_supported,
            "citations": [
                {
                    "document": str(citation.document_id),
                    "page": citation.page,
                    "start": citation.start,
                    "end": citation.end,
                    "quote": citation.quote,
                }
                for citation in claim.citations.all()
            ],
        }
        for claim in answer.claims.prefetch_related("citations")
    ]
