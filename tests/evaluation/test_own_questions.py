"""An analyst makes a test of an answer; who may not read its sources, reads nothing of it."""

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.assistant.models import Answer, Thread
from donovan.audit.models import AuditRecord
from donovan.evaluation import own_questions, proposals, run_access
from donovan.evaluation.errors import EvaluationRefused
from donovan.evaluation.models import ItemScore, OwnQuestion, SuiteRun
from donovan.evaluation.runs import run_suite
from donovan.evaluation.subjects import subject_of
from donovan.feedback.services import give_feedback
from donovan.library.errors import NotFoundHere
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document
from tests.assistant.conftest import Asker

MINED = "Who mined the Orlov bridge?"
LOAD = "What is the load limit of the Orlov bridge?"


def keep(user: User, answer: Answer, *expected: str, title: str = "Bridges") -> OwnQuestion:
    scope = scope_for(user)
    proposal = proposals.proposal_of(user, scope, answer.pk)
    return own_questions.add_question(
        user=user,
        scope=scope,
        answer_id=answer.pk,
        title=title,
        expected=expected,
        documents=[document.id for document in proposal.documents],
        must_refuse=not expected,
    )


def run_by(user: User, question: OwnQuestion) -> SuiteRun:
    with using(ScriptedModel([""])):
        return run_suite(question.suite.suite, subject_of(), user=user)


def test_from_an_answer_to_figures(
    ask: Asker,
    cast: dict[str, User],
    archive: dict[str, Document],
) -> None:
    ana, ben, mia, rita = (cast[name] for name in ("ana", "ben", "mia", "rita"))
    answer, _ = ask(ana, MINED)
    proposal = proposals.proposal_of(ana, scope_for(ana), answer.pk)
    assert any("Kestrel" in text for text in proposal.expected)
    question = keep(ana, answer, "Kestrel group")
    assert question.labels == answer.labels
    assert question.marking == "SECRET//NOFORN"
    load, _ = ask(ana, LOAD)
    keep(ana, load, "400 tonnes")
    refused, _ = ask(ana, "How many helicopters did Norway send?")
    keep(ana, refused)
    threads, answers = Thread.objects.count(), Answer.objects.count()

    run = run_by(mia, question)

    assert run.state == SuiteRun.State.DONE, run.notice
    assert {name: figure["mean"] for name, figure in run.figures.items()} == {
        "gold": 0.5,
        "document": 1.0,
        "ndcg": 1.0,
        "borne_out": 1.0,
        "refused": 1.0,
    }
    assert run.marking == "SECRET//NOFORN"
    missed = ItemScore.objects.get(run=run, metric="gold", score=0.0)
    assert missed.detail["expected"] == "400 tonnes"
    # Nothing of it is left in anybody's threads, and it is on record that Mia had it asked.
    assert (Thread.objects.count(), Answer.objects.count()) == (threads, answers)
    assert AuditRecord.objects.filter(actor="mia", action="ask").count() == 3
    # Rita may read NOFORN, Ben may not: for him the run does not exist, and the suite has other questions.
    assert run_access.readable_run(rita, run.pk) == run
    with pytest.raises(SuiteRun.DoesNotExist):
        run_access.readable_run(ben, run.pk)
    assert own_questions.readable_suites(ben, scope_for(ben)) == []


def test_a_run_reads_no_more_than_both_its_owner_and_its_starter_may(
    ask: Asker,
    ben: User,
    mia: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ben, LOAD)
    question = keep(ben, answer, "40 tonnes")
    run = run_by(mia, question)
    assert run.figures["gold"]["mean"] == 1.0
    assert all("SECRET" not in label for label in run.labels)
    Membership.objects.filter(user=ben).delete()
    assert run_by(mia, question).state == SuiteRun.State.FAILED


def test_an_analyst_runs_her_own_suite_and_no_other(
    ask: Asker,
    ana: User,
    ben: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, LOAD)
    question = keep(ana, answer, "40 tonnes")
    assert run_by(ana, question).state == SuiteRun.State.DONE
    with pytest.raises(EvaluationRefused):
        run_by(ben, question)
    with pytest.raises(EvaluationRefused):
        run_suite("retrieval", subject_of(), user=ana)


def test_it_checks_whose_answer_it_is_and_what_is_expected(
    ask: Asker,
    ana: User,
    mia: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, LOAD)
    with pytest.raises(NotFoundHere):
        keep(mia, answer, "40 tonnes")
    with pytest.raises(EvaluationRefused):
        keep(ana, answer, "x" * 301)
    with pytest.raises(EvaluationRefused):
        keep(ana, answer, "…")
    with pytest.raises(EvaluationRefused):
        keep(ana, answer, "40 tonnes", title=" ")
    question = keep(ana, answer, "40 tonnes")
    with pytest.raises(EvaluationRefused, match="already"):
        keep(ana, answer, "40 tonnes")
    with pytest.raises(NotFoundHere):
        own_questions.remove_question(question, user=mia)
    own_questions.remove_question(question, user=ana)
    keep(ana, answer, "40 tonnes")
    assert OwnQuestion.objects.filter(removed_at__isnull=True).count() == 1


