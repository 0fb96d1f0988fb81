"""Reading the glossary, always within a scope."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError

from donovan.access.labels import split_label
from donovan.access.markings import MarkingError
from donovan.assistant.glossary.models import Term
from donovan.library.errors import NotFoundHere
from donovan.llm.languages import are_one_language
from retrieval.scope import AccessScope


def terms_in(scope: AccessScope, collection: str = "") -> list[Term]:
    """The entries that the reader may read, of one collection or of all, by term."""
    found = Term.objects.filter(label__in=scope.labels)
    return [term for term in found if not collection or collection_of(term.label) == collection]


def readable_term(scope: AccessScope, term_id: UUID | str) -> Term:
    """The entry, if the reader may read it; NotFoundHere in every other case."""
    try:
        return Term.objects.get(pk=term_id, label__in=scope.labels)
    except (Term.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None


def terms_for(scope: AccessScope, label: str, source: str, target: str) -> list[Term]:
    """What applies to a document of this label between two languages: entries of its collection that the
    reader may read.
    """
    return [
        term
        for term in terms_in(scope, collection_of(label))
        if are_one_language(term.source_language, source) and are_one_language(term.target_language, target)
    ]


def collection_of(label: str) -> str:
    """The collection of a label; empty for what is no label."""
    try:
        return split_label(label)[0]
    except MarkingError:
        return ""


def labels_of(terms: Iterable[Term]) -> set[str]:
    return {term.label for term in terms}
