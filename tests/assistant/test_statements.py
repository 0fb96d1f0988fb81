"""Who says it, as of when, and how sure: what a text only reports, believes, plans, asks or denies."""

import pytest

from donovan.assistant.statements import Certainty, plans_in, read_statement


@pytest.mark.parametrize(
    ("text", "language", "certainty", "speaker"),
    [
        ("The bridge is closed.", "en", "asserted", ""),
        ("Ms Brandvold believes that the heater caused the fire.", "en", "believed", "Ms Brandvold"),
        ("The bridge is closed, Captain Marsh said.", "en", "reported", "Captain Marsh"),
        ("The bridge is closed, said Captain Marsh.", "en", "reported", "Captain Marsh"),
        ("According to the harbour master, the ship sank.", "en", "reported", "the harbour master"),
        ("The ship reportedly sank.", "en", "reported", ""),
        ("The heater is believed to have caused the fire.", "en", "believed", ""),
        ("The fire brigade denied that a heater caused it.", "en", "denied", "The fire brigade"),
        ("The bridge will open on 5 May 2026.", "en", "planned", "The bridge"),
        ("The council plans to open the bridge in May.", "en", "planned", "The council"),
        ("Is the bridge closed?", "en", "asked", ""),
        ("Q: The bridge, was it closed that night", "en", "asked", ""),
        ("He asked the guard whether the bridge was closed.", "en", "asked", "He"),
        ("El ministro dijo que el puente está cerrado.", "es", "reported", "El ministro"),
        ("Según la policía, el puente está cerrado.", "es", "reported", "la policía"),
        ("El puente abrirá en mayo.", "es", "planned", "El puente"),
        ("Le ministre a déclaré que le pont est fermé.", "fr", "reported", "Le ministre"),
        ("La ministre nie que le pont soit fermé.", "fr", "denied", "La ministre"),
        ("Die Ministerin glaubt, dass die Brücke gesperrt ist.", "de", "believed", "Die Ministerin"),
        ("Министр заявил, что мост закрыт.", "ru", "reported", "Министр"),
        ("По словам министра, мост закрыт.", "ru", "reported", "министра"),
        ("قال الوزير إن الجسر مغلق.", "ar", "reported", "الوزير"),
        ("نفى الوزير أن الجسر مغلق.", "ar", "denied", "الوزير"),
        ("部长表示大桥已关闭。", "zh", "reported", "部长"),
        ("大桥关闭了吗？", "zh", "asked", ""),
    ],
)
def test_a_statement_has_a_form_and_a_speaker(text: str, language: str, certainty: str, speaker: str) -> None:
    found = read_statement(text, language)
    assert found.certainty == certainty
    assert found.speaker == speaker
    assert found.is_fact == (certainty == Certainty.ASSERTED)


def test_what_is_said_beside_a_report_is_still_a_fact() -> None:
    found = read_statement("The bridge was closed, but Marsh said it is safe.")
    assert found.certainty is Certainty.ASSERTED
    (frame,) = found.frames
    assert frame.speaker.endswith("Marsh")
    assert not frame.covers(found.text.index("closed"))
    assert frame.covers(found.text.index("safe"))


def test_a_statement_says_as_of_when() -> None:
    (day,) = read_statement("As of 5 July 2026 the bridge is closed.").as_of
    assert (day.year, day.month, day.day) == (2026, 7, 5)


@pytest.mark.parametrize("text", ["The said bridge in the United States", "小说里的大桥", "会议在社会中心"])
def test_nouns_that_look_like_speech_are_none(text: str) -> None:
    language = "zh" if "\u4e00" <= text[0] <= "\u9fff" else "en"
    if language == "zh":
        assert not read_statement(text, language).frames
    else:
        assert not [frame for frame in read_statement(text, language).frames if frame.cue == "States"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The engineers expect the bridge to reopen on 19 September."),
        ("en", "The convoy is scheduled for Tuesday."),
        ("en", "New date: 4 May."),
        ("en", "The ferry is due on Friday."),
        ("en", "The mill is to be rebuilt in spring."),
        ("es", "El puente reabrirá el martes."),
        ("es", "La reunión está prevista para mayo."),
        ("fr", "Le pont devrait rouvrir mardi."),
        ("fr", "La réunion est prévue en mai."),
        ("de", "Die Brücke wird am Dienstag wieder öffnen."),
        ("de", "Die Sperrung soll im Mai enden."),
        ("ru", "Открытие моста намечено на май."),
        ("ru", "Мост будет открыт во вторник."),
        ("hr", "Most će biti otvoren u petak, planira općina."),
        ("ar", "من المتوقع فتح الجسر يوم الثلاثاء."),
        ("zh", "大桥将于周二开放。"),
    ],
)
def test_a_plan_or_a_forecast_is_known_in_each_language(language: str, text: str) -> None:
    assert plans_in(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The convoy arrived as planned."),
        ("en", "The bridge reopened on 19 September."),
        ("de", "Die Brücke wird geschlossen."),
        ("zh", "将军于周二抵达。"),
        ("ru", "Мост открыт."),
    ],
)
def test_what_happened_is_no_plan(language: str, text: str) -> None:
    assert not plans_in(text, language)
