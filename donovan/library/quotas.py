"""How much of the disk the originals of one person, and of one collection under one marking, may take.

What is counted is only what the person who hands in may read: the sentence that says it is full tells nothing
of documents outside their scope.
"""

from django.conf import settings
from django.db.models import QuerySet, Sum

from donovan.access.labels import split_label
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from ingest.models import Blob, Document

MEGABYTE = 1024 * 1024


def check_quotas(caller: Caller, label: str, size: int) -> None:
    """Raises LibraryError when `size` more bytes under `label` are more than there is room for. Inside the
    transaction that adds them.
    """
    whole = Document.objects.filter(parent__isnull=True)
    own = whole.filter(received_by=caller.name, label__in=caller.scope.labels)
    if _passes(own, size, settings.QUOTA_PERSON_MB):
        raise LibraryError(
            f"Your documents take up the {settings.QUOTA_PERSON_MB:,} MB that one person has here. "
            "Remove what is no longer needed, or ask the system owner for more."
        )
    if _passes(whole.filter(label=label), size, settings.QUOTA_LABEL_MB):
        slug, marking = split_label(label)
        raise LibraryError(
            f"The collection {slug} has no more room for documents marked {marking} "
            f"({settings.QUOTA_LABEL_MB:,} MB). Remove what is no longer needed, or ask the system owner for "
            "more."
        )


def _passes(documents: QuerySet[Document], size: int, megabytes: int) -> bool:
    if megabytes <= 0:
        return False
    taken = Blob.objects.filter(pk__in=documents.values("blob")).aggregate(sum=Sum("size"))["sum"] or 0
    return taken + size > megabytes * MEGABYTE
