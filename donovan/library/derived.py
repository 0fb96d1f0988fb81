"""What was made of documents and is kept: as secret as they were then, and as they are labelled now.

A document that is labelled higher takes with it, from the next request on, whatever was made of it.
"""

from collections.abc import Iterable, Iterator

from django.db import models
from django.utils.functional import cached_property

from donovan.access.labels import marking_of
from donovan.library.ids import id_of
from ingest.models import Document

_AT_ONCE = 500


def labels_now(documents: Iterable[str]) -> dict[str, str]:
    """The access label that each of `documents` has now, by its id; those that are gone are left out."""
    found: dict[str, str] = {}
    ids = sorted(document for document in set(documents) if id_of(document) is not None)
    for some in _in_parts(ids):
        rows = Document.objects.filter(pk__in=some)
        found.update((str(key), label) for key, label in rows.values_list("pk", "label"))
    return found


class DerivedFromDocuments(models.Model):
    """A row made of documents. `kept_labels` are the access labels of all of it when it was made, `documents`
    the ids of those that it was made of.
    """

    kept_labels = models.JSONField(default=list)
    documents = models.JSONField(default=list)

    class Meta:
        abstract = True

    @cached_property
    def labels(self) -> list[str]:
        """The access labels that a reader needs, looked up once for each time the row was read."""
        return sorted({*self.kept_labels, *labels_now(self.documents).values()})

    @property
    def marking(self) -> str:
        """The least upper bound of `labels`; empty where there are none."""
        return marking_of(self.labels).canonical if self.labels else ""


def look_up_labels(rows: Iterable[DerivedFromDocuments]) -> None:
    """Look up the labels of many rows at once, so that none of them asks for its own. A row that has been
    looked up keeps what was found then, as it does by itself.
    """
    waiting = [row for row in rows if "labels" not in row.__dict__]
    now = labels_now(document for row in waiting for document in row.documents)
    for row in waiting:
        row.labels = sorted({*row.kept_labels, *(now[one] for one in row.documents if one in now)})


def _in_parts(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
