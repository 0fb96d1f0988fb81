"""What a mail only quotes is said by who wrote the earlier mail; the sender's own word is the newer one."""

from collections.abc import Callable

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer, Claim
from donovan.assistant.services import start_question
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from tests.assistant.taking import take_in_bytes

QUIST, OSK = "Halvard Quist <h.quist@convoy.example>", "Mirela Osk <m.osk@convoy.example>"
Ask = Callable[[str], Answer]


def mail(name: str, sender: str, day: int, text: str, subject: str = "RE: Oil") -> bytes:
    other = OSK if sender == QUIST else QUIST
    return (
        f"From: {sender}\nTo: {other}\nDate: {day} Oct 2026 09:30:00 +0200\nSubject: {subject}\n"
        f"Message-ID: <{name}@convoy.example>\n\n{text}\n"
    ).encode()


def price(place: str, crowns: int) -> str:
    return f"The price of lamp oil at {place} is {crowns} crowns a drum."


INTRODUCED = {
    "head": "-----Original Message-----\nFrom: Halvard Quist\nSent: Monday, 5 October 2026 08:00\n\n",
    "marks": "On Mon, 5 Oct 2026 at 08:00, Halvard Quist wrote:\n> ",
}


@pytest.fixture
def ask(cast: dict[str, User], ben: User) -> Ask:
    def go(question: str) -> Answer:
        with using(ScriptedModel([""])):
            started = start_question(ben, question)
            list(answer_events(started.pk, scope=scope_for(ben)))
        return Answer.objects.get(pk=started.pk)

    return go


def papers_that_say(answer: Answer, words: str) -> set[str]:
    """The names of the papers that a claim with these words is cited to."""
    claims = Claim.objects.filter(answer=answer, text__contains=words)
    return {citation.document.name for claim in claims for citation in claim.citations.all()}


@pytest.mark.parametrize("style", INTRODUCED)
def test_the_price_of_a_mail_is_its_own_and_never_the_one_that_it_quotes(style: str, ask: Ask) -> None:
    text = f"The price of lamp oil at Ulmford has gone up and is 47 crowns a drum.\n\n{INTRODUCED[style]}"
    take_in_bytes({"u2.eml": mail("u2", OSK, 6, text + price("Ulmford", 41))})
    answer = ask("What is the price of lamp oil at Ulmford?")
    assert "47 crowns" in answer.text and "41" not in answer.text
    assert papers_that_say(answer, "41 crowns") == set()


def test_a_corrected_price_is_told_with_the_old_one_from_the_mail_that_said_it(ask: Ask) -> None:
    old, new = price("Zenno", 41), "Correction: the price of lamp oil at Zenno is 47 crowns a drum."
    take_in_bytes(
        {
            "z1.eml": mail("z1", QUIST, 5, old, "Fuel price"),
            "z2.eml": mail("z2", OSK, 6, f"{new}\n\n{INTRODUCED['head']}{old}"),
            "z3.eml": mail("z3", QUIST, 7, f"Thank you, I have told the depot.\n\n> {new}\n>> {old}"),
        }
    )
    answer = ask("What is the price of lamp oil at Zenno?")
    assert "47 crowns" in answer.text and "41" not in answer.text
    assert papers_that_say(answer, "41 crowns") <= {"z1.eml"}


def test_words_that_are_only_quoted_are_told_as_those_of_their_writer(ask: Ask) -> None:
    text = f"Thank you, noted.\n\n{INTRODUCED['marks']}{price('Yewport', 41)}"
    take_in_bytes({"y2.eml": mail("y2", OSK, 6, text)})
    answer = ask("What is the price of lamp oil at Yewport?")
    assert "41 crowns" in answer.text
    assert "only quotes these words: they are from Halvard Quist, 5 October 2026." in answer.notice


def test_where_the_first_mail_is_there_a_mail_that_quotes_it_is_not_cited(ask: Ask) -> None:
    old = price("Yarrow", 41)
    take_in_bytes(
        {
            "y1.eml": mail("y1", QUIST, 5, old, "Oil"),
            "y2.eml": mail("y2", OSK, 6, f"Thank you, noted.\n\n{INTRODUCED['marks']}{old}"),
        }
    )
    answer = ask("What is the price of lamp oil at Yarrow?")
    assert papers_that_say(answer, "41 crowns") == {"y1.eml"}
    assert "only quotes" not in answer.notice


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_a_fact_is_answered_with_any_number_of_mails_of_its_subject(count: int, ask: Ask) -> None:
    said = (
        "The convoy to Fenwithy leaves the Ashgrove yard at 0500 on 12 October 2026.", "Thank you, noted.",
        "I have told the guard.", "Fuel is on board.", "The weather is fair.", "The papers are signed.",
    )  # fmt: skip
    take_in_bytes(
        {
            f"{n}.eml": mail(
                f"f{n}", OSK if n % 2 else QUIST, 5 + n, words, "RE: " * (n > 0) + "Convoy to Fenwithy"
            )
            for n, words in enumerate(said[:count])
        }
    )
    answer = ask("When does the convoy to Fenwithy leave the Ashgrove yard?")
    assert not answer.refused and "0500" in answer.text
