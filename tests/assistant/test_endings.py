"""Three endings: nothing is denied that was not searched and judged, and the nearest can be accepted."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.coverage import nothing_found
from donovan.assistant.endings import NEAREST_SENTENCE, POSSIBLE, QUITE_LIKELY, decide, in_words
from donovan.assistant.models import Answer
from donovan.assistant.nearest import MOST_SHOWN
from donovan.assistant.selectors import readable_answer
from donovan.assistant.services import start_question
from donovan.audit.models import AuditRecord
from donovan.library.errors import NotFoundHere
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document, Page
from retrieval.scope import AccessScope
from tests.assistant.conftest import Asker

pytestmark = pytest.mark.django_db

UNSURE = "Which sappers cleared the road to the Orlov bridge?"
CARD = {"answered": 0.6, "nothing": 0.04}
COUNTS = {
    "documents_searched": 3, "passages_searched": 1200, "passages_read": 20, "documents_in_work": 0,
    "documents_failed": 0, "pages_unreadable": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("best", "covered", "thresholds", "ending"),
    [
        (0.61, 0.61, CARD, "answered"),
        (0.6, 0.6, CARD, "answered"),
        (0.59, 0.59, CARD, "nearest"),
        (0.04, 0.04, CARD, "nearest"),
        (0.039, 0.039, CARD, "nothing"),
        (0.01, 0.5, CARD, "nearest"),
        (0.0, 0.0, {}, "nearest"),
        (0.99, 0.99, {}, "nearest"),
        (None, 0.0, {}, "nothing"),
        (None, 0.0, CARD, "nothing"),
    ],
)
def test_only_a_calibrated_chance_states_or_dismisses(
    best: float | None, covered: float, thresholds: dict[str, float], ending: str
) -> None:
    assert decide(best, covered, thresholds) == ending


def test_a_chance_in_words_changes_at_its_stated_bounds() -> None:
    assert [in_words(chance) for chance in (1.0, QUITE_LIKELY)] == ["quite likely"] * 2
    assert [in_words(chance) for chance in (QUITE_LIKELY - 0.001, POSSIBLE)] == ["possible"] * 2
    assert [in_words(chance) for chance in (POSSIBLE - 0.001, 0.0)] == ["unlikely"] * 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {},
            "Nothing that answers this was found in the 1,200 passages of 3 documents that were searched; "
            "20 of the passages were read closely.",
        ),
        (
            {"passages_searched": 1, "documents_searched": 1, "passages_read": 1},
            "Nothing that answers this was found in the one passage of one document that was searched.",
        ),
        (
            {"passages_searched": 7, "passages_read": 7, "documents_in_work": 2, "pages_unreadable": 1},
            "Nothing that answers this was found in the 7 passages of 3 documents that were searched. "
            "Not searched: 2 documents are still in work; 1 page holds no readable text.",
        ),
        (
            {"documents_searched": 0, "passages_searched": 0},
            "Nothing was searched: what was asked about holds no document that you may read.",
        ),
    ],
)
def test_nothing_is_said_of_more_than_was_searched(changed: dict[str, int], sentence: str) -> None:
    assert nothing_found(COUNTS | changed) == sentence


def test_the_nearest_evidence_stands_on_its_pages_with_the_sentences_around_it(ask: Asker, ben: User) -> None:
    answer, events = ask(ben, UNSURE)
    assert (answer.ending, answer.refused, answer.text) == (Answer.Ending.NEAREST, False, "")
    rows = answer.result["nearest"]
    assert 1 <= len(rows) <= MOST_SHOWN
    for row in rows:
        page = Page.objects.get(document_id=row["document"], number=row["page"])
        assert page.text[row["start"] : row["end"]] == row["text"]
        assert row["before"] == "" or row["before"] in page.text[: row["start"]]
        assert row["after"] == "" or row["after"] in page.text[row["end"] :]
        assert row["chance_in_words"] == in_words(row["chance"])
        assert row["label"] in answer.labels
    chances = [row["chance"] for row in rows]
    assert chances == sorted(chances, reverse=True)
    told = next(event for event in events if event.kind == "nearest")
    assert told.data["sentence"] == NEAREST_SENTENCE
    assert "label" not in told.data["nearest"][0]
    assert told.labels == tuple(answer.labels)
    json.dumps(told.data)


def test_the_record_names_the_ending_and_every_document_shown(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, UNSURE)
    kept = AuditRecord.objects.get(action="ask", outcome="done")
    assert kept.detail["ending"] == "nearest"
    assert {row["document"] for row in answer.result["nearest"]} <= set(kept.documents)


def test_what_is_secret_is_not_among_the_nearest_of_another(ask: Asker, ana: User, ben: User) -> None:
    question = "Which diary of which group speaks of the road to the Orlov bridge?"
    seen = {}
    for user in (ana, ben):
        answer, _events = ask(user, question)
        seen[user.username] = json.dumps([answer.result, answer.text, answer.marking])
    assert "Kestrel" in seen["ana"]
    assert "Kestrel" not in seen["ben"]
    assert "SECRET" not in seen["ben"]


def test_evidence_withdrawn_before_the_nearest_is_shown_leaves_nothing(
    archive: dict[str, Document], ben: User
) -> None:
    started = start_question(ben, UNSURE)
    seen: list[str] = []

    def current() -> AccessScope:
        return AccessScope.of([]) if "evidence" in seen else scope_for(ben)

    with using(ScriptedModel([""])):
        for event in answer_events(started.pk, scope=scope_for(ben), current_scope=current):
            seen.append(event.kind)
    answer = Answer.objects.get(pk=started.pk)
    assert "nearest" not in seen
    assert seen[-2:] == ["failed", "done"]
    assert (answer.ending, answer.result, answer.evidence, answer.labels) == ("", {}, [], [])


def test_kept_nearest_evidence_is_closed_when_its_page_is(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, UNSURE)
    assert readable_answer(scope_for(ben), ben, answer.pk) == answer
    ben.memberships.all().delete()
    with pytest.raises(NotFoundHere):
        readable_answer(scope_for(ben), ben, answer.pk)


def test_the_command_prints_the_nearest_with_its_chance_and_source(
    archive: dict[str, Document], ben: User
) -> None:
    out = StringIO()
    call_command("ask", UNSURE, "--as", "ben", stdout=out)
    assert NEAREST_SENTENCE in out.getvalue()
    assert "page 1" in out.getvalue()
    out = StringIO()
    call_command("ask", UNSURE, "--as", "ben", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ending"], told["refused"], told["answer"]) == ("nearest", False, "")
    assert set(told["nearest"][0]) == {
        "document", "title", "passage_id", "page", "start", "end", "text", "before", "after", "marking",
        "portion", "chance", "chance_in_words",
    }  # fmt: skip