def judge(user: User, target: str, target_id: object, verdict: str, correction: str = "") -> None:
    give_feedback(
        user=user,
        scope=scope_for(user),
        target=target,
        target_id=str(target_id),
        verdict=verdict,
        correction=correction,
    )


def test_a_line_break_of_the_page_does_not_cut_what_is_expected(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, LOAD)
    answer.claims.update(text="The load limit\n  is 40 tonnes.")
    assert proposals.proposal_of(ana, scope_for(ana), answer.pk).expected == ("The load limit is 40 tonnes.",)


def test_what_its_author_called_wrong_is_not_offered_and_a_correction_is(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, LOAD)
    for claim in answer.claims.all():
        judge(ana, "claim", claim.pk, "unsupported")
    proposal = proposals.proposal_of(ana, scope_for(ana), answer.pk)
    assert proposal.texts == ()
    assert not any(document.is_chosen for document in proposal.documents)
    for claim in answer.claims.all():
        judge(ana, "claim", claim.pk, "unsupported", "It is\n 38 tonnes.")
    assert proposals.proposal_of(ana, scope_for(ana), answer.pk).expected == ("It is 38 tonnes.",)
    judge(ana, "answer", answer.pk, "not_useful", "36 tonnes.")
    assert proposals.proposal_of(ana, scope_for(ana), answer.pk).expected == (
        "36 tonnes.",
        "It is 38 tonnes.",
    )


def test_of_sources_that_disagree_no_side_is_chosen_for_the_author(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, "How many tents did Convoy Seven carry to Camp Lila?")
    proposal = proposals.proposal_of(ana, scope_for(ana), answer.pk)
    assert proposal.do_sources_disagree
    assert {"300" in text.text for text in proposal.texts} == {True, False}
    assert proposal.expected == ()
    assert not any(document.is_chosen for document in proposal.documents)
    right = next(claim for claim in answer.claims.all() if "420" in claim.text)
    judge(ana, "claim", right.pk, "supported")
    chosen = proposals.proposal_of(ana, scope_for(ana), answer.pk)
    assert chosen.expected == (right.text,)
    assert [document.title for document in chosen.documents if document.is_chosen] == [
        "Ledger of the convoys"
    ]


def test_nothing_chosen_is_no_wish_for_a_refusal(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, LOAD)
    scope = scope_for(ana)
    for expected, must_refuse in (((), False), (("40 tonnes",), True)):
        with pytest.raises(EvaluationRefused, match="refused"):
            own_questions.add_question(
                user=ana,
                scope=scope,
                answer_id=answer.pk,
                title="Bridges",
                expected=expected,
                documents=(),
                must_refuse=must_refuse,
            )
    assert not OwnQuestion.objects.exists()


def test_a_document_that_is_marked_higher_takes_the_question_with_it(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, MINED)
    question = keep(ana, answer, "Kestrel group")
    assert question.marking == "SECRET//NOFORN"
    Document.objects.filter(pk__in=question.documents).update(
        label=label_for("relief", parse_marking("TOP SECRET"))
    )
    question = OwnQuestion.objects.get(pk=question.pk)
    assert question.marking == "TOP SECRET//NOFORN"
    with pytest.raises(NotFoundHere):
        own_questions.own_question(ana, scope_for(ana), question.pk)


def test_a_label_that_is_withdrawn_takes_the_question_out_of_sight(
    ask: Asker,
    ana: User,
    archive: dict[str, Document],
) -> None:
    answer, _ = ask(ana, MINED)
    question = keep(ana, answer, "Kestrel group")
    run = run_by(ana, question)
    ana.clearance = "UNCLASSIFIED"
    ana.save()
    assert own_questions.readable_suites(ana, scope_for(ana))[0].questions == ()
    assert run_access.readable_scores(ana, scope_for(ana), list(ItemScore.objects.filter(run=run))) == []
    with pytest.raises(NotFoundHere):
        own_questions.own_question(ana, scope_for(ana), question.pk)


def test_who_may_read_none_of_its_questions_starts_no_suite_by_its_name(
    ask: Asker, cast: dict[str, User], archive: dict[str, Document]
) -> None:
    answer, _ = ask(cast["ana"], MINED)
    question = keep(cast["ana"], answer, "Kestrel group")
    Membership.objects.filter(user=cast["mia"]).delete()
    with pytest.raises(EvaluationRefused):
        run_suite(question.suite.suite, subject_of(), user=cast["mia"])
    with pytest.raises(EvaluationRefused):
        run_suite("own:no-such-suite", subject_of(), user=cast["mia"])
    assert not SuiteRun.objects.exists()
