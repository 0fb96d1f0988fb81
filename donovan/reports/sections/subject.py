"""The subject of a report: what kind of thing it is, and where the documents speak of it.

A question is asked of a subject only if it fits that kind of thing: a person does not happen, and a fire has
no rank. Where a section is bound to a subject, it shows what stands in passages that name it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from donovan.assistant.questions import language_of_question
from donovan.assistant.terms import is_stop_word, stems_in
from donovan.insight.entities.identity import folded
from donovan.insight.entities.kinds import ACTORS
from donovan.insight.entities.models import Appearance
from donovan.insight.entities.selectors import EntityRow, entities_in, readable_appearances
from donovan.reports.errors import ReportError
from donovan.reports.sections.contract import Field
from donovan.reports.sections.period import Period
from ingest.models import Passage
from retrieval.scope import AccessScope

SUBJECT = Field("subject", "About", help="A name or a few words. Empty: everything that the report covers.")
EVENT, THING, NOTHING = "event", "thing", "nothing"
FITTING = frozenset({*(str(kind) for kind in ACTORS), EVENT, THING, NOTHING})
MOST_LOOKED_AT = 40
_FITS = re.compile(r"^\[(?P<kinds>[a-z ]{1,90})\]\s*")
_LEAST_PREFIX = 4


@dataclass(frozen=True)
class Subject:
    """A subject and the kind of thing it is: one of FITTING. `used` are the documents that say so."""

    name: str
    kind: str
    used: dict[UUID, str] = field(default_factory=dict)


def subject_of(scope: AccessScope, name: str, *, otherwise: str = THING) -> Subject:
    """What kind of thing bears the name in the documents of the scope; `otherwise` where none does."""
    if not name:
        return Subject("", NOTHING)
    rows = entities_in(scope, ACTORS, query=name, limit=MOST_LOOKED_AT).rows
    wanted = folded(name)
    exact = [row for row in rows if wanted in {folded(form) for form in (row.name, *row.aliases)}]
    inside = [row for row in rows if set(wanted.split()) <= set(folded(row.name).split())]
    found: Sequence[EntityRow] = exact or inside
    if not found:
        return Subject(name, otherwise)
    counts: Counter[str] = Counter()
    for row in found:
        counts[row.kind] += row.mentions
    kind = max(counts, key=lambda kind: (counts[kind], kind))
    told = readable_appearances(scope).filter(entity__kind=kind, entity__normal__contains=wanted)
    return Subject(name, kind, documents_of(told))


def fitting(lines: str, kind: str) -> str:
    """The lines that fit this kind of subject, without their marks.

    A line that begins with kinds in brackets, such as "[person place]", is for those alone; every other line
    is for all. Raises ReportError for a kind that there is not.
    """
    kept = []
    for line in lines.splitlines():
        mark = _FITS.match(line.strip())
        kinds = set(mark["kinds"].split()) if mark else set()
        if kinds - FITTING:
            known = ", ".join(sorted(FITTING))
            raise ReportError(f"There is no kind of subject “{min(kinds - FITTING)}”. Use {known}.")
        if not kinds or kind in kinds:
            kept.append(line.strip()[mark.end() if mark else 0 :])
    return "\n".join(kept)


@dataclass(frozen=True)
class Naming:
    """Where a subject is named: stretches of pages, and the documents whose title names it.

    `everywhere` is for no subject: everything counts.
    """

    everywhere: bool = False
    stretches: dict[tuple[UUID, int], list[tuple[int, int]]] = field(default_factory=dict)
    titled: frozenset[UUID] = frozenset()

    def holds(self, document: UUID, page: int, start: int) -> bool:
        """Whether this place lies in a passage that names the subject, or in a document about it."""
        if self.everywhere or document in self.titled:
            return True
        return any(first <= start < last for first, last in self.stretches.get((document, page), ()))

    @property
    def documents(self) -> frozenset[UUID]:
        return self.titled | {document for document, _page in self.stretches}


def naming_of(scope: AccessScope, subject: str, period: Period) -> Naming:
    """Where the documents of the period name the subject: all of its words in one passage or title."""
    if not subject:
        return Naming(everywhere=True)
    language = language_of_question(subject)
    wanted = stems_in(subject, language)
    if not wanted:
        raise ReportError("The subject holds no words. Write the name of a thing, a place or a person.")
    documents = period.documents(scope)
    titled = frozenset(
        pk for pk, title in documents.values_list("pk", "title") if wanted <= stems_in(title, language)
    )
    rows = Passage.objects.filter(label__in=scope.labels, document__in=documents)
    for word in subject.split():
        # The database only narrows down, by the beginnings of words that it can compare in any case.
        bare = word.strip(".,;:()“”\"'")
        if len(bare) < _LEAST_PREFIX or not bare.isascii() or is_stop_word(bare, language):
            continue
        if not bare.casefold().endswith("ies"):
            prefix = bare[: max(_LEAST_PREFIX, len(bare) - 2)]
            rows = rows.filter(Q(text__icontains=prefix) | Q(heading__icontains=prefix))
    stretches: dict[tuple[UUID, int], list[tuple[int, int]]] = defaultdict(list)
    found = rows.values_list("document_id", "page__number", "start", "end", "heading", "text", "language")
    for document, page, start, end, heading, text, spoken in found.order_by().iterator():
        if wanted <= stems_in(f"{heading}\n{text}", spoken or language):
            stretches[document, page].append((start, end))
    return Naming(stretches=dict(stretches), titled=titled)


def documents_of(rows: QuerySet[Appearance]) -> dict[UUID, str]:
    """The documents in which entities appear, with their labels."""
    return dict(rows.order_by().values_list("document_id", "document__label").distinct())
