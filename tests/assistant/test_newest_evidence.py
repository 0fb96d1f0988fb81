"""Papers that follow, correct and contradict each other, from the file to the page: what is said of them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer, Claim
from donovan.assistant.services import start_question
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from tests.assistant.taking import take_in


def asked(user: User, question: str, papers: list[str], draft: str = "") -> Answer:
    take_in(papers)
    with using(ScriptedModel([draft])):
        started = start_question(user, question)
        list(answer_events(started.pk, scope=scope_for(user)))
    return Answer.objects.get(pk=started.pk)


def said(answer: Answer, standing: str = "") -> list[str]:
    return [claim.text for claim in answer.claims.filter(is_supported=True, standing=standing)]


def test_still_is_answered_as_of_the_newest_paper(ben: User, client_for: Callable[[User], Client]) -> None:
    papers = ["situation-report-03.txt", "situation-report-09.txt"]
    older = "The Orlov bridge is closed to all traffic."
    answer = asked(ben, "Is the Orlov bridge still closed?", papers, draft=older)
    assert said(answer) == ["The Orlov bridge is open to all traffic again."]
    assert said(answer, "superseded") == [older]
    assert "As of 9 March 2026: " in answer.notice
    assert "closed" not in answer.text
    page = client_for(ben).get(reverse("assistant:answer", args=[answer.pk])).content.decode()
    assert "superseded, 3 March 2026" in page
    assert "as of 9 March 2026" in page


def test_the_correction_of_a_mail_is_said_and_the_log_is_superseded(ben: User) -> None:
    question = "How many containers did the ship Corvina Star discharge?"
    answer = asked(ben, question, ["port-log.txt", "mail-corvina-star.eml"])
    assert "216 containers" in answer.text
    assert any("212 containers at Berth 4" in text for text in said(answer, "superseded"))
    assert "was corrected by “Corvina Star”, Josip Radan, 22 September 2026" in answer.notice
    assert "disagree" not in answer.notice


def test_the_second_version_of_a_plan_replaces_the_first(ben: User) -> None:
    answer = asked(ben, "What is the load limit of the Red Ferry?", ["load-plan-v1.txt", "load-plan-v2.txt"])
    assert "24 tonnes" in answer.text
    assert "40 tonnes" not in answer.text
    assert any("40 tonnes" in text for text in said(answer, "superseded"))
    assert "version 2 replaces it" in answer.notice


def test_what_is_planned_is_told_as_a_plan(ben: User) -> None:
    answer = asked(ben, "When did the fish market of Brezna move to the old mill?", ["notice-market.txt"])
    claim = answer.claims.get(is_supported=True)
    assert claim.standing == Claim.Standing.PLANNED
    assert "This is a plan or a forecast, not a fact" in answer.notice


def test_counts_so_far_are_one_count_of_which_the_latest_is_said(ben: User) -> None:
    papers = ["red-lamp-10.txt", "red-lamp-11.txt", "red-lamp-12.txt"]
    answer = asked(ben, "How many families did the Red Lamp register at Camp Lipa?", papers)
    assert "410 families" in answer.text
    assert "140" not in answer.text
    assert "disagree" not in answer.notice
    assert "earlier count" in answer.notice


@pytest.mark.parametrize(
    "copies",
    [
        ["report-vesna.txt", "copy-report-vesna.txt"],
        ["report-vesna.txt"],
        # What a mail only forwards is folded into its original.
        ["report-vesna.txt", "mail-report-vesna.eml"],
    ],
)
def test_each_value_is_listed_with_its_source_and_copies_of_one_report_once(
    copies: list[str], ben: User
) -> None:
    answer = asked(ben, "When did the tug Vesna run aground?", [*copies, "statement-pilot.txt"])
    assert len(said(answer, "disputed")) == 2
    assert "The sources disagree" in answer.notice
    assert "6 May 2026: “STATEMENT OF THE PILOT”, 9 May 2026." in answer.notice
    assert ("in 2 copies" in answer.notice) == ("copy-report-vesna.txt" in copies)
