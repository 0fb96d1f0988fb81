"""Passwords handed in after the fact, for what could not be opened without one."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from donovan.audit import services as audit
from donovan.library.batches import OPERATOR
from donovan.library.errors import LibraryError
from ingest import services as ingest_services
from ingest.errors import IngestError
from ingest.models import Document, Status


def unlock(words: Iterable[str], only: Iterable[UUID] = ()) -> int:
    """Have read again, with these passwords, what failed for want of one: all of it, or only these documents;
    for the operator of the machine. How many wait now.

    Raises LibraryError with the sentence for passwords that are too many or too long; nothing is changed.
    """
    given, chosen = tuple(words), list(only)
    shut = Document.objects.filter(status=Status.FAILED, error_code="encrypted")
    if chosen:
        shut = shut.filter(pk__in=chosen)
    try:
        with transaction.atomic():
            count = 0
            for document in shut.order_by("received_at"):
                audit.record(
                    OPERATOR,
                    "administer",
                    source="console",
                    labels=[document.label],
                    documents=[str(document.pk)],
                    detail={"change": "retry"},
                )
                ingest_services.give_passwords(document.pk, given)
                count += 1
    except IngestError as error:
        raise LibraryError(error.sentence) from error
    return count
