import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.conf import LazySettings
from sentence_transformers import SentenceTransformer

from retrieval import base_models, embedding
from retrieval.base_models import ENGLISH, MULTILINGUAL
from retrieval.embedding import (
    EmbedderUnavailable,
    LocalEmbedder,
    get_embedder,
    identity_of,
    packaged_model,
    passage_text,
)
from retrieval.embedding_frames import FrameError, receive, send
from retrieval.embedding_host import EmbeddingHost, _Server
from retrieval.embedding_host_client import HostEmbedder
from retrieval.loading import keep_words_on_disk, one_at_a_time
from retrieval.query_language import is_read_by
from retrieval.serving import Pointer

BASE = Pointer(None, base=MULTILINGUAL.name)
TEXTS = ["The harbour crane is broken.", "Forty patients in the clinic.", "word " * 400, ""]


@pytest.fixture(scope="module")
def local() -> LocalEmbedder:
    return embedding._load_once(BASE)


@pytest.fixture(scope="module")
def english() -> LocalEmbedder:
    return LocalEmbedder(packaged_model(ENGLISH.name))


@pytest.fixture
def host(local: LocalEmbedder, settings: LazySettings, tmp_path: Path) -> Iterator[EmbeddingHost]:
    settings.EMBEDDER_SOCKET = tmp_path / "e.sock"
    running = EmbeddingHost(local, serves=BASE.key)
    server = _Server(settings.EMBEDDER_SOCKET, running)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield running
    server.shutdown()
    server.server_close()
    settings.EMBEDDER_SOCKET.unlink(missing_ok=True)


def test_vectors_have_length_one_and_mean_something(local: LocalEmbedder) -> None:
    vectors = local.encode([*TEXTS, "ships cannot be unloaded"], is_query=False)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[4] @ vectors[0] > vectors[4] @ vectors[1]


def test_a_vector_depends_on_its_text_alone(local: LocalEmbedder) -> None:
    alone = local.encode([TEXTS[0]], is_query=False)[0]
    for neighbours in (TEXTS, TEXTS[::-1], [TEXTS[2], TEXTS[0], TEXTS[2]]):
        among = local.encode(neighbours, is_query=False)[neighbours.index(TEXTS[0])]
        assert among.tobytes() == alone.tobytes()


def test_models_are_loaded_one_at_a_time_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import sentence_transformers

    load = sentence_transformers.SentenceTransformer
    loading: list[int] = []
    most = 0

    def counted(*given: object, **named: object) -> object:
        nonlocal most
        loading.append(1)
        most = max(most, len(loading))
        time.sleep(0.2)
        try:
            return load(*given, **named)
        finally:
            loading.pop()

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", counted)
    with ThreadPoolExecutor(3) as pool:
        loaded = list(pool.map(lambda _: LocalEmbedder(), range(3)))
    assert {one.dimensions for one in loaded} == {384}
    assert most == 1


def test_the_small_model_reads_english_only(english: LocalEmbedder) -> None:
    assert english.reads("en")
    assert english.reads("en-GB")
    assert not any(english.reads(code) for code in ("ru", "es", "zh", ""))


def test_the_default_model_reads_every_language(local: LocalEmbedder) -> None:
    assert all(local.reads(code) for code in ("en", "ru", "es", "zh", ""))
    assert is_read_by(local, "黑豹队的防守丢了多少分？")


def test_a_question_is_nearest_to_its_answer_in_whatever_language_that_stands(local: LocalEmbedder) -> None:
    """And what has nothing to do with it is near 0 in each, so that one scale serves them all."""
    bridge = (
        "The bridge over the river was repaired.",
        "El puente sobre el río fue reparado.",
        "Мост через реку отремонтирован.",
        "تم إصلاح الجسر فوق النهر.",
        "河上的桥已经修好了。",
    )
    fever = (
        "Forty patients were treated for cholera.",
        "Cuarenta pacientes fueron tratados por cólera.",
        "Сорок больных лечились от холеры.",
        "عولج أربعون مريضا من الكوليرا.",
        "四十名病人接受了霍乱治疗。",
    )
    asked = local.encode(["Has the bridge been repaired?"], is_query=True)[0]
    right, wrong = (local.encode(texts, is_query=False) @ asked for texts in (bridge, fever))
    assert min(right) > max(wrong) + 0.2
    assert max(wrong) < 0.3


def test_words_that_stay_on_the_disk_change_no_bit(local: LocalEmbedder) -> None:
    with one_at_a_time:
        plain = SentenceTransformer(str(MULTILINGUAL.folder), device="cpu", local_files_only=True)
    table = local._model[0].auto_model.embeddings.word_embeddings.weight
    assert table.dtype == torch.float16
    assert torch.equal(table.float(), plain[0].auto_model.embeddings.word_embeddings.weight)
    of_plain = plain.encode(TEXTS[:2], prompt_name="passage")
    assert np.all(np.sum(of_plain * local.encode(TEXTS[:2], is_query=False), axis=1) > 0.999)


@pytest.mark.parametrize(
    ("query", "is_read"),
    [
        ("How many points did the Panthers defense surrender?", True),
        ("Panthers 308", True),
        ("1956", True),
        ("¿Cuántos puntos dejaron escapar en defensa los Panthers?", False),
        ("Koliko je bolesnika u bolnici?", False),
        ("Сколько очков уступила защита?", False),
        ("كم نقطة تخلى عنها دفاع البانثرز؟", False),
        ("黑豹队的防守丢了多少分？", False),
    ],
)
def test_a_question_in_a_language_the_model_does_not_read_is_recognised(
    english: LocalEmbedder, query: str, is_read: bool
) -> None:
    assert is_read_by(english, query) is is_read


