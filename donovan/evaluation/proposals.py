"""What an answer offers as gold for its question, before its author confirms or changes it.

What the author said of it goes first: a statement marked as not supported is no gold, and a correction is
offered in its place. Where the sources disagree, neither side is chosen for the author.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim
from donovan.assistant.reconciliation.sentences import DISAGREE
from donovan.assistant.selectors import readable_answer
from donovan.feedback.models import Annotation
from donovan.feedback.selectors import current_annotation
from donovan.library.errors import NotFoundHere
from retrieval.scope import AccessScope

LONGEST_EXPECTED: Final = 300
MOST_EXPECTED: Final = 10


@dataclass(frozen=True)
class OfferedText:
    """One text that may be expected. `is_chosen` where nothing speaks against it; `note` says where from."""

    text: str
    is_chosen: bool
    note: str = ""


@dataclass(frozen=True)
class OfferedDocument:
    """A document that the answer cites; chosen where a chosen statement rests on it."""

    id: str
    title: str
    is_chosen: bool


@dataclass(frozen=True)
class Proposal:
    """An answer as a test."""

    answer: Answer
    texts: tuple[OfferedText, ...]
    documents: tuple[OfferedDocument, ...]
    do_sources_disagree: bool

    @property
    def expected(self) -> tuple[str, ...]:
        """The texts that are chosen beforehand."""
        return tuple(offered.text for offered in self.texts if offered.is_chosen)


def proposal_of(user: User, scope: AccessScope, answer_id: uuid.UUID) -> Proposal:
    """The supported statements of one's own answer, or one's corrections of them, and the documents cited.

    Raises NotFoundHere where there is no such answer, or no longer one that may be read.
    """
    answer = readable_answer(scope, user, answer_id)
    if answer.kind != Answer.Kind.ASK or answer.state != Answer.State.DONE:
        raise NotFoundHere
    disagree = DISAGREE in answer.notice
    whole = current_annotation(user, Annotation.Target.ANSWER, str(answer.pk))
    corrected = whole.correction if whole is not None else ""
    texts: list[OfferedText] = []
    if corrected:
        texts.append(OfferedText(_plain(corrected), True, "your correction of the answer"))
    documents: dict[str, tuple[str, bool]] = {}
    for claim in answer.claims.filter(is_supported=True).prefetch_related("citations__document"):
        offered = _offered(user, claim, is_open=disagree or bool(corrected))
        is_chosen = offered is not None and offered.is_chosen and offered.text == _plain(claim.text)
        if offered is not None:
            texts.append(offered)
        for citation in claim.citations.all():
            key = str(citation.document_id)
            _title, before = documents.get(key, ("", False))
            documents[key] = (str(citation.document), before or is_chosen)
    fitting = {each.text: each for each in reversed(texts) if len(each.text) <= LONGEST_EXPECTED}
    return Proposal(
        answer,
        tuple(reversed(fitting.values()))[:MOST_EXPECTED],
        tuple(OfferedDocument(key, title, is_chosen) for key, (title, is_chosen) in documents.items()),
        disagree,
    )


def _offered(user: User, claim: Claim, *, is_open: bool) -> OfferedText | None:
    """What a statement offers; nothing where its author marked it as wrong and put nothing in its place.

    `is_open` where something else may be right instead, so that only a mark of the author chooses it.
    """
    said = current_annotation(user, Annotation.Target.CLAIM, str(claim.pk))
    if said is not None and said.correction:
        return OfferedText(_plain(said.correction), True, "your correction")
    if said is not None and said.verdict == Annotation.Verdict.UNSUPPORTED:
        return None
    if said is not None:
        return OfferedText(_plain(claim.text), True, "marked by you as supported")
    return OfferedText(_plain(claim.text), not is_open)


def _plain(text: str) -> str:
    """One line: where a page breaks its lines means nothing."""
    return " ".join(text.split())
