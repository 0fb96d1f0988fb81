"""What no net is trusted with: each rule on its own, on what was found to stand as fact and was none."""

import pytest

from donovan.assistant.comparing import comparison
from donovan.assistant.vetoes import objection_of
from tests.assistant.material import span

FIRE = "Ms Brandvold believes that the fire was caused by a faulty heater."


def why_not(text: str, *cited: str, language: str = "en") -> str:
    return objection_of(comparison(text, [span(each, language=language) for each in cited]))[1]


@pytest.mark.parametrize(
    ("statement", "cited", "language"),
    [
        ("75 toneladas de arroz.", "El almacén guarda 2.350,75 toneladas de arroz.", "es"),
        ("5 km de carretera.", "Hay 1.234,5 km de carretera.", "es"),
        ("5 км дороги.", "Построено 1 234,5 км дороги.", "ru"),
        ("The depot holds 17 % rice.", "The depot holds 17 tonnes of rice.", "en"),
        ("The convoy drove 40 miles.", "The convoy drove 40 km.", "en"),
    ],
)
def test_a_number_is_whole_and_keeps_its_unit(statement: str, cited: str, language: str) -> None:
    assert "do not hold" in why_not(statement, cited, language=language)


@pytest.mark.parametrize(
    ("statement", "cited", "why"),
    [
        ("The fire was caused by a faulty heater.", FIRE, "a belief of “Ms Brandvold”"),
        ("Someone believes that the fire was caused by a faulty heater.", FIRE, "leaves out that"),
        (
            "The fire was caused by a faulty heater.",
            "The fire brigade denied that the fire was caused by a faulty heater.",
            "denied",
        ),
        ("The fire was caused by a heater.", "Was the fire caused by a heater?", "only ask"),
        ("The bridge opened in May.", "The bridge will open in May.", "planned"),
        ("The bridge opens for lorries.", "The plan is that the bridge opens for lorries.", "planned"),
        ("The bridge opens on 5 May.", "The council plans to open the bridge on 5 May.", "planned"),
        ("The bridge is closed.", "The bridge is closed, Captain Marsh said.", "only report"),
        ("Captain Marsh said the bridge is closed.", "Captain Marsh closed the bridge.", "“said”"),
        ("The bridge was destroyed.", "The bridge may have been destroyed.", "“may”"),
        ("The bridge may have been destroyed.", "The bridge has been destroyed.", "“may”"),
        ("The bridge opens.", "If the flood falls, the bridge opens.", ""),
        ("Was the bridge closed?", "The bridge was closed.", "asks"),
    ],
)
def test_a_statement_is_as_sure_as_its_page(statement: str, cited: str, why: str) -> None:
    if why:
        assert why in why_not(statement, cited)


@pytest.mark.parametrize(
    "statement",
    [
        "Ms Brandvold believes that the fire was caused by a faulty heater.",
        "Brandvold believes a faulty heater caused the fire.",
        "According to Ms Brandvold, the fire was caused by a faulty heater.",
    ],
)
def test_a_belief_told_as_a_belief_stands(statement: str) -> None:
    assert why_not(statement, FIRE) == ""


@pytest.mark.parametrize(
    ("statement", "cited", "language"),
    [
        ("El puente está cerrado.", "El ministro dijo que el puente está cerrado.", "es"),
        ("Le pont est fermé.", "Selon la police, le pont est fermé.", "fr"),
        ("Мост закрыт.", "Министр отрицает, что мост закрыт.", "ru"),
        ("الجسر مغلق.", "قال الوزير إن الجسر مغلق.", "ar"),
        ("大桥已关闭。", "部长表示大桥已关闭。", "zh"),
        ("大桥会议取消。", "大桥会议可能取消。", "zh"),
    ],
)
def test_so_it_is_in_other_languages(statement: str, cited: str, language: str) -> None:
    assert why_not(statement, cited, language=language)


@pytest.mark.parametrize(
    ("statement", "cited", "language"),
    [
        ("Marsh relieved Okafor.", "Okafor relieved Marsh.", "en"),
        ("Okafor was relieved by Marsh.", "Okafor relieved Marsh.", "en"),
        (
            "The rebels attacked the army near the river.",
            "The army attacked the rebels near the river.",
            "en",
        ),
        ("The envoy flew from London to Paris.", "The envoy flew from Paris to London.", "en"),
        ("The envoy flew to Paris from London.", "The envoy flew from Paris to London.", "en"),
        ("Orlov sustituyó a Marín.", "Marín sustituyó a Orlov.", "es"),
        ("Иванов сменил Петрова.", "Петров сменил Иванова.", "ru"),
        (
            "The Alpha crew cleared 9 roads.",
            "The Alpha crew cleared 14 roads while the Bravo crew cleared 9 roads.",
            "en",
        ),
        ("Haiti got 5 million and Cuba got 3 million.", "Haiti got 3 million and Cuba got 5 million.", "en"),
    ],
)
def test_actors_and_values_do_not_change_places(statement: str, cited: str, language: str) -> None:
    assert why_not(statement, cited, language=language)


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("Marsh was relieved by Okafor.", "Okafor relieved Marsh."),
        ("France signed the treaty in Geneva.", "In Geneva, France signed the treaty."),
        (
            "On 5 July 1999 the treaty was signed in Geneva.",
            "The treaty was signed in Geneva on 5 July 1999.",
        ),
        ("Cuba and Haiti signed.", "Haiti and Cuba signed."),
    ],
)
def test_a_part_may_move_and_a_sentence_may_be_turned(statement: str, cited: str) -> None:
    assert why_not(statement, cited) == ""


