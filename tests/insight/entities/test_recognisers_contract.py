"""The promises that everything which finds names keeps."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donovan.insight.entities.recognisers import default_recognisers, model_child
from donovan.insight.entities.recognisers.language_model import LanguageModelRecogniser
from donovan.insight.entities.recognisers.model_folder import ModelFolderRecogniser
from donovan.insight.entities.recognisers.tagger import TaggerRecogniser
from donovan.insight.entities.recognition import Recogniser
from donovan.llm.scripted import ScriptedModel
from retrieval.tagger import local_tagger

from .models import spacy_folder

TEXTS = [
    "",
    " \n\t\x0c\u200e",
    "Gen. Joseph Votel met Maliki in Mosul, Iraq on 5 May 2016 (grid 38S LF 12345 67890).",
    "El general Juan Pérez llegó a Bogotá el 3 de mayo de 2021 con 200 toneladas.",
    "Президент Владимир Путин посетил Москву 9 мая 2022 года.",
    "Председник Александар Вучић је био у Београду.",
    "وصل الرئيس بشار الأسد إلى دمشق يوم 5 مايو",
    "習近平在2021年5月3日訪問北京。",
    "A" * 3000 + " " + "Al-" * 500,
    "((((((((((((((((((((((((((" * 40,
    "Mr. " * 800,
    "1,2,3,4,5,6,7,8,9," * 300,
]


SAID = "person: Joseph Votel\nplace: Mosul\nplace: Mr\nplace: Москву\nplace: 北京\norganisation: Mosul, Iraq"
MODELS = ("language model", "model folder", "tagger")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spacy_folder(tmp_path_factory.mktemp("spacy") / "model")


@pytest.fixture(params=[*default_recognisers(), *MODELS], ids=lambda part: getattr(part, "name", part))
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    if request.param == "language model":
        return LanguageModelRecogniser(ScriptedModel([SAID]))
    if request.param == "model folder":
        folder: Path = request.getfixturevalue("model_folder")
        return ModelFolderRecogniser(folder, _here)
    if request.param == "tagger":
        request.getfixturevalue("settings").NER_TAGGER = True
        return TaggerRecogniser(local_tagger())
    part: Recogniser = request.param
    return part


def _here(module: str, request: dict[str, Any], **limits: float) -> dict[str, Any]:
    """The model's own work, without a new process for each of a hundred texts."""
    assert module == model_child.__name__
    return dict(model_child.find(request))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_mention_is_what_stands_there(recogniser: Recogniser, text: str) -> None:
    for mention in recogniser.find(text, "en"):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        assert mention.recogniser == recogniser.name
        assert 0 < mention.confidence <= 1
        assert (mention.since is None) == (mention.until is None)


@pytest.mark.parametrize("language", ["", "en", "es", "ru", "sr", "ar", "zh", "xx"])
def test_the_same_text_gives_the_same_answer_in_order(recogniser: Recogniser, language: str) -> None:
    for text in TEXTS[2:8]:
        first = recogniser.find(text, language)
        assert first == recogniser.find(text, language)
        assert [m.start for m in first] == sorted(m.start for m in first)


def test_a_long_text_takes_no_more_than_its_length(recogniser: Recogniser) -> None:
    """Twenty times the text may not cost four hundred times the work."""
    text = "On 5 May 2016 Gen. Joseph Votel told the Iraqi Army near Mosul that 200 trucks (VBIED) came. "
    # A network takes a second for what the others do in a hundredth.
    times = 4 if recogniser.name == "tagger" else 100
    recogniser.find(text * 10, "en")
    started = time.process_time()
    recogniser.find(text * times, "en")
    short = time.process_time() - started
    started = time.process_time()
    recogniser.find(text * times * 20, "en")
    assert time.process_time() - started < max(short, 0.02) * 80


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_taken(text: str) -> None:
    for recogniser in default_recognisers():
        for mention in recogniser.find(text, ""):
            assert mention.text == text[mention.start : mention.end] != ""
