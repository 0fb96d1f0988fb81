import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from retrieval import embedding
from retrieval.embedding import EmbedderUnavailable, LocalEmbedder, base_folder, get_embedder, passage_text
from retrieval.embedding_frames import FrameError, receive, send
from retrieval.embedding_host import EmbeddingHost, _Server
from retrieval.embedding_host_client import HostEmbedder
from retrieval.query_language import is_read_by
from retrieval.serving import Pointer

TEXTS = ["The harbour crane is broken.", "Forty patients in the clinic.", "word " * 400, ""]


@pytest.fixture(scope="module")
def local() -> LocalEmbedder:
    return embedding._load_once(Pointer(None))


@pytest.fixture
def host(local: LocalEmbedder, settings: LazySettings, tmp_path: Path) -> Iterator[EmbeddingHost]:
    settings.EMBEDDER_SOCKET = tmp_path / "e.sock"
    running = EmbeddingHost(local)
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


def test_the_packaged_model_reads_english_only(local: LocalEmbedder) -> None:
    assert local.reads("en")
    assert local.reads("en-GB")
    assert not any(local.reads(code) for code in ("ru", "es", "zh", ""))


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
    local: LocalEmbedder, query: str, is_read: bool
) -> None:
    assert is_read_by(local, query) is is_read


def test_the_title_and_headings_are_embedded_with_the_passage() -> None:
    assert passage_text("Super_Bowl", "Annex > Fuel", "words") == "Super Bowl. Annex > Fuel\nwords"
    assert passage_text("", " ", "words") == "words"


def test_a_model_with_other_weights_is_refused(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "PACKAGED_DIGEST", "0" * 64)
    with pytest.raises(EmbedderUnavailable, match="not the pinned ones"):
        embedding.verified_weights(base_folder())
    settings.EMBEDDER = str(tmp_path)
    with pytest.raises(EmbedderUnavailable, match=r"no \.safetensors"):
        embedding.verified_weights(base_folder())
    (tmp_path / "model.safetensors").write_bytes(b"x")
    (tmp_path / "donovan.json").write_text('{"languages": ["*"], "sha256": "ff"}')
    with pytest.raises(EmbedderUnavailable, match="not the pinned ones"):
        embedding.verified_weights(base_folder())
    (tmp_path / "donovan.json").write_text('{"languages": ["ru"]}')
    assert embedding.verified_weights(base_folder())[1] == {"ru"}
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EmbedderUnavailable, match="may run code"):
        embedding.verified_weights(base_folder())


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
