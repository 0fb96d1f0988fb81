"""The documents of a basis as the text checks need them: their days, names, senders and words."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from donovan.insight.anomalies.texts.appearances import Appearances, DatedDocument, appearances_of
from donovan.insight.anomalies.texts.newcomers import sender_of
from donovan.insight.anomalies.texts.unlike import LONGEST_TEXT, MOST_DOCUMENTS, ReadText
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.models import Appearance
from ingest.models import Document, Page, Status

# What is told of: a burst of a date or of a number means nothing.
NAMED_KINDS = (Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.EQUIPMENT)
MOST_DATED = 20_000


def documents_of(labels: Iterable[str]) -> QuerySet[Document]:
    """The readable documents under these labels."""
    return Document.objects.filter(label__in=list(labels), status=Status.READY)


def appearances_until(labels: Iterable[str], day: date) -> tuple[Appearances, dict[str, str]]:
    """Who is named on which day up to `day`, by entity id, and the fullest name of each."""
    dated = documents_of(labels).filter(document_date__isnull=False, document_date__lte=day)
    days = dict(dated.order_by("-document_date").values_list("pk", "document_date")[:MOST_DATED])
    names: dict[object, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}
    rows = Appearance.objects.filter(document__in=dated, entity__kind__in=NAMED_KINDS)
    for document_id, entity_id, name in rows.values_list("document_id", "entity_id", "name"):
        names[document_id].add(str(entity_id))
        shown[str(entity_id)] = max(shown.get(str(entity_id), ""), name, key=lambda form: (len(form), form))
    found = [
        DatedDocument(document_id, when, frozenset(names[document_id]))
        for document_id, when in days.items()
        if when is not None
    ]
    return appearances_of(found), shown


def senders_before(document: Document, labels: Iterable[str]) -> list[str]:
    """Who sent the earlier messages of the basis; without the document itself."""
    earlier = documents_of(labels).filter(metadata__has_key="From").exclude(pk=document.pk)
    if document.document_date is not None:
        earlier = earlier.filter(document_date__lte=document.document_date)
    return [sender_of(str(header)) for header in earlier.values_list("metadata__From", flat=True)]


def texts_of(labels: Iterable[str]) -> list[ReadText]:
    """The documents of the basis with their words, the newest `MOST_DOCUMENTS` of them."""
    newest = list(documents_of(labels).order_by("-received_at")[:MOST_DOCUMENTS])
    words: dict[object, str] = defaultdict(str)
    pages = Page.objects.filter(document__in=newest).order_by("document_id", "number")
    for document_id, text in pages.values_list("document_id", "text").iterator():
        if len(words[document_id]) < LONGEST_TEXT:
            words[document_id] += f"{text[:LONGEST_TEXT]}\n"
    return [
        ReadText(document.pk, words[document.pk], document.languages[0] if document.languages else "")
        for document in newest
    ]
