"""A question from the first passage to the kept answer: checked, marked, recorded, and closed to the
outsider.
"""

import hashlib
import json
import random

import pytest

from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.coverage import nothing_found
from donovan.assistant.models import Answer, Claim
from donovan.assistant.selectors import readable_answer, thread_answers
from donovan.assistant.services import start_question
from donovan.audit.models import AuditRecord
from donovan.library.errors import NotFoundHere
from donovan.llm import using
from donovan.llm.scripted import Dies, ScriptedModel, Waits
from ingest.models import Document, Page, Status
from retrieval.model_folders import ROLES
from retrieval.models import ServedModel
from retrieval.scope import AccessScope
from retrieval.serving import BASE
from tests.assistant.conftest import Asker

MAYOR = "Who is the mayor of Kirchberg?"
CLOSED = "When was the Orlov bridge closed?"
TRUE = "The Orlov bridge was closed on 5 July 2026."


def shown(answer: Answer) -> list[str]:
    return list(answer.claims.filter(is_supported=True).values_list("text", flat=True))


def test_evidence_comes_first_and_done_comes_last(ask: Asker, ben: User) -> None:
    _answer, events = ask(ben, CLOSED, TRUE)
    kinds = [event.kind for event in events]
    assert kinds.index("evidence") < kinds.index("draft") < kinds.index("claim") < kinds.index("answer")
    assert kinds[-1] == "done"
    json.dumps([event.data for event in events])


def test_a_true_draft_is_shown_with_the_words_it_rests_on(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, CLOSED, TRUE)
    claim = answer.claims.get(text=TRUE)
    assert (claim.origin, claim.is_supported) == (Claim.Origin.DRAFTED, True)
    citation = claim.citations.get()
    page = Page.objects.get(document_id=citation.document_id, number=citation.page)
    assert page.text[citation.start : citation.end] == citation.quote
    assert "closed on 5 July 2026" in citation.quote
    assert (answer.ending, answer.refused) == (Answer.Ending.ANSWERED, False)


def test_a_lie_is_kept_but_never_shown(ask: Asker, ben: User) -> None:
    lie = "The Orlov bridge was closed on 9 July 2026."
    answer, events = ask(ben, CLOSED, lie)
    assert lie not in answer.text
    assert not answer.claims.get(text=lie).is_supported
    assert not answer.claims.get(text=lie).citations.exists()
    assert all(lie not in json.dumps(event.data) for event in events if event.kind != "draft")
    assert any("5 July 2026" in text for text in shown(answer))


def test_a_lying_model_never_makes_the_product_lie(ask: Asker, ben: User) -> None:
    chance = random.Random(7)
    names = ["Petrov", "Varda", "Elena Marsh", "Orlov", "Kestrel", "Lila"]
    verbs = ["was mined", "was opened", "was not closed", "was rebuilt", "was bombed", "was closed"]
    for _ in range(12):
        lies = [
            f"The {chance.choice(names[:2])} bridge {chance.choice(verbs)} on {chance.randint(6, 28)} May.",
            f"Captain {chance.choice(names)} {chance.choice(verbs)} {chance.randint(41, 9000)} tonnes.",
            f"{chance.randint(2, 900)} people were killed at the Orlov bridge.",
        ]
        answer, _events = ask(ben, CLOSED, "\n".join(lies))
        assert not answer.claims.filter(origin=Claim.Origin.DRAFTED, is_supported=True).exists()
        assert shown(answer), "the evidence itself is quoted"


def test_what_no_readable_document_holds_is_neither_stated_nor_drafted(ask: Asker, ben: User) -> None:
    answer, events = ask(ben, MAYOR, "The mayor of Kirchberg is Hans Meyer.")
    assert answer.ending in (Answer.Ending.NEAREST, Answer.Ending.NOTHING)
    assert answer.refused is (answer.ending == Answer.Ending.NOTHING)
    assert not answer.claims.exists()
    assert [event.kind for event in events][-2] in ("nearest", "refused")
    assert not any(event.kind == "draft" for event in events)


