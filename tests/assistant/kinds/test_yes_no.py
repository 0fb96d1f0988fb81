"""Questions of yes or no: the verdict, what it rests on, and when none is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.assistant.kinds import Asked, Candidate, yes_no
from donovan.assistant.kinds.registry import Judge, Taken
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span
from ingest.models import Document
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope
from tests.assistant.material import add_document, span

LABEL = "relief:UNCLASSIFIED"
pytestmark = pytest.mark.usefixtures("cast")


@dataclass(frozen=True)
class Held:
    supported: float
    contradicted: float


def judge_by_words(pairs: Sequence[tuple[str, str]]) -> list[Held]:
    """Supports what says "open", denies what says "closed", tells nothing of the rest."""
    return [
        Held(0.9 * ("open" in evidence or "abierto" in evidence), 0.9 * ("closed" in evidence))
        for _said, evidence in pairs
    ]


def paper(text: str, day: str = "", *, title: str = "Report", language: str = "en") -> Span:
    """The one sentence of a paper of that day."""
    document = add_document(title, text, language=language)
    document.document_date = date.fromisoformat(day) if day else None
    document.save()
    alone = span(text, title=title, language=language)
    return Span(**{**alone.__dict__, "document_id": document.pk})


def answered(
    question: str, found: Sequence[Span], judge: Judge | None = judge_by_words, language: str = "en"
) -> Taken | None:
    """What is answered when these spans were found, each as likely as the next."""
    candidates = [Candidate(each, 0.8) for each in found]
    return yes_no.answer(
        Asked(
            text=question,
            language=language,
            kind="yes-no",
            scope=AccessScope(frozenset({LABEL})),
            filters=SearchFilters(),
            seek=lambda _text: candidates,
            judge=judge,
        )
    )


def verdict_of(taken: Taken | None) -> str:
    assert taken is not None
    return taken.statements[0].text


def test_a_verdict_comes_first_and_then_the_words_for_it() -> None:
    open_ = paper("The bridge is open to lorries.")
    taken = answered("Is the bridge open?", [open_])
    assert taken is not None
    assert [statement.text for statement in taken.statements] == ["Yes.", open_.text]
    assert [statement.origin for statement in taken.statements] == [
        Claim.Origin.COMPUTED,
        Claim.Origin.QUOTED,
    ]
    assert taken.statements[0].spans == (open_,)


def test_what_denies_it_gives_no() -> None:
    assert verdict_of(answered("Is the bridge open?", [paper("The bridge is closed.")])) == "No."


def test_two_documents_of_one_day_that_say_different_things_are_both_shown() -> None:
    found = [
        paper("The bridge is open.", "2026-03-03", title="A"),
        paper("The bridge is closed.", "2026-03-03", title="B"),
    ]
    taken = answered("Is the bridge open?", found)
    assert verdict_of(taken) == "The sources differ."
    assert taken is not None
    assert {statement.text for statement in taken.statements[1:]} == {each.text for each in found}


@pytest.mark.parametrize("judge", [judge_by_words, None], ids=["nothing settles it", "no reader"])
def test_no_verdict_is_given_without_words_that_settle_it(judge: Judge | None) -> None:
    assert answered("Is the bridge open?", [paper("A ferry runs.")], judge) is None


def test_a_question_in_spanish_gets_its_verdict_in_spanish() -> None:
    found = [paper("El puente está abierto.", language="es")]
    assert verdict_of(answered("¿Está abierto el puente?", found, language="es")) == "Sí."


@pytest.mark.parametrize(
    ("question", "verdict"), [("Is the bridge open?", "Yes."), ("Is the bridge still closed?", "No.")]
)
def test_the_newest_paper_gives_the_verdict_and_the_older_is_told_as_superseded(
    question: str, verdict: str
) -> None:
    def judge(pairs: Sequence[tuple[str, str]]) -> list[Held]:
        """Tells open and closed apart, whichever of them the statement says."""
        return [
            Held(0.9, 0.0) if ("open" in said) == ("open" in evidence) else Held(0.0, 0.9)
            for said, evidence in pairs
        ]

    older = paper("The bridge is closed to all traffic.", "2026-03-03", title="Report 3")
    newer = paper("The bridge is open to all traffic again.", "2026-03-09", title="Report 9")
    taken = answered(question, [older, newer], judge)
    assert verdict_of(taken) == verdict
    assert taken is not None
    assert [statement.text for statement in taken.statements[1:]] == [newer.text]
    assert any("“Report 3”, 3 March 2026, is superseded" in notice for notice in taken.notices)
    assert taken.labels == {LABEL}


def test_no_verdict_rests_on_an_older_paper_where_the_newer_is_not_judged_surely() -> None:
    older = paper("The bridge is closed to all traffic.", "2026-03-03", title="Report 3")
    newer = paper("The bridge was opened again at noon.", "2026-03-09", title="Report 9")

    def judge(pairs: Sequence[tuple[str, str]]) -> list[Held]:
        """Sure of the older paper only."""
        return [Held(0.0, 0.9 * ("closed" in evidence)) for _said, evidence in pairs]

    assert verdict_of(answered("Is the bridge open?", [older], judge)) == "No."
    assert answered("Is the bridge open?", [older, newer], judge) is None


def test_a_plan_gives_no_verdict_about_what_is() -> None:
    plan = paper("The bridge is expected to be open on 19 September 2026.", "2026-09-01")
    assert answered("Is the bridge open?", [plan]) is None
    assert verdict_of(answered("Will the bridge be open?", [plan])) == "Yes."


def test_what_may_not_be_read_gives_no_verdict() -> None:
    hidden = paper("The bridge is closed.")
    Document.objects.filter(pk=hidden.document_id).update(label=label_for("relief", parse_marking("SECRET")))
    assert answered("Is the bridge open?", [hidden]) is None