@pytest.mark.parametrize(
    ("statement", "cited", "language"),
    [
        ("The road is passable.", "The road is not passable.", "en"),
        ("The crew reached the bridge.", "The crew failed to reach the bridge.", "en"),
        (
            "The road is not open, and the bridge is not closed.",
            "The road is not open, and the bridge is closed.",
            "en",
        ),
        ("Le pont n’est pas ouvert.", "Le pont est ouvert.", "fr"),
        ("Мост не закрыт.", "Мост закрыт.", "ru"),
        ("大桥没有关闭。", "大桥关闭。", "zh"),
    ],
)
def test_a_denial_is_neither_dropped_nor_added(statement: str, cited: str, language: str) -> None:
    assert why_not(statement, cited, language=language)


def test_a_denial_of_something_else_is_no_denial_of_this() -> None:
    assert why_not("The bridge was closed.", "The bridge, which was not damaged, was closed.") == ""


@pytest.mark.parametrize(
    ("statement", "cited", "language"),
    [
        ("300 people died.", "More than 300 people died.", "en"),
        ("More than 300 people died.", "300 people died.", "en"),
        ("Fewer than 300 people died.", "More than 300 people died.", "en"),
        ("The road closed on 5 July.", "The road closed before 5 July.", "en"),
        ("Murieron 300 personas.", "Murieron más de 300 personas.", "es"),
        ("300人死亡。", "超过300人死亡。", "zh"),
        ("Погибли 300 человек.", "Погибли около 300 человек.", "ru"),
    ],
)
def test_a_bound_is_part_of_the_number(statement: str, cited: str, language: str) -> None:
    assert why_not(statement, cited, language=language)


def test_a_thing_is_no_property_of_itself() -> None:
    said = "The plate of the van is a grey van with a 20-kVA diesel generator."
    assert "plate" in why_not(said, "Vehicle: a grey van with a 20-kVA diesel generator")
    beside = span("A grey van with a 20-kVA diesel generator", title="The plate of the van")
    assert objection_of(comparison(said, [beside]))[1]
    named = "Plate: none seen. The van is a grey van with a 20-kVA diesel generator."
    assert "property of itself" in why_not(said, named)


def test_a_value_of_one_span_is_not_told_of_the_name_of_another() -> None:
    alpha, bravo = "The Alpha crew cleared 14 roads.", "The Bravo crew cleared 9 roads."
    assert why_not("The Alpha crew cleared 9 roads.", alpha, bravo)
    assert why_not("The Alpha crew cleared 14 roads and the Bravo crew cleared 9 roads.", alpha, bravo) == ""


@pytest.mark.parametrize(
    ("statement", "first", "second"),
    [
        (
            "The fireworks ended at 231400J SEP 26.",
            "At 010030A JAN 27 the fireworks ended.",
            "At 231400J SEP 26 the local guard closed the gate.",
        ),
        ("The clinic treated 340 patients.", "The clinic treated patients.", "The barge carried 340 crates."),
    ],
)
def test_a_time_or_number_is_not_taken_from_a_sentence_about_something_else(
    statement: str, first: str, second: str
) -> None:
    assert "something else" in why_not(statement, first, second)


def test_a_time_of_another_sentence_about_the_same_stands() -> None:
    cited = ("The clinic is in Brezna.", "The clinic was opened on 5 July 2026.")
    assert why_not("The clinic in Brezna was opened on 5 July 2026.", *cited) == ""


def test_words_of_its_own_are_for_the_meaning_to_judge() -> None:
    assert why_not("The crossing at Orlov was shut.", "The Orlov bridge was closed.") == ""


@pytest.mark.parametrize(
    ("bare", "cited", "language"),
    [
        ("No.", "No. The bridge is closed.", "en"),
        ("Yes, sure.", "Yes, sure. The bridge is open.", "en"),
        ("Oui.", "Oui. Le pont est ouvert.", "fr"),
        ("Нет.", "Нет. Мост закрыт.", "ru"),
        ("不是。", "不是。桥已关闭。", "zh"),
    ],
)
def test_a_bare_yes_or_no_states_nothing(bare: str, cited: str, language: str) -> None:
    assert why_not(bare, cited, language=language) == "It states nothing."
    assert not why_not(cited, cited, language=language)
