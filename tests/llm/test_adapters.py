"""An adapter over the running model: used, left, lost with its host and given back, refused when changed."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.llm import get_language_model
from donovan.llm.adapters import Adapter, joint_digest, joint_name, served_adapter
from donovan.llm.hosted import HostedModel, HostKeeper
from donovan.llm.interface import Finished, GenerationRequest, Message, ModelUnavailable, Restarted, Token
from donovan.llm.launch import HostPlan
from donovan.llm.weights import PACKAGED_DIGEST, packaged_weights
from retrieval import serving
from retrieval.model_folders import ModelFolder, write_model
from tests.llm.contract import ProviderContract, asking, text_of
from tests.llm.test_model_host import host_process
from tests.llm.tiny_adapter import WIDTH, adapter_at, write_adapter

LOADED_WITHIN_SECONDS = 2.0


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> HostPlan:
    folder = tmp_path_factory.mktemp("host")
    return HostPlan(packaged_weights(), folder / "run" / "llm.sock", folder, 2048, os.cpu_count() or 1)


@pytest.fixture(scope="module")
def keeper() -> Iterator[HostKeeper]:
    made = HostKeeper(supervisor_seconds=0.2)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    return adapter_at(write_adapter(tmp_path_factory.mktemp("adapter") / "adapter.gguf"))


@pytest.fixture(scope="module")
def base(plan: HostPlan, keeper: HostKeeper) -> HostedModel:
    return HostedModel(plan, keeper)


@pytest.fixture(scope="module")
def adapted(plan: HostPlan, keeper: HostKeeper, adapter: Adapter) -> HostedModel:
    return HostedModel(plan, keeper, adapter=adapter)


def told(model: HostedModel, **options: object) -> str:
    return text_of(list(model.generate(asking("Describe a harbour.", max_tokens=24, **options))))


@pytest.mark.model
class TestAdaptedModel(ProviderContract):
    @pytest.fixture
    def model(self, adapted: HostedModel) -> HostedModel:
        return adapted


@pytest.mark.model
def test_an_adapter_changes_the_text_and_leaving_it_brings_the_old_text_back(
    base: HostedModel, adapted: HostedModel
) -> None:
    before = told(base)
    with_it = told(adapted)
    assert with_it != before
    assert told(base) == before
    assert told(adapted) == with_it


@pytest.mark.model
def test_two_adapters_and_none_take_turns_without_a_trace(
    plan: HostPlan, keeper: HostKeeper, base: HostedModel, adapted: HostedModel, tmp_path: Path
) -> None:
    other = HostedModel(plan, keeper, adapter=adapter_at(write_adapter(tmp_path / "b.gguf", seed=2), "other"))
    texts = {model.name: told(model) for model in (base, adapted, other)}
    assert len(set(texts.values())) == 3
    for model in (other, base, adapted, base, other):
        assert told(model) == texts[model.name]


@pytest.mark.model
def test_nothing_that_the_base_model_read_is_taken_up_by_an_adapter(
    base: HostedModel, adapted: HostedModel
) -> None:
    instructions = Message("system", "Answer from the facts alone. " * 12)
    request = GenerationRequest((instructions, Message("user", "Where?")), 4, requester="ben")
    list(base.generate(request))
    end = list(adapted.generate(request))[-1]
    assert isinstance(end, Finished)
    assert end.reused_tokens == 0
    end = list(adapted.generate(request))[-1]
    assert isinstance(end, Finished)
    assert end.reused_tokens > 60


@pytest.mark.model
def test_a_host_that_dies_comes_back_and_is_given_the_adapter_again(
    adapted: HostedModel, keeper: HostKeeper
) -> None:
    whole = told(adapted)
    host_process(keeper).kill()
    assert told(adapted) == whole
    events: list[object] = []
    for event in adapted.generate(asking("Describe a harbour.", max_tokens=24)):
        events.append(event)
        is_first = not any(isinstance(seen, Restarted) for seen in events)
        if is_first and sum(isinstance(seen, Token) for seen in events) == 3:
            host_process(keeper).kill()
    assert sum(isinstance(event, Restarted) for event in events) == 1
    assert text_of(events) == whole


@pytest.mark.model
def test_an_adapter_is_there_within_two_seconds(
    plan: HostPlan, keeper: HostKeeper, base: HostedModel, tmp_path: Path
) -> None:
    told(base, requester="ana")
    started = time.monotonic()
    told(base)
    plainly = time.monotonic() - started
    new = HostedModel(plan, keeper, adapter=adapter_at(write_adapter(tmp_path / "c.gguf", seed=3), "new"))
    started = time.monotonic()
    assert told(new)
    assert time.monotonic() - started - plainly < LOADED_WITHIN_SECONDS


@pytest.mark.model
def test_an_adapter_that_was_changed_is_refused_and_the_base_model_does_not_answer_for_it(
    plan: HostPlan, keeper: HostKeeper, base: HostedModel, tmp_path: Path
) -> None:
    whole = adapter_at(write_adapter(tmp_path / "d.gguf", seed=4))
    content = bytearray(whole.path.read_bytes())
    content[-5] ^= 1
    whole.path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="not the recorded one"):
        told(HostedModel(plan, keeper, adapter=whole))
    assert told(base)


@pytest.mark.model
def test_an_adapter_that_is_gone_is_named(plan: HostPlan, keeper: HostKeeper, tmp_path: Path) -> None:
    gone = Adapter(tmp_path / "gone.gguf", "0" * 64, "gone")
    with pytest.raises(ModelUnavailable, match="gone"):
        told(HostedModel(plan, keeper, adapter=gone))


@pytest.mark.model
def test_an_adapter_for_a_model_of_another_shape_is_refused(
    plan: HostPlan, keeper: HostKeeper, base: HostedModel, tmp_path: Path
) -> None:
    before = told(base)
    wrong = adapter_at(write_adapter(tmp_path / "e.gguf", width=WIDTH // 2))
    with pytest.raises(ModelUnavailable, match="does not fit"):
        told(HostedModel(plan, keeper, adapter=wrong))
    assert told(base) == before


def test_a_name_and_a_digest_say_which_base_and_which_adapter() -> None:
    one, two = Adapter(Path("a"), "1" * 64, "one"), Adapter(Path("b"), "2" * 64, "two")
    assert joint_name("base", None) == "base"
    assert joint_name("base", one) == "base+one"
    assert joint_digest(PACKAGED_DIGEST, None) == PACKAGED_DIGEST
    digests = {joint_digest(PACKAGED_DIGEST, adapter) for adapter in (None, one, two)}
    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)


def written(name: str, **facts: object) -> ModelFolder:
    """An adapter as training writes it."""

    def fill(folder: Path) -> dict[str, object]:
        write_adapter(folder / "adapter.gguf", seed=len(name))
        return {"base_digest": PACKAGED_DIGEST, **facts}

    return write_model("llm", name, fill)


@pytest.fixture
def _own_models(settings: LazySettings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    settings.LLM_PROVIDER = "embedded"
    settings.LLM_MODEL = ""


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_models")
class TestPointer:
    def test_without_a_pointer_the_base_model_serves(self) -> None:
        assert served_adapter(packaged_weights()) is None
        assert get_language_model().digest == PACKAGED_DIGEST

    def test_a_promoted_adapter_serves_from_the_next_request_on_and_is_named(self) -> None:
        model = written("corrected-1")
        serving.point("llm", model)
        serving_now = get_language_model()
        assert serving_now.name == "SmolLM2-135M-Instruct.Q4_1+corrected-1"
        assert serving_now.digest not in ("", PACKAGED_DIGEST)
        serving.point("llm", None)
        assert get_language_model().digest == PACKAGED_DIGEST

    def test_settings_of_one_process_come_before_the_pointer(self, settings: LazySettings) -> None:
        serving.point("llm", written("promoted"))
        settings.SERVED_INSTEAD = {"llm": str(written("candidate-2").path)}
        assert get_language_model().name.endswith("+candidate-2")
        settings.SERVED_INSTEAD = {"llm": "base"}
        assert get_language_model().digest == PACKAGED_DIGEST

    def test_an_adapter_of_another_base_model_is_refused(self) -> None:
        serving.point("llm", written("stranger", base_digest="3" * 64))
        with pytest.raises(ModelUnavailable, match="trained over another language model"):
            get_language_model()

    def test_a_folder_that_was_changed_is_refused(self) -> None:
        model = written("touched-3")
        serving.point("llm", model)
        (model.path / "adapter.gguf").write_bytes(b"GGUF but another")
        with pytest.raises(ModelUnavailable, match="was changed after it was written"):
            get_language_model()

    def test_a_folder_without_an_adapter_is_refused(self) -> None:
        def fill(folder: Path) -> dict[str, object]:
            (folder / "notes.txt").write_text("nothing")
            return {"base_digest": PACKAGED_DIGEST}

        serving.point("llm", write_model("llm", "empty", fill))
        with pytest.raises(ModelUnavailable, match=r"adapter\.gguf"):
            get_language_model()
