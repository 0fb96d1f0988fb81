"""A supplied spaCy folder and the language model find names behind the interface of all recognisers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from donovan.access.models import User
from donovan.insight.entities.checks import model_folder_can_be_used
from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers import default_recognisers, installed_recognisers
from donovan.insight.entities.recognisers.language_model import CHARACTERS, PAGES, LanguageModelRecogniser
from donovan.insight.entities.recognisers.model_folder import ModelFolderRecogniser, family_of
from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import run_subprocess
from donovan.llm.interface import ModelUnavailable
from donovan.llm.scripted import Dies, ScriptedModel

from .models import spacy_folder

TEXT = "Qorvath Zelm came to Brixholt on Tuesday."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return spacy_folder(tmp_path / "model")


def test_a_spacy_folder_finds_its_names_in_a_process_of_its_own(folder: Path) -> None:
    found = ModelFolderRecogniser(folder).find(TEXT, "en")
    assert [(m.text, m.kind, m.normal) for m in found] == [
        ("Qorvath Zelm", Kind.PERSON, "qorvath zelm"),
        ("Brixholt", Kind.PLACE, "brixholt"),
    ]


def test_the_model_is_started_once_for_all_pages_and_offsets_are_those_of_the_page(folder: Path) -> None:
    starts: list[int] = []

    def counted(module: str, request: dict[str, Any], **limits: float) -> dict[str, Any]:
        starts.append(len(request["texts"]))
        return run_subprocess(module, request, seconds=limits["seconds"], megabytes=int(limits["megabytes"]))

    pages = [PageText(1, "Nothing here.", "en"), PageText(2, TEXT, "ru"), PageText(3, "Then " + TEXT, "en")]
    parts = [*default_recognisers(), ModelFolderRecogniser(folder, counted)]
    kept = {
        (m.page, m.found.start, m.found.text)
        for batch in extract(pages, parts, None)
        for m in batch.mentions
        if m.found.kind == Kind.PERSON
    }
    assert kept == {(2, 0, "Qorvath Zelm"), (3, 5, "Qorvath Zelm")}
    assert starts == [3]


def test_a_folder_of_the_settings_is_used_and_one_that_is_gone_is_told(
    folder: Path, settings: LazySettings, tmp_path: Path
) -> None:
    settings.NER_MODEL = str(folder)
    assert "model folder" in [part.name for part in installed_recognisers()]
    assert model_folder_can_be_used(None) == []
    settings.NER_MODEL = str(tmp_path / "gone")
    assert "model folder" not in [part.name for part in installed_recognisers()]
    assert "which is no folder" in model_folder_can_be_used(None)[0].msg


@pytest.mark.parametrize(
    ("name", "content"),
    [("weights.pkl", b""), ("pytorch_model.bin", b""), ("cfg", b"\x80\x04}."), ("ner", b"PK\x03\x04")],
)
def test_a_folder_with_a_pickle_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(InsightError, match="pickle"):
        family_of(folder)


def test_gliner_is_told_by_its_files_and_taken_as_safetensors_only(tmp_path: Path) -> None:
    (tmp_path / "gliner_config.json").write_text("{}")
    with pytest.raises(InsightError, match="safetensors"):
        family_of(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 8)
    with pytest.raises(InsightError, match="package gliner, which is not installed"):
        family_of(tmp_path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(InsightError, match="pickle"):
        family_of(tmp_path)


def test_a_folder_of_another_thing_or_a_damaged_one_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InsightError, match="neither a spaCy model"):
        family_of(tmp_path)
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = ")
    (tmp_path / "meta.json").write_text(json.dumps({}))
    with pytest.raises(InsightError, match="cannot be loaded"):
        ModelFolderRecogniser(tmp_path).find(TEXT, "en")


def test_the_language_model_is_believed_only_where_the_name_stands_there() -> None:
    said = (
        "person: Qorvath Zelm\nplace: Atlantis\nplace: Brix\n- place: Brixholt\nweapon: Tuesday\nI think so."
    )
    found = LanguageModelRecogniser(ScriptedModel([said])).find(f"{TEXT} Brixholt burns.", "en")
    assert [(m.text, m.start, m.kind) for m in found] == [
        ("Qorvath Zelm", 0, Kind.PERSON),
        ("Brixholt", 21, Kind.PLACE),
        ("Brixholt", 42, Kind.PLACE),
    ]


def test_the_language_model_reads_the_first_part_of_the_first_pages() -> None:
    model = ScriptedModel(["none"])
    LanguageModelRecogniser(model).find_in_pages(["a " * CHARACTERS] * (PAGES + 5), "en")
    assert len(model.requests) == PAGES
    assert {len(r.messages[-1].content) for r in model.requests} == {CHARACTERS}


def test_a_language_model_that_is_gone_is_a_sentence() -> None:
    with pytest.raises(InsightError, match="DONOVAN_NER_LLM") as raised:
        LanguageModelRecogniser(ScriptedModel([Dies()])).find(TEXT, "en")
    assert isinstance(raised.value.__cause__, ModelUnavailable)


def test_the_language_model_is_off_as_installed(settings: LazySettings) -> None:
    assert "language model" not in [part.name for part in installed_recognisers()]
    settings.NER_LLM = True
    assert "language model" in [part.name for part in installed_recognisers()]


def test_the_list_says_that_a_model_can_be_supplied(
    client_for: Callable[[User], Client], ana: User, settings: LazySettings
) -> None:
    settings.NER_MODEL = ""
    assert b"DONOVAN_NER_MODEL" in client_for(ana).get("/entities/").content
