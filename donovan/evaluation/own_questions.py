"""Making a question of an answer into a test: its gold is what its author confirmed or wrote.

The expected text is as secret as the answer, so a question carries the labels of the answer it comes from.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from donovan.access.models import Role, User
from donovan.assistant.questions import language_of_question
from donovan.audit import services as audit
from donovan.library.errors import NotFoundHere
from retrieval.scope import AccessScope

from .errors import EvaluationRefused
from .models import OwnQuestion, OwnSuite
from .proposals import LONGEST_EXPECTED, MOST_EXPECTED, proposal_of

_SEES_ALL: Final = frozenset({Role.REVIEWER, Role.MODEL_OWNER})


def add_question(
    *,
    user: User,
    scope: AccessScope,
    answer_id: uuid.UUID,
    title: str,
    expected: Sequence[str],
    documents: Sequence[str],
    must_refuse: bool = False,
) -> OwnQuestion:
    """Keep the question of an answer in one's own suite named `title`, which is made where it is new.

    `expected` are texts of which any one must stand in the answer. Without one, `must_refuse` says that the
    question must be refused: nothing chosen is no choice. `documents` are ids among those that the answer
    cites. Raises EvaluationRefused and NotFoundHere.
    """
    proposal = proposal_of(user, scope, answer_id)
    answer = proposal.answer
    texts = list(dict.fromkeys(" ".join(text.split()) for text in expected if text.strip()))
    if bool(texts) == must_refuse:
        raise EvaluationRefused(
            "Choose or write what makes an answer right, or say that the question must be refused."
            if not texts
            else "A question that must be refused has no expected text. Take the texts away, or that mark."
        )
    if len(texts) > MOST_EXPECTED or any(len(text) > LONGEST_EXPECTED for text in texts):
        raise EvaluationRefused(
            f"Give at most {MOST_EXPECTED} texts of at most {LONGEST_EXPECTED} characters: the few words "
            "that make an answer right, not the whole answer."
        )
    if any(not any(character.isalnum() for character in text) for text in texts):
        raise EvaluationRefused("An expected text holds no words. Write what makes an answer right.")
    cited = {document.id for document in proposal.documents}
    kept = [document for document in documents if document in cited]
    suite = _suite_named(user, title)
    try:
        with transaction.atomic():
            if suite.pk is None:
                suite.save()
            question = OwnQuestion.objects.create(
                suite=suite,
                author=user,
                answer_id=answer.pk,
                question=answer.question,
                filters=answer.filters,
                expected=texts,
                documents=kept if texts else [],
                language=language_of_question(answer.question) or "",
                kept_labels=answer.labels,
            )
            audit.record(
                user.get_username(),
                "evaluate",
                labels=answer.labels,
                documents=kept,
                detail={"change": "own question added", "suite": suite.suite, "answer": str(answer.pk)},
            )
    except IntegrityError:
        raise EvaluationRefused("This answer is in that suite already. Choose another one.") from None
    return question


def remove_question(question: OwnQuestion, *, user: User) -> None:
    """Ask it no more. Runs that are done keep what they found. Raises NotFoundHere for somebody else's."""
    if question.suite.owner_id != user.pk:
        raise NotFoundHere
    with transaction.atomic():
        OwnQuestion.objects.filter(pk=question.pk, removed_at__isnull=True).update(removed_at=timezone.now())
        audit.record(
            user.get_username(),
            "evaluate",
            labels=question.labels,
            detail={"change": "own question removed", "suite": question.suite.suite},
        )


@dataclass(frozen=True)
class OwnRow:
    """A suite with those of its questions that the reader may read."""

    suite: OwnSuite
    questions: tuple[OwnQuestion, ...]


def readable_suites(user: User, scope: AccessScope) -> list[OwnRow]:
    """One's own suites; for who runs suites, also those of others that hold a question they may read."""
    rows = OwnSuite.objects.select_related("owner").prefetch_related("questions")
    if user.role not in _SEES_ALL:
        rows = rows.filter(owner=user)
    found = []
    for suite in rows:
        questions = tuple(
            question
            for question in suite.questions.all()
            if question.removed_at is None and all(scope.may_read(label) for label in question.labels)
        )
        if questions or suite.owner_id == user.pk:
            found.append(OwnRow(suite, questions))
    return found


def readable_suite(user: User, scope: AccessScope, slug: str) -> OwnRow:
    """One of `readable_suites`. Raises NotFoundHere."""
    found = next((row for row in readable_suites(user, scope) if row.suite.slug == slug), None)
    if found is None:
        raise NotFoundHere
    return found


def own_question(user: User, scope: AccessScope, question_id: int) -> OwnQuestion:
    """One's own question that may still be read. Raises NotFoundHere."""
    try:
        question = OwnQuestion.objects.select_related("suite").get(pk=question_id, suite__owner=user)
    except (OwnQuestion.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    if question.removed_at is not None or not all(scope.may_read(label) for label in question.labels):
        raise NotFoundHere
    return question


def _suite_named(user: User, title: str) -> OwnSuite:
    """One's own suite of that title, or a new one that is not saved yet, whose slug carries one's name."""
    title = " ".join(title.split())
    if not title or len(title) > 100:
        raise EvaluationRefused("Name the suite with 1 to 100 characters.")
    own = OwnSuite.objects.filter(owner=user, title__iexact=title).first()
    if own is not None:
        return own
    base = f"{slugify(user.get_username())[:20]}-{slugify(title)[:34] or 'suite'}"
    slug, number = base, 2
    while OwnSuite.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return OwnSuite(slug=slug, title=title, owner=user)
