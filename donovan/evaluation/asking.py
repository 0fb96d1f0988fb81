"""Asking in a scratch installation as a person does, and reading back what was kept beside the gold."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from donovan.access.cast import create_demo_people
from donovan.access.labels import label_for, marking_of
from donovan.access.markings import least_upper_bound, parse_marking
from donovan.access.models import Collection, Membership, User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer
from ingest.models import Page
from retrieval.scope import AccessScope

from .answer_metrics import JudgedCitation, JudgedClaim, holds, is_right_citation, is_supported
from .demo import demo_texts
from .scratch import Progress, load_passages

ASKER = "evaluation"
_PLAIN = "UNCLASSIFIED"
_SET = "set-"


@dataclass(frozen=True)
class Corpus:
    """A set that is loaded: who asks, what narrows the search to it, its label and its documents by name."""

    asker: User
    filters: Mapping[str, str]
    label: str
    documents: Mapping[str, uuid.UUID]


@dataclass(frozen=True)
class Judged:
    """An answer beside its gold. `claims` are the statements shown as supported."""

    answer: Answer
    claims: tuple[JudgedClaim, ...]

    @property
    def shown(self) -> str:
        return "\n".join(claim.text for claim in self.claims)

    @property
    def is_refused(self) -> bool:
        return self.answer.refused or not self.claims

    def holds_any(self, expected: Iterable[str]) -> bool:
        """Whether one of the texts stands, word for word, in a supported statement."""
        return any(holds(self.shown, text) for text in expected)

    def borne_out(self) -> float | None:
        """The share of the statements that their page supports; None where nothing is shown."""
        return _share([is_supported(claim) for claim in self.claims])

    def citations_right(self, expected: Iterable[str]) -> float | None:
        """The share of citations that stand on the page and are of a gold document or hold the gold."""
        golds = [*expected] or [""]
        return _share(
            [
                any(is_right_citation(citation, gold) for gold in golds)
                for claim in self.claims
                for citation in claim.citations
            ]
        )

    def citations_in_place(self) -> float | None:
        """The share of citations that stand on the page at their offsets."""
        return _share(
            [
                citation.page_text[citation.start : citation.end] == citation.quote
                for claim in self.claims
                for citation in claim.citations
            ]
        )


def _share(found: list[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def load_corpus_of(
    source: str, documents: Iterable[tuple[str, str, str]], progress: Progress = lambda _: None
) -> Corpus:
    """Load (name, title, text) as a collection of their own, which the asker of evaluations may read."""
    slug = f"{_SET}{source}"
    collection, _ = Collection.objects.get_or_create(slug=slug, defaults={"title": source})
    asker, _ = User.objects.get_or_create(username=ASKER)
    Membership.objects.get_or_create(user=asker, collection=collection)
    label = label_for(collection, parse_marking(_PLAIN))
    made = load_passages(documents, label, progress=progress)
    return Corpus(asker, {"collection": slug}, label, made)


def marking_over(labels: Iterable[str], texts: Iterable[str] = ()) -> str:
    """The marking of what came of `labels` and of the texts of the demonstration named `texts`.

    Public sets are unmarked: of them alone it is empty.
    """
    held = [label for label in labels if not label.startswith(_SET)]
    by_name = {text.name: text.marking for text in demo_texts()}
    named = [parse_marking(by_name[name]) for name in texts]
    if not held and not named:
        return ""
    return least_upper_bound([marking_of(held), *named]).canonical


@cache
def demo_people() -> Mapping[str, User]:
    """The cast of the demonstration, in this scratch installation."""
    return {person.username: person for person in create_demo_people()}


def load_demo(
    progress: Progress = lambda _: None, *, markings: frozenset[str] | None = None
) -> dict[str, uuid.UUID]:
    """Load the texts of the demonstration with their markings (or only those); the documents by name."""
    demo_people()
    made: dict[str, uuid.UUID] = {}
    by_label: dict[str, list[tuple[str, str, str]]] = {}
    for text in demo_texts():
        if markings is None or text.marking in markings:
            label = label_for(text.collection, parse_marking(text.marking))
            by_label.setdefault(label, []).append((text.name, text.title, text.text))
    for label, documents in by_label.items():
        made |= load_passages(documents, label, progress=progress)
    return made


def ask_for(
    asker: User,
    question: str,
    *,
    filters: Mapping[str, str] | None = None,
    left_out: frozenset[uuid.UUID] = frozenset(),
    gold: frozenset[uuid.UUID] = frozenset(),
    scope: Callable[[], AccessScope] | None = None,
) -> Judged:
    """Ask one question all the way through, outside of every thread; the answer beside its gold.

    `scope` is what may be read, looked up again while the answer is made (default: what `asker` may read).
    """
    now = scope or (lambda: scope_for(asker))
    answer = Answer.objects.create(
        owner=asker, question=" ".join(question.split())[:4000], filters=dict(filters or {})
    )
    for _event in answer_events(answer.pk, scope=now(), current_scope=now, left_out=left_out):
        pass
    return judged(Answer.objects.get(pk=answer.pk), gold)


def judged(answer: Answer, gold: frozenset[uuid.UUID] = frozenset()) -> Judged:
    """A kept answer beside the documents that hold its gold."""
    return Judged(answer, tuple(claims_shown(answer, gold)))


def claims_shown(answer: Answer, gold: frozenset[uuid.UUID]) -> Iterator[JudgedClaim]:
    """The statements shown as supported, with the pages that they cite."""
    pages: dict[tuple[uuid.UUID, int], str] = {}
    for claim in answer.claims.filter(is_supported=True).prefetch_related("citations__document"):
        citations = []
        for citation in claim.citations.all():
            place = (citation.document_id, citation.page)
            if place not in pages:
                pages[place] = Page.objects.get(document_id=place[0], number=place[1]).text
            citations.append(
                JudgedCitation(
                    citation.quote,
                    citation.start,
                    citation.end,
                    pages[place],
                    citation.document.title,
                    citation.document_id in gold,
                )
            )
        yield JudgedClaim(claim.text, tuple(citations))
