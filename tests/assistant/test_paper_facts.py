"""What is read off a paper or a question before statements are compared: version, sender, day, state."""

from datetime import date

import pytest

from donovan.assistant.questions import language_of_question, read_question
from donovan.assistant.reconciliation.sources import day_in, sender_of
from donovan.assistant.reconciliation.states import state_words
from donovan.assistant.reconciliation.tense import asked_time
from donovan.assistant.reconciliation.versions import Version, version_in


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Load plan v2", Version(2)),
        ("load_plan_V2.1.docx", Version(2, 1)),
        ("Load plan, Rev B", Version(2)),
        ("Ladeplan Fassung 3", Version(3)),
        ("План погрузки версия 2", Version(2)),
        ("装载计划第二版", Version(2)),
        ("Borrador del plan de carga", Version(1, 0, -1)),
        ("Sitrep 05", None),
        ("Review of the finalists", None),
        ("V-12 engine", None),
    ],
)
def test_the_version_of_a_paper_is_read_from_its_name(name: str, version: Version | None) -> None:
    assert version_in(name)[0] == version


def test_versions_follow_each_other() -> None:
    names = ["Plan draft", "Plan", "Plan v2 draft", "Plan v2", "Plan v10", "Plan final"]
    places = [version_in(name)[0] or Version() for name in names]
    assert places == sorted(places)
    assert len({version_in(name)[1] for name in names}) == 1


@pytest.mark.parametrize(
    ("question", "is_state"),
    [
        ("Is the bridge open?", True),
        ("How many beds does the clinic have?", True),
        ("Was the bridge mined?", False),
        ("When was the bridge closed?", False),
        ("How many tents did Convoy Seven carry?", False),
        ("¿Cuántos pacientes atendió el hospital?", False),
        ("¿Cuántas camas tiene el hospital?", True),
        ("Wie viele Betten hat das Lager?", True),
        ("Wie viele Zelte hat der Konvoi gebracht?", False),
        ("Сколько коек в больнице?", True),
        ("Сколько палаток привёз конвой?", False),
    ],
)
def test_a_question_asks_for_a_state_or_for_what_happened(question: str, is_state: bool) -> None:
    assert asked_time(read_question(question, language_of_question(question))).is_state is is_state


def test_a_denied_state_is_its_opposite() -> None:
    read = [(word.pair, word.is_first) for text in (
        "It is open.", "It is not open.", "It is no longer closed.", "桥未开放"
    ) for word in state_words(text)]  # fmt: skip
    assert read == [("open", True), ("open", False), ("open", True), ("open", False)]


def test_who_sent_a_mail_and_the_day_in_a_title_are_read() -> None:
    assert sender_of('"Rosa Delgado" <delgado.r@jtf.example>') == "Rosa Delgado"
    assert sender_of("<delgado.r@jtf.example>") == "delgado.r@jtf.example"
    assert day_in("Situation report 05, 10 September 2026") == date(2026, 9, 10)
    assert day_in("From 3 May 2026 to 5 May 2026") is None