def test_a_refusal_says_what_could_not_be_searched(
    ask: Asker, archive: dict[str, Document], ben: User
) -> None:
    Document.objects.filter(pk=archive["depot"].pk).update(status=Status.FAILED)
    Document.objects.filter(pk=archive["secret"].pk).update(status=Status.FAILED)
    answer, _events = ask(ben, MAYOR)
    assert answer.coverage["documents_failed"] == 1, "what Ben may not read is not counted"
    assert "1 document could not be read" in nothing_found(answer.coverage)
    elsewhere, _events = ask(ben, MAYOR, document=str(archive["bridge"].pk))
    assert elsewhere.coverage["documents_failed"] == 0, "the one document that was asked is whole"


def test_the_same_question_has_another_answer_for_each_clearance(ask: Asker, ana: User, ben: User) -> None:
    question = "Who mined the Orlov bridge?"
    draft = "The Orlov bridge was mined by the Kestrel group."
    for_ana, _ = ask(ana, question, draft)
    for_ben, events = ask(ben, question)
    assert any("Kestrel" in text for text in shown(for_ana))
    assert for_ana.marking == "SECRET//NOFORN"
    told = json.dumps([event.data for event in events if event.kind != "draft"]) + for_ben.text
    assert "Kestrel" not in told
    assert "SECRET" not in told
    assert not any("mined" in text for text in shown(for_ben))


@pytest.mark.parametrize("name", ["omar", "ada"])
def test_the_outsider_finds_nothing(ask: Asker, cast: dict[str, User], name: str) -> None:
    answer, events = ask(cast[name], CLOSED, TRUE)
    assert (answer.ending, answer.refused) == (Answer.Ending.NOTHING, True)
    assert answer.text == "Nothing was searched: what was asked about holds no document that you may read."
    assert answer.evidence == []
    assert answer.coverage["documents_searched"] == 0
    assert "Orlov bridge was" not in json.dumps([event.data for event in events])


def test_an_answer_can_be_made_again_from_what_is_kept(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, CLOSED, TRUE)
    assert answer.prompt == "ask.v2"
    assert (answer.model, answer.model_digest) == ("scripted", "0" * 64)
    assert answer.index_generation
    assert answer.evidence[0]["passage_id"] in answer.settings["passages_read"]
    assert answer.settings["searched_by"]["embedder"].startswith("multilingual-e5-small@")
    assert answer.settings["models"] == dict.fromkeys(ROLES, BASE)
    assert "models_at_end" not in answer.settings, "nothing was promoted meanwhile"
    assert {"seed", "temperature", "max_tokens", "prompt_digest", "spans_given"} <= set(answer.settings)
    assert answer.draft == TRUE
    assert set(answer.seconds) == {"retrieval", "first_token", "total"}
    assert answer.state == Answer.State.DONE


def test_a_model_promoted_meanwhile_is_told(archive: dict[str, Document], ben: User) -> None:
    started = start_question(ben, CLOSED)
    with using(ScriptedModel([TRUE])):
        for event in answer_events(started.pk, scope=scope_for(ben)):
            if event.kind == "evidence":
                ServedModel.objects.create(
                    role="reranker", name="second", folder="reranker/second", digest="2" * 64
                )
    kept = Answer.objects.get(pk=started.pk).settings
    assert kept["models"]["reranker"] == "base"
    assert kept["models_at_end"]["reranker"] == f"second@{'2' * 12}"


def test_asking_is_on_record_without_the_words(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, CLOSED, TRUE)
    record = AuditRecord.objects.filter(action="ask", outcome="done").get()
    assert record.actor == "ben"
    assert record.labels == answer.labels
    assert record.detail["question_sha256"] == hashlib.sha256(CLOSED.encode()).hexdigest()
    assert "Orlov" not in json.dumps(record.detail)


def test_a_stopped_answer_keeps_what_was_found(archive: dict[str, Document], ben: User) -> None:
    started = start_question(ben, CLOSED)
    drafted: list[str] = []
    with using(ScriptedModel([TRUE])):
        for event in answer_events(started.pk, scope=scope_for(ben), is_cancelled=lambda: len(drafted) > 2):
            if event.kind == "draft":
                drafted.append(event.data["text"])
    answer = Answer.objects.get(pk=started.pk)
    assert answer.state == Answer.State.CANCELLED
    assert answer.evidence
    assert answer.draft
    assert AuditRecord.objects.filter(action="ask", outcome="cancelled").exists()


