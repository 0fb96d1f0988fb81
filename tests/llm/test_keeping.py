"""What must not be translated goes round the engine: whole, in its place, exactly once."""

import time

import pytest

from donovan.access.markings import parse_marking
from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.interface import GenerationRequest
from donovan.llm.keeping import Languages, translated
from donovan.llm.protecting import Kept, protected
from donovan.llm.scripted import ScriptedModel
from donovan.llm.translation import translate
from donovan.llm.translators import LanguageModelTranslator

needs_spanish = pytest.mark.skipif(
    not ApertiumTranslator().can_translate("es", "en"), reason="Apertium's pair spa-eng is not installed"
)
needs_serbian = pytest.mark.skipif(
    not ApertiumTranslator().can_translate("sr", "en"), reason="Apertium's pair hbs-eng is not installed"
)

CODES = (
    *("T-72B3", "HES/BR/07", "28S DF 72233 93253", "38SMB1234567890", "33T 500000 4649776", "061430ZSEP26"),
    *(
        "06 1430Z SEP 26",
        "36°59.1′N 15°18.7′W",
        "36.985, -15.312",
        "ZG 1234-AB",
        "1234 BCD",
        "Су-27",
        "Т-72Б3",
    ),
    *(
        "+34 91 123 45 67",
        "ana.gil@mod.example.es",
        "https://example.org/a?b=1",
        "informe_2.pdf",
        "192.168.1.1",
    ),
    *("28S", "a1b2c3d4", "B-52H", "SN-0042-X", "@puesto7", "1990-ih"),
)
MARKINGS = (
    "SECRET//NOFORN", "TOP SECRET//HCS-X/SI//ORCON/NOFORN", "SECRET//REL TO USA, GBR", "CUI//SP-PRVCY",
    "CONFIDENTIAL", "UNCLASSIFIED//FOUO", "SECRET//REL TO USA, FVEY", "TOP SECRET//SI//REL TO USA, AUS, CAN",
)  # fmt: skip


def said(text: str) -> list[str]:
    return [kept.said for kept in protected(text)]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_known_by_its_form_in_any_language(code: str) -> None:
    assert said(f"El jefe vio {code} en la plaza.") == [code]
    assert said(f"قال {code} اليوم") == [code]
    assert said(f"Vojnik je video ({code}), pa otišao.") == [code]


@pytest.mark.parametrize("text", MARKINGS)
def test_every_marking_that_the_system_writes_is_one_stretch(text: str) -> None:
    marking = parse_marking(text)
    assert said(f"Dice {marking.canonical} arriba.") == [marking.canonical]
    assert said(f"{marking.portion} El convoy salió.") == [marking.portion]


@pytest.mark.parametrize(
    "text",
    [
        "El 3.º batallón recorrió 10 km/h con 1.234,5 kg y 50 % menos.",
        "Entre 1939 y 1945 hubo 300 tiendas, de 15.000 a 20.000 personas.",
        "LA OTAN Y LA UE SE REUNIERON EN 2020 EN BRUSELAS",
        "Dana 12. ožujka 2026. u 14:30 stigao je kamion.",
    ],
)
def test_plain_words_and_numbers_are_left_to_the_engine(text: str) -> None:
    assert said(text) == []


def test_the_longest_stretch_wins_and_what_the_caller_knows_comes_first() -> None:
    text = "Base Norte T-72B3"
    assert protected(text, [Kept(0, 10, "Northern Base")]) == [
        Kept(0, 10, "Northern Base"),
        Kept(11, 17, "T-72B3"),
    ]
    assert protected(text, [Kept(11, 17, "tank")]) == [Kept(11, 17, "tank")]


@pytest.mark.parametrize(
    "text", ["a1 T-72 " * 12_500, "1" * 100_000, "1a" * 50_000, "A-" * 50_000, "+1 " * 33_000]
)
def test_a_hundred_thousand_characters_take_no_time(text: str) -> None:
    began = time.monotonic()
    protected(text)
    assert time.monotonic() - began < 5.0


