"""Documents made straight in the database, indexed by the real code with the real embedding model."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import override_settings
from safetensors.numpy import load_file, save_file

from ingest.models import Blob, Document, Page, Passage, Stage, Status
from retrieval.base_models import ENGLISH
from retrieval.model_folders import ModelFolder, read_model, write_model
from tests.support.index import own_index  # noqa: F401 - for every test here

RELIEF = "relief|UNCLASSIFIED"
SECRET = "relief|SECRET//NOFORN"
_NAMES = uuid.UUID("0f6e3a5e-47d5-4b1e-8f0e-6b7f4c2d9a11")


@dataclass(frozen=True)
class Text:
    """A document to be made: its passages, and what filters look at."""

    name: str
    passages: tuple[str, ...]
    label: str = RELIEF
    language: str = "en"
    title: str = ""
    date: str | None = None
    media_type: str = "text/plain"


def make(text: Text) -> Document:
    """A document that waits for the index, as ingest leaves it. The same name always gets the same id."""
    digest = hashlib.sha256(f"{text.label}{text.name}".encode()).hexdigest()
    blob, _ = Blob.objects.get_or_create(digest=digest, defaults={"size": 1})
    document = Document.objects.create(
        id=uuid.uuid5(_NAMES, text.name),
        blob=blob,
        label=text.label,
        name=text.name,
        title=text.title or text.name,
        media_type=text.media_type,
        document_date=text.date,
        status=Status.RUNNING,
        stage=Stage.EMBED,
    )
    page = Page.objects.create(document=document, number=1, text="\n".join(text.passages))
    start = 0
    for ordinal, passage in enumerate(text.passages):
        Passage.objects.create(
            document=document,
            page=page,
            ordinal=ordinal,
            label=text.label,
            text=passage,
            start=start,
            end=start + len(passage),
            language=text.language,
        )
        start += len(passage) + 1
    return document


@pytest.fixture(scope="session")
def trained_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with an embedder "second": the small English one cut down to its first layer, so
    that it is real, quick, and gives vectors of its own.
    """
    root = tmp_path_factory.mktemp("models")
    base = ENGLISH.folder

    def fill(folder: Path) -> dict[str, Any]:
        for name in ("modules.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"):
            shutil.copy(base / name, folder / name)
        for name in ("special_tokens_map.json", "config_sentence_transformers.json", "vocab.txt"):
            shutil.copy(base / name, folder / name)
        (folder / "1_Pooling").mkdir()
        shutil.copy(base / "1_Pooling" / "config.json", folder / "1_Pooling" / "config.json")
        said = json.loads((base / "config.json").read_text()) | {"num_hidden_layers": 1}
        (folder / "config.json").write_text(json.dumps(said))
        weights = load_file(base / "model.safetensors")
        kept = {k: w for k, w in weights.items() if ".layer." not in k or ".layer.0." in k}
        save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
        return {"languages": ["en"]}

    with override_settings(MODELS_DIR=root):
        write_model("embedder", "second", fill)
    return root


@pytest.fixture
def second(trained_models: Path, settings: LazySettings) -> ModelFolder:
    """A trained embedder that could serve, beside the base model that does."""
    settings.MODELS_DIR = trained_models
    return read_model(trained_models / "embedder" / "second")


@pytest.fixture
def spoilt(second: ModelFolder, settings: LazySettings, tmp_path: Path) -> ModelFolder:
    """The same model, whose weights somebody changed after it was promoted."""
    settings.MODELS_DIR = tmp_path / "models"
    path = tmp_path / "models" / "embedder" / "second"
    shutil.copytree(second.path, path)
    with (path / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"\x7f")
    return replace(second, path=path)


@pytest.fixture
def texts(db: None) -> Callable[..., list[Document]]:
    """Make documents that wait for the index."""
    return lambda *some: [make(text) for text in some]


HARBOUR = Text("harbour", ("The harbour crane is broken and ships wait outside.", "Fuel arrives on Tuesday."))
CLINIC = Text("clinic", ("The field clinic treated forty patients for cholera.",))
BRIDGE = Text("bridge", ("Engineers repaired the bridge over the Orla river.",), date="2024-03-02")
PLAN = Text("plan", ("The landing begins at dawn; the harbour crane will be seized.",), label=SECRET)
