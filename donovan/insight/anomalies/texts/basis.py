"""Which documents a document may be compared with, so that what is concluded gives nothing away.

What is concluded about a document is shown to whoever may read it. It may therefore rest only on documents
that each such reader may read as well: those of the same collection whose marking is dominated by its own.
"""

from donovan.access.labels import split_label
from donovan.access.markings import MarkingError
from ingest.models import Document


def basis_of(label: str) -> frozenset[str]:
    """The labels in use that a document of this label may be compared with; its own at least."""
    try:
        slug, marking = split_label(label)
    except MarkingError:
        return frozenset({label})
    in_use = Document.objects.filter(label__startswith=f"{slug}:").values_list("label", flat=True)
    found = {label}
    for other in set(in_use.order_by().distinct()):
        try:
            other_slug, other_marking = split_label(other)
        except MarkingError:
            continue
        if other_slug == slug and marking.dominates(other_marking):
            found.add(other)
    return frozenset(found)
