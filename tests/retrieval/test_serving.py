"""Which model serves: the pointer is followed at once, in this process and by the host, and only to a model
that is whole.
"""

import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings

from ingest.models import Document
from retrieval import embedding, embedding_host_client, serving
from retrieval.base_models import MULTILINGUAL
from retrieval.embedding import LocalEmbedder, get_embedder, model_folder, pointed_model
from retrieval.embedding_errors import EmbedderChanged, EmbedderUnavailable
from retrieval.embedding_host import EmbeddingHost, _Server
from retrieval.embedding_host_client import HostEmbedder, find_host, make_host_ready
from retrieval.indexing import index_pending
from retrieval.model_folders import ModelFolder, ModelTampered
from retrieval.scope import AccessScope
from retrieval.search import search
from retrieval.serving import Pointer

from .conftest import CLINIC, HARBOUR, RELIEF

OPEN = AccessScope.of([RELIEF])
BASE = Pointer(None, base=MULTILINGUAL.name)
BASE_NAME = f"{MULTILINGUAL.name}@{MULTILINGUAL.digest[:12]}"


def test_the_key_of_a_pointer_changes_when_and_only_when_another_model_serves(
    db: None, second: ModelFolder
) -> None:
    assert serving.pointer_key("embedder") == BASE.key
    serving.point("embedder", second)
    trained = serving.pointer_key("embedder")
    assert trained != BASE.key
    serving.point("embedder", None)
    assert serving.pointer_key("embedder") == BASE.key
    serving.point("embedder", second)
    assert serving.pointer_key("embedder") == trained
    assert serving.pointer_key("reranker") == ""
    assert serving.model_of(serving.current("embedder")) == second
    assert serving.model_of(serving.before("embedder")) is None


def test_a_model_serves_only_in_its_role_and_from_its_place(
    db: None, second: ModelFolder, settings: LazySettings, tmp_path: object
) -> None:
    with pytest.raises(ModelTampered, match="not made to serve"):
        serving.point("reranker", second)
    settings.MODELS_DIR = tmp_path
    with pytest.raises(ModelTampered, match="does not lie"):
        serving.point("embedder", second)


def test_one_process_may_be_told_to_use_another_model(
    db: None, second: ModelFolder, settings: LazySettings
) -> None:
    settings.SERVED_INSTEAD = {"embedder": str(second.path)}
    assert serving.served("embedder") == second
    assert get_embedder().name == f"second@{second.digest[:12]}"
    settings.SERVED_INSTEAD = {"reranker": str(second.path)}
    with pytest.raises(ModelTampered, match="not made to serve"):
        serving.served("reranker")
    serving.point("embedder", second)
    settings.SERVED_INSTEAD = {"embedder": "base"}
    assert serving.served("embedder") is None
    assert get_embedder().name == BASE_NAME


def test_the_model_in_this_process_follows_the_pointer(db: None, second: ModelFolder) -> None:
    assert get_embedder().name == BASE_NAME
    before = get_embedder().encode(["the harbour"], is_query=True)
    serving.point("embedder", second)
    assert model_folder() == second.path
    embedder = get_embedder()
    assert (embedder.name, embedder.dimensions) == (f"second@{second.digest[:12]}", 384)
    assert get_embedder() is embedder
    assert embedder.encode(["the harbour"], is_query=True).tobytes() != before.tobytes()
    assert embedder.reads("en")
    assert not embedder.reads("ru")
    serving.point("embedder", None)
    assert get_embedder().encode(["the harbour"], is_query=True).tobytes() == before.tobytes()


def test_a_tampered_embedder_is_refused_and_words_are_still_searched(
    texts: Callable[..., list[Document]], spoilt: ModelFolder
) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()
    serving.point("embedder", spoilt)
    with pytest.raises(EmbedderUnavailable, match=r"model\.safetensors was changed"):
        get_embedder()
    result = search("harbour crane", OPEN)
    assert {hit.name for hit in result.hits} == {"harbour"}
    assert "second is refused: model.safetensors was changed" in result.notices[0]
    assert result.notices[0].endswith("The search went by words only.")
    assert "embedder" not in dict(result.models)
    serving.point("embedder", None)
    assert search("harbour crane", OPEN).notices == ()


