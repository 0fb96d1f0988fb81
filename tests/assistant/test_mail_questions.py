"""Mails are prose with a head: the head says who wrote and of what, and is no list of fields."""

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer
from donovan.assistant.services import start_question
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from tests.assistant.taking import take_in_bytes

SUBJECT = "Kestrel Ferry"
SAID = (
    "The Kestrel Ferry sails from Port Kalena at seven every morning.",
    "The captain of the Kestrel Ferry is Josip Radan.",
    "The Kestrel Ferry can carry 18 lorries on its lower deck.",
    "The crew of the Kestrel Ferry asked for new life jackets.",
    "The harbour office has moved the Kestrel Ferry to Berth 3.",
)


def mail(number: int, text: str) -> bytes:
    head = (
        "From: Rosa Delgado <delgado.r@jtf.example>\nTo: Owen Tretherne <tretherne.o@jtf.example>\n"
        f"Date: {number} Sep 2026 08:0{number}:00 +0000\nSubject: {SUBJECT}\n"
        f"Message-ID: <{number}@jtf.example>\n"
    )
    return f"{head}\nOwen,\n\n{text}\n\nRosa\n".encode()


@pytest.mark.parametrize("count", [1, 5])
def test_any_number_of_mails_of_one_subject_answers_a_question_that_names_it(
    count: int, cast: dict[str, User], ben: User
) -> None:
    take_in_bytes(
        {f"mail-{number}.eml": mail(number, text) for number, text in enumerate(SAID[:count], start=1)}
        | {"log.txt": b"Port log\n\nThe Kestrel Ferry was repainted green in Santa Ruda.\n"}
    )
    for question, words in (
        ("When does the Kestrel Ferry sail from Port Kalena?", "seven every morning"),
        ("What colour was the Kestrel Ferry repainted in Santa Ruda?", "green"),
    ):
        with using(ScriptedModel([""])):
            started = start_question(ben, question)
            list(answer_events(started.pk, scope=scope_for(ben)))
        answer = Answer.objects.get(pk=started.pk)
        assert not answer.refused, (question, count)
        assert words in answer.text