@needs_spanish
@pytest.mark.parametrize("code", [*CODES, *MARKINGS, "REL TO USA", "(S//NF)", "#frente"])
def test_a_code_comes_back_whole_in_its_place_exactly_once(code: str) -> None:
    made = translate(f"El comandante recibió {code} por la mañana.", source="es", target="en")
    assert made.text.count(code) == 1
    assert made.text.startswith("The commander received")
    assert "*" not in made.text


@needs_serbian
def test_codes_of_a_cyrillic_text_keep_their_script() -> None:
    made = translate("Тенк Т-72Б3 прешао је мост код 34T DQ 12345 67890.", source="sr", target="en")
    assert "Т-72Б3" in made.text
    assert "34T DQ 12345 67890" in made.text
    assert "bridge" in made.text


@needs_spanish
def test_a_sentence_of_codes_alone_stays_as_it_is() -> None:
    text = "T-72B3 28S DF 72233 93253 // 061430ZSEP26"
    assert translate(text, source="es", target="en").text == text


@needs_spanish
def test_a_hundred_thousand_characters_keep_every_code() -> None:
    text = " ".join(f"El camión K-{number:05} llegó al puerto." for number in range(3_000))
    made = translate(text, source="es", target="en")
    assert len(text) > 100_000
    assert all(made.text.count(f"K-{number:05}") == 1 for number in range(3_000))


@needs_spanish
def test_numbers_are_written_the_readers_way_where_they_have_one_reading() -> None:
    made = translate("Faltan 1.234,5 kg, 2.500.000 litros, 3,5 % y 1.234 tiendas.", source="es", target="en")
    for number in ("1,234.5", "2,500,000", "3.5", "1.234"):
        assert number in made.text
    assert made.segments[0].missing == ()


@needs_spanish
def test_a_word_that_was_left_is_marked_by_its_place_and_by_no_sign() -> None:
    segment = translate("El coronel Zubizarreta llegó a Qwertz-Asdfgh*.", source="es", target="en").segments[
        0
    ]
    assert [segment.target[start:end] for start, end in segment.places] == list(segment.unknown)
    assert "Zubizarreta" in segment.unknown
    assert segment.target.count("*") == 1
    assert not set("@#") & set(segment.target)


@needs_spanish
def test_stand_ins_in_the_text_itself_are_no_danger() -> None:
    made = translate("El Qzqaw y el Xqxaw vieron el T-72B3.", source="es", target="en")
    assert "Qzqaw" in made.text
    assert "T-72B3" in made.text


def test_what_an_engine_loses_is_translated_around() -> None:
    """An engine that drops every word it does not know, and every number."""

    def drops(lines: list[str]) -> list[str]:
        return [" ".join(word.upper() for word in line.split() if word.islower()) for line in lines]

    (made,) = translated(["hay T-72B3 y 300 tiendas (28S)."], drops, Languages("es", "en"))
    assert made.text.startswith("HAY T-72B3 Y 300")
    assert made.text.count("28S") == 1


def test_what_an_engine_says_twice_is_said_once() -> None:
    def doubles(lines: list[str]) -> list[str]:
        return [f"{line} {line}" for line in lines]

    (made,) = translated(["el T-72B3"], doubles, Languages("es", "en"))
    assert made.text.count("T-72B3") == 1


def test_a_model_that_breaks_a_code_is_not_shown() -> None:
    def answer(request: GenerationRequest) -> str:
        return "The T-72 B3 tank stopped."

    engine = LanguageModelTranslator(ScriptedModel(answer))
    (made,) = engine.translate(["Le char T-72B3 est arrêté."], source="fr", target="en")
    assert not made.is_translated
    (made,) = engine.translate(["توقفت الدبابة T-72B3 عند 38S MB 12345 67890."], source="ar", target="en")
    assert not made.is_translated