class Following:
    """A host in this process, with a pointer that the test moves."""

    def __init__(self, path: object) -> None:
        self.at = BASE
        self.loads = 0
        self.host = EmbeddingHost(self._load(self.at), threads=1, serves=self.at.key)
        self.server = _Server(path, self.host)  # type: ignore[arg-type]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(
            target=self.host.follow_for_ever, args=(lambda: self.at, self._load), daemon=True
        ).start()

    def _load(self, at: Pointer) -> LocalEmbedder:
        self.loads += 1
        return LocalEmbedder(pointed_model(at))


@pytest.fixture
def following(settings: LazySettings, tmp_path: object) -> Iterator[Following]:
    settings.EMBEDDER_SOCKET = tmp_path / "e.sock"  # type: ignore[operator]
    running = Following(settings.EMBEDDER_SOCKET)
    yield running
    running.at = BASE
    running.server.shutdown()
    running.server.server_close()
    settings.EMBEDDER_SOCKET.unlink(missing_ok=True)


def here() -> LocalEmbedder:
    pytest.fail("loaded here")


def pointer_of(model: ModelFolder) -> Pointer:
    return Pointer(model.path, model.digest)


def test_the_host_follows_the_pointer_and_callers_wait_for_it(
    following: Following, second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = find_host(BASE.key, here)
    assert isinstance(old, HostEmbedder)
    assert old.name == BASE_NAME
    key = pointer_of(second).key
    with pytest.raises(EmbedderChanged, match="still changing"):
        find_host(key, here, wait_seconds=0.0)
    following.at = pointer_of(second)
    new = find_host(key, here)
    assert new is not None
    assert new.name == f"second@{second.digest[:12]}"
    assert following.host.embedder.name == new.name
    assert new.encode(["a", "b"], is_query=False).shape == (2, 384)
    with pytest.raises(EmbedderChanged, match="changed in the middle"):
        old.encode(["a"], is_query=True)


def test_a_model_made_ready_takes_over_without_being_loaded_again(
    following: Following, second: ModelFolder
) -> None:
    following.host.make_ready(pointer_of(second), following._load)
    assert following.loads == 2
    following.at = pointer_of(second)
    began = time.monotonic()
    assert find_host(following.at.key, here) is not None
    assert time.monotonic() - began < 2.5
    assert following.loads == 2
    assert make_host_ready(None)
    assert not make_host_ready(ModelFolder(second.path, "embedder", "nobody", "ff", {}))


def test_the_host_keeps_its_model_when_the_new_one_is_refused_and_says_why(
    following: Following, spoilt: ModelFolder
) -> None:
    following.at = pointer_of(spoilt)
    with pytest.raises(EmbedderUnavailable, match=r"model\.safetensors was changed"):
        find_host(following.at.key, here)
    following.at = BASE
    found = find_host(BASE.key, here)
    assert found is not None
    assert found.encode(["still here"], is_query=True).shape == (1, 384)


def test_the_memory_of_a_replaced_model_is_given_back(
    following: Following, second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.embedding_host.FREE_AFTER_SECONDS", 0.0)
    old = weakref.ref(following.host.embedder)
    asked = find_host(BASE.key, here)
    assert asked is not None
    asked.encode(["one", "two"], is_query=False)
    following.at = pointer_of(second)
    find_host(following.at.key, here)
    ends = time.monotonic() + 20
    while old() is not None and time.monotonic() < ends:
        time.sleep(0.1)
    assert old() is None


def test_a_process_with_a_model_of_its_own_does_not_wait_for_the_host(
    following: Following, second: ModelFolder
) -> None:
    assert find_host(Pointer(second.path).key, here) is None


def test_a_search_between_two_models_looks_once_more(
    texts: Callable[..., list[Document]], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()
    whole = search("sick people", OPEN)
    real, asked = embedding.get_embedder, []

    def just_changed() -> object:
        asked.append(1)
        if len(asked) == 1:
            raise EmbedderChanged("It was changed.")
        return real()

    monkeypatch.setattr("retrieval.search.get_embedder", just_changed)
    again = search("sick people", OPEN)
    assert (again.hits, again.notices, len(asked)) == (whole.hits, (), 2)
    assert dict(again.models) == {"embedder": BASE_NAME}


def test_no_other_process_is_asked_where_nobody_listens(settings: LazySettings, tmp_path: object) -> None:
    settings.EMBEDDER_SOCKET = tmp_path / "nobody.sock"  # type: ignore[operator]
    assert not embedding_host_client.make_host_ready(None)
