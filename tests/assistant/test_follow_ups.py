"""A follow-up is read after what was asked and answered, and stays where its thread was asked."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from donovan.access.models import User
from donovan.assistant.follow_ups import read_after
from donovan.assistant.models import Answer, Citation, Claim, Thread
from donovan.assistant.services import ask_again, start_question
from donovan.insight.entities.models import Mention
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document
from tests.assistant.conftest import Asker
from tests.assistant.material import add_document

pytestmark = pytest.mark.django_db

BRIDGE = ("When was the Orlov bridge closed?", "The Orlov bridge was closed on 5 July 2026.")
ENGINEER = ("Who is the engineer in charge of the Orlov bridge?", "Engineer in charge: Captain Elena Marsh")
TENTS = (
    "How many tents did Convoy Seven carry to Camp Lila?",
    "Convoy Seven carried 300 tents to Camp Lila.",
)
SEEN = ("Where was Goran Veselin seen?", "Goran Veselin was seen in Sarajevo on 4 May.")
NAMELESS = ("When was the bridge closed?", "It was closed on 5 July.")
RELIEF = ("Who relieved Captain Marsh?", "Colonel Ruiz relieved Captain Marsh.")
HOSPITAL = ("¿Dónde está el hospital de Puerto Sereno?", "El hospital está en Puerto Sereno.")


def answered(owner: User, question: str, *statements: str, thread: Thread | None = None) -> Answer:
    """A kept answer whose statements each cite a page of their own."""
    answer = Answer.objects.create(
        owner=owner, thread=thread, question=question, state=Answer.State.DONE, ending=Answer.Ending.ANSWERED
    )
    for ordinal, text in enumerate(statements, start=1):
        document = add_document(f"Page of {text[:20]}", text)
        claim = Claim.objects.create(answer=answer, ordinal=ordinal, text=text, is_supported=True)
        Citation.objects.create(
            claim=claim, document=document, passage_id=None, page=1, start=0, end=len(text), quote=text,
            label=document.label,
        )  # fmt: skip
    return answer


@pytest.mark.parametrize(
    ("before", "asked", "read"),
    [
        (BRIDGE, "And why?", "Why was the Orlov bridge closed?"),
        (BRIDGE, "Who closed it?", "Who closed the Orlov bridge?"),
        (BRIDGE, "What is its load limit?", "What is the Orlov bridge’s load limit?"),
        (BRIDGE, "And the load limit?", "The load limit of the Orlov bridge?"),
        (BRIDGE, "What about the Varda ford?", "When was the Varda ford closed?"),
        (BRIDGE, "When did that bridge reopen?", "When did the Orlov bridge reopen?"),
        (BRIDGE, "How many people live there?", "How many people live at the Orlov bridge?"),
        (ENGINEER, "When did she arrive?", "When did Captain Elena Marsh arrive?"),
        (ENGINEER, "Where was her car seen?", "Where was Captain Elena Marsh’s car seen?"),
        (ENGINEER, "Did he meet Colonel Ruiz?", "Did Captain Elena Marsh meet Colonel Ruiz?"),
        (RELIEF, "When did he arrive?", "When did Colonel Ruiz arrive?"),
        (ENGINEER, "And why?", "Why? (Engineer in charge: Captain Elena Marsh)"),
        (TENTS, "Who leads it?", "Who leads Convoy Seven?"),
        (TENTS, "What else happened there?", "What else happened in Camp Lila?"),
        (TENTS, "And to Camp Zora?", "How many tents did Convoy Seven carry to Camp Zora?"),
        (SEEN, "Why was he there?", "Why was Goran Veselin in Sarajevo?"),
        (NAMELESS, "Who closed it?", "Who closed the bridge?"),
        (HOSPITAL, "¿Quién trabaja allí?", "¿Quién trabaja allí (Puerto Sereno)?"),
    ],
)
def test_what_points_back_is_read_as_what_was_asked_or_answered(
    ben: User, before: tuple[str, str], asked: str, read: str
) -> None:
    language = "es" if asked.startswith("¿") else "en"
    found = read_after(asked, language, [answered(ben, *before)])
    assert found is not None
    assert found.text == read


@pytest.mark.parametrize(
    "asked",
    [
        "Is there a detour?",
        "Who is the mayor of Kirchberg?",
        "When did Colonel Ruiz arrive, and where did he go?",
        "What time is it?",
    ],
)
def test_what_does_not_point_back_stays_as_it_was_typed(ben: User, asked: str) -> None:
    assert read_after(asked, "en", [answered(ben, *BRIDGE)]) is None
    assert read_after("Who closed it?", "en", []) is None


def test_a_name_that_a_page_lent_brings_the_label_of_that_page(ben: User) -> None:
    before = answered(ben, *ENGINEER)
    found = read_after("When did she arrive?", "en", [before])
    assert found is not None
    assert found.labels == {before.claims.get().citations.get().label}
    found = read_after("Who guards it?", "en", [before])
    assert found is not None
    assert found.labels == frozenset(), "the bridge stood in the question itself"


def test_the_label_of_a_lent_name_goes_along_from_follow_up_to_follow_up(ben: User) -> None:
    closed = frozenset({"relief:SECRET//NOFORN"})
    second = Answer.objects.create(
        owner=ben, question="When did she arrive?", read_as="When did Captain Elena Marsh arrive?",
        state=Answer.State.DONE, ending=Answer.Ending.NOTHING, refused=True, labels=sorted(closed),
    )  # fmt: skip
    for asked in ("Where did she go?", "And why?", "And Colonel Ruiz?", "And the car?"):
        found = read_after(asked, "en", [second])
        assert found is not None
        assert found.labels == closed, asked


def test_what_was_recognised_on_the_page_tells_the_kind_of_a_name(ben: User) -> None:
    before = answered(ben, "What did Zoranja send?", "Zoranja sent Bakara a letter.")
    citation = before.claims.get().citations.get()
    place = before.claims.get().text.index("Bakara")
    Mention.objects.create(
        document=citation.document, page=1, start=place, end=place + 6, sentence_start=0, sentence_end=29,
        text="Bakara", kind="place", confidence=0.9, recogniser="places",
    )  # fmt: skip
    found = read_after("Who lives there?", "en", [before])
    assert found is not None
    assert found.text == "Who lives in Bakara?"


def test_the_thread_says_how_a_follow_up_was_read_and_it_can_be_asked_as_typed(ask: Asker, ben: User) -> None:
    first, _events = ask(ben, "When was the Orlov bridge closed?", "")
    second, events = ask(ben, "And what is its load limit?", "", thread=first.thread)
    assert second.read_as == "What is the Orlov bridge’s load limit?"
    assert [event.data["text"] for event in events if event.kind == "read_as"] == [second.read_as]
    assert (second.question, second.settings["asked_as"]) == ("And what is its load limit?", second.read_as)
    assert "40 tonnes" in second.text
    literal = ask_again(ben, second, is_literal=True)
    assert (literal.question, literal.is_literal, literal.read_as) == (second.question, True, "")


def test_a_name_is_taken_from_no_answer_that_may_not_be_read_any_more(
    ask: Asker, ana: User, archive: dict[str, Document]
) -> None:
    thread = Thread.objects.create(owner=ana, title="Mines")
    before = answered(ana, "Who mined it?", "Colonel Kestrel mined it.", thread=thread)
    Answer.objects.filter(pk=before.pk).update(labels=["closed:SECRET//NOFORN"])
    after, _events = ask(ana, "Where is he now?", "", thread=thread)
    assert after.read_as == ""
    assert "Kestrel" not in after.settings["asked_as"]


def test_a_thread_is_asked_where_its_last_question_was(archive: dict[str, Document], ben: User) -> None:
    document = str(archive["bridge"].pk)
    first = start_question(ben, "What is the load limit?", filters={"document": document})
    assert first.thread is not None
    thread = Thread.objects.get(pk=first.thread.pk)
    assert start_question(ben, "And the detour?", thread=thread).filters == {"document": document}
    everywhere = start_question(ben, "And the detour?", thread=thread, filters={})
    assert everywhere.filters == {}
    thread.refresh_from_db()
    assert start_question(ben, "And the ford?", thread=thread).filters == {}


def test_the_command_asks_one_document_and_no_other(archive: dict[str, Document], ben: User) -> None:
    out = StringIO()
    asked = "How many tents did Convoy Seven carry to Camp Lila?"
    with using(ScriptedModel([""])):
        call_command("ask", asked, "--as", "ben", "--document", str(archive["tents_b"].pk), stdout=out)
    assert "420 tents" in out.getvalue()
    assert "300 tents" not in out.getvalue()
    with pytest.raises(CommandError) as refusal:
        call_command("ask", asked, "--as", "ben", "--document", str(archive["secret"].pk))
    assert refusal.value.returncode == 2