def test_the_title_and_headings_are_embedded_with_the_passage() -> None:
    assert passage_text("Super_Bowl", "Annex > Fuel", "words") == "Super Bowl. Annex > Fuel\nwords"
    assert passage_text("", " ", "words") == "words"


def test_a_model_with_other_weights_is_refused(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = replace(ENGLISH, digest="0" * 64)
    monkeypatch.setitem(base_models.PACKAGED, ENGLISH.name, spoilt)  # type: ignore[misc]
    with pytest.raises(EmbedderUnavailable, match="not the pinned ones"):
        packaged_model(ENGLISH.name)
    settings.EMBEDDER = str(tmp_path)
    with pytest.raises(EmbedderUnavailable, match=r"no \.safetensors"):
        identity_of(None)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    (tmp_path / "donovan.json").write_text('{"languages": ["*"], "sha256": "ff"}')
    with pytest.raises(EmbedderUnavailable, match="not the pinned ones"):
        identity_of(None)
    (tmp_path / "donovan.json").write_text('{"languages": ["ru"]}')
    assert identity_of(None).languages == {"ru"}
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EmbedderUnavailable, match="may run code"):
        identity_of(None)


def test_the_settings_choose_a_model_of_the_product_by_its_name(settings: LazySettings) -> None:
    assert identity_of(None).name == f"{MULTILINGUAL.name}@{MULTILINGUAL.digest[:12]}"
    settings.EMBEDDER = ENGLISH.name
    found = identity_of(None)
    assert (found.name, found.languages) == (f"{ENGLISH.name}@{ENGLISH.digest[:12]}", {"en"})


def test_asking_how_familiar_a_text_is_leaves_the_vectors_of_others_alone(local: LocalEmbedder) -> None:
    """All threads share one tokeniser, whose settings stay with it."""
    long = "repaired bridge " * 900
    alone = local.encode_one(long, is_query=False).tobytes()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            local.familiarity("Akhmedow")

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert all(local.encode_one(long, is_query=False).tobytes() == alone for _ in range(8))
    finally:
        stop.set()
        asking.join()


def test_a_model_in_other_files_than_one_keeps_its_words_in_memory(tmp_path: Path) -> None:
    keep_words_on_disk(torch, None, tmp_path)
    keep_words_on_disk(torch, torch.nn.Linear(2, 2), tmp_path)


def test_the_host_gives_the_same_vectors(host: EmbeddingHost, local: LocalEmbedder) -> None:
    embedder = get_embedder()
    assert isinstance(embedder, HostEmbedder)
    assert (embedder.name, embedder.dimensions, embedder.reads("en")) == (local.name, 384, True)
    assert embedder.encode(TEXTS, is_query=False).tobytes() == local.encode(TEXTS, is_query=False).tobytes()
    assert embedder.encode([], is_query=True).shape == (0, 384)


def test_queries_overtake_passages(host: EmbeddingHost) -> None:
    embedder = get_embedder()
    finished: list[str] = []

    def ingest() -> None:
        embedder.encode(["long passage " * 150] * 60, is_query=False)
        finished.append("passages")

    thread = threading.Thread(target=ingest)
    thread.start()
    time.sleep(0.1)
    embedder.encode(["a question"], is_query=True)
    finished.append("question")
    thread.join()
    assert finished == ["question", "passages"]


def test_without_a_host_the_model_is_loaded_here(
    settings: LazySettings, tmp_path: Path, local: LocalEmbedder
) -> None:
    settings.EMBEDDER_SOCKET = tmp_path / "nobody.sock"
    assert get_embedder() is local


def test_a_dead_socket_is_no_host(settings: LazySettings, tmp_path: Path, local: LocalEmbedder) -> None:
    settings.EMBEDDER_SOCKET = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(settings.EMBEDDER_SOCKET))
    assert get_embedder() is local


def test_work_goes_on_here_when_the_host_stops_for_good(
    host: EmbeddingHost, settings: LazySettings, local: LocalEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = get_embedder()
    settings.EMBEDDER_SOCKET.unlink()
    monkeypatch.setattr("retrieval.embedding_host_client.RESTART_SECONDS", 0.3)
    assert embedder.encode(TEXTS, is_query=True).tobytes() == local.encode(TEXTS, is_query=True).tobytes()


def test_nonsense_at_the_socket_harms_nobody(host: EmbeddingHost, settings: LazySettings) -> None:
    for nonsense in (b"GET / HTTP/1.0\r\n\r\n", b"\x00\x00\x00\x04\x00\x00\x00\x00null", b"\x00"):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(settings.EMBEDDER_SOCKET))
            caller.sendall(nonsense)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(settings.EMBEDDER_SOCKET))
        send(caller, {"do": "encode", "texts": [1, 2]})
        answer = receive(caller)
    assert answer is not None
    assert "did not understand" in answer[0]["error"]
    assert get_embedder().encode(["still here"], is_query=True).shape == (1, 384)


def test_a_frame_cut_short_is_an_error() -> None:
    a, b = socket.socketpair()
    with a, b:
        a.sendall(b"\x00\x00\x00\x10\x00\x00\x00\x00{")
        a.close()
        with pytest.raises(FrameError):
            receive(b)


def test_searching_does_not_load_torch() -> None:
    program = """
import sys

import django

django.setup()
import retrieval.search
import retrieval.work

print("torch" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=_environment()
    )
    assert done.stdout.strip() == "False"


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "donovan.settings"}