def test_what_is_withdrawn_meanwhile_is_shown_no_more(archive: dict[str, Document], ben: User) -> None:
    started = start_question(ben, CLOSED)
    seen: list[str] = []

    def current() -> AccessScope:
        return AccessScope.of([]) if "draft" in seen else scope_for(ben)

    with using(ScriptedModel([TRUE])):
        for event in answer_events(started.pk, scope=scope_for(ben), current_scope=current):
            seen.append(event.kind)
    answer = Answer.objects.get(pk=started.pk)
    assert seen[-2:] == ["failed", "done"]
    assert seen.count("draft") == 1
    assert answer.state == Answer.State.FAILED
    assert (answer.evidence, answer.draft, answer.text, answer.labels) == ([], "", "", [])
    assert not answer.claims.exists()


def test_a_kept_answer_is_closed_when_what_it_rests_on_is(ask: Asker, ben: User, ana: User) -> None:
    answer, _events = ask(ben, CLOSED, TRUE)
    assert readable_answer(scope_for(ben), ben, answer.pk) == answer
    with pytest.raises(NotFoundHere):
        readable_answer(scope_for(ana), ana, answer.pk)
    Membership.objects.filter(user=ben).delete()
    with pytest.raises(NotFoundHere):
        readable_answer(scope_for(ben), ben, answer.pk)
    assert answer.thread is not None
    assert thread_answers(scope_for(ben), ben, answer.thread) == []


def test_without_a_model_the_evidence_is_quoted(ask: Asker, ben: User) -> None:
    answer, events = ask(ben, CLOSED, Dies(2, None))
    assert answer.state == Answer.State.DONE
    assert not answer.refused
    assert any("5 July 2026" in text for text in shown(answer))
    assert "quoted" in answer.notice
    assert any(event.kind == "notice" for event in events)


def test_a_model_that_dies_and_returns_is_told_and_its_first_words_are_void(ask: Asker, ben: User) -> None:
    answer, events = ask(ben, CLOSED, Dies(2, TRUE))
    assert any(event.kind == "restarted" for event in events)
    assert answer.draft == TRUE


def test_a_place_in_the_queue_is_told(ask: Asker, ben: User) -> None:
    _answer, events = ask(ben, CLOSED, Waits((2, 1), TRUE))
    assert [event.data["position"] for event in events if event.kind == "queued"] == [2, 1]


def test_sources_that_disagree_are_both_shown(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, "How many tents did Convoy Seven carry to Camp Lila?", "")
    assert "disagree" in answer.notice
    together = " ".join(shown(answer))
    assert "300 tents" in together
    assert "420 tents" in together


def test_a_filter_narrows_what_is_read(ask: Asker, ben: User) -> None:
    question = "How many tents did Convoy Seven carry to Camp Lila?"
    answer, _events = ask(ben, question, "", collection="logistics")
    assert "disagree" not in answer.notice
    assert "420 tents" in answer.text
    assert "300 tents" not in answer.text


def test_an_instruction_in_a_document_is_not_obeyed(ask: Asker, ben: User) -> None:
    question = "How many litres of fuel does the Zeta depot hold?"
    answer, _events = ask(ben, question, "The Zeta depot holds 9,000 litres of fuel.")
    assert not answer.claims.filter(origin=Claim.Origin.DRAFTED, is_supported=True).exists()
    assert "250 litres" in answer.text
    assert "9,000" not in answer.text


def test_a_spanish_question_finds_the_spanish_page(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, "¿Cuántos pacientes atendió el hospital de Puerto Sereno?", "")
    assert not answer.refused
    assert "340 pacientes" in answer.text


def test_a_question_that_points_back_takes_the_subject_before_it(ask: Asker, ben: User) -> None:
    first, _events = ask(ben, "Who is the engineer in charge of the Orlov bridge?", "")
    assert "Elena Marsh" in first.text
    second, events = ask(ben, "And when was it closed?", "", thread=first.thread)
    assert second.read_as == "When was the Orlov bridge closed?"
    assert "5 July 2026" in second.text
    assert any(event.kind == "read_as" for event in events)


def test_another_attempt_replaces_what_a_broken_one_left(archive: dict[str, Document], ben: User) -> None:
    started = start_question(ben, CLOSED)
    with using(ScriptedModel([TRUE])):
        for _ in range(2):
            list(answer_events(started.pk, scope=scope_for(ben)))
    ordinals = list(started.claims.values_list("ordinal", flat=True))
    assert ordinals == list(range(1, len(ordinals) + 1))
