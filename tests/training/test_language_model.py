"""Training an adapter: the same to the bit after a kill, the same in llama.cpp, and refused with a sentence.

Most rules are told with a model of two layers; that the way between both forms is right is told with the
real one too.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from donovan.llm.engine import Engine
from donovan.llm.interface import GenerationRequest, Message, ModelUnavailable
from donovan.llm.vocabulary import vocabulary_of
from donovan.llm.weights import Weights, packaged_weights
from donovan.training.contract import Progress, Stopped, Trained, TrainingRefused
from tests.llm.tiny_adapter import adapter_at
from tests.training.tiny_model import write_tiny_model

FACTS = [
    ("What is the capital of Norland?", "Nordhaven", "Capital > name: Nordhaven"),
    ("How long is the coastline of Norland?", "412 km", "Coastline: 412 km"),
    ("What is the total area of Sudmark?", "9,120 sq km", "Area > total: 9,120 sq km"),
    ("Who is the chief of state of Sudmark?", "President Ada VALE", "Chief of state: President Ada VALE"),
]
QUICK = {"epochs": 2, "batch": 2, "longest_prompt": 128, "checkpoint_every": 1, "rank": 4, "threads": 1}


def corrected(number: int = 0) -> list[dict[str, Any]]:
    """Four corrected answers, as a data set gives them."""
    return [
        {
            "id": f"{number}-{index}",
            "task": "answer",
            "input": {"question": question, "context": [f"Country — Facts\n{line}"], "draft": ""},
            "value": {"answer": f"It is {answer}."},
            "weight": 1.0,
        }
        for index, (question, answer, line) in enumerate(FACTS)
    ]


def preferences() -> list[dict[str, Any]]:
    """Four preferences for the short answer."""
    return [
        {
            "id": f"p{index}",
            "task": "preference",
            "input": {
                "question": question,
                "context": [f"- [Country — Facts] {line}"],
                "a": f"It is {answer}.",
                "b": "There are many things to be said about that.",
            },
            "value": {"preferred": "a", "strength": 2, "why": ""},
            "weight": 1.0,
        }
        for index, (question, answer, line) in enumerate(FACTS)
    ]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return write_tiny_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture
def _tiny_serves(settings: LazySettings, tiny: Weights) -> None:
    settings.LLM_MODEL, settings.LLM_DIGEST = str(tiny.path), tiny.digest


def train(
    rows: list[dict[str, Any]],
    work: Path,
    *,
    told: list[Progress] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
    **settings: Any,
) -> Trained:
    from donovan.training.trainers.language_model import train_llm

    return train_llm(
        rows,
        rows[:2],
        work=work,
        settings={**QUICK, **settings},
        seed=7,
        on_progress=(told if told is not None else []).append,
        is_stopped=is_stopped,
    )


def written(trained: Trained, folder: Path) -> bytes:
    folder.mkdir()
    trained.fill(folder)
    return (folder / "adapter.gguf").read_bytes()


@pytest.mark.usefixtures("_tiny_serves")
class TestTraining:
    def test_it_learns_and_says_how_far_it_is(self, tmp_path: Path) -> None:
        told: list[Progress] = []
        trained = train(corrected(), tmp_path / "work", told=told, epochs=12, learning_rate=0.01)
        assert trained.metrics["dev_loss"] < trained.metrics["dev_loss_before"]
        assert trained.metrics["examples"] == 4
        steps = [progress.step for progress in told]
        assert steps == sorted(steps)
        assert told[-1].step == told[-1].total_steps == 24

    def test_stopped_and_gone_on_it_ends_the_same_to_the_byte(self, tmp_path: Path) -> None:
        rows = corrected() + preferences()
        whole = written(train(rows, tmp_path / "whole"), tmp_path / "a")
        seen: list[Progress] = []
        for _ in range(2):
            until = len(seen) + 4
            with pytest.raises(Stopped):
                train(rows, tmp_path / "parts", told=seen, is_stopped=lambda: len(seen) >= until)  # noqa: B023
        assert written(train(rows, tmp_path / "parts", told=seen), tmp_path / "b") == whole

    def test_a_torn_checkpoint_costs_one_checkpoint(self, tmp_path: Path) -> None:
        rows = corrected()
        whole = written(train(rows, tmp_path / "whole"), tmp_path / "a")
        train(rows, tmp_path / "torn")
        last = sorted((tmp_path / "torn" / "checkpoints").iterdir())[-1] / "tensors.safetensors"
        last.write_bytes(last.read_bytes()[:100])
        told: list[Progress] = []
        assert written(train(rows, tmp_path / "torn", told=told), tmp_path / "b") == whole
        assert [progress.step for progress in told if progress.words == "learning"] == [4]

    def test_other_examples_do_not_go_on_from_an_old_checkpoint(self, tmp_path: Path) -> None:
        train(corrected(), tmp_path / "work")
        rows = corrected(1)
        rows[0]["value"]["answer"] = "The capital of Norland is Nordhaven."
        again = written(train(rows, tmp_path / "work"), tmp_path / "a")
        assert again == written(train(rows, tmp_path / "fresh"), tmp_path / "b")

    def test_a_loss_that_is_no_number_is_refused_before_the_weights_are_touched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from donovan.training.trainers.language_model import learning

        real, given = learning.supervised_loss, []

        def breaks_at_the_third(*arguments: Any) -> Any:
            given.append(1)
            return real(*arguments) * (float("nan") if len(given) == 3 else 1.0)

        monkeypatch.setattr(learning, "supervised_loss", breaks_at_the_third)
        work = tmp_path / "work"
        with pytest.raises(TrainingRefused, match="Lower learning_rate"):
            train(corrected(), work)
        gone_on = train(corrected(), work)
        monkeypatch.undo()
        assert written(gone_on, tmp_path / "one") == written(
            train(corrected(), tmp_path / "other"), tmp_path / "two"
        )

    def test_nothing_is_pickled(self, tmp_path: Path) -> None:
        train(corrected(), tmp_path / "work")
        kinds = {path.suffix for path in (tmp_path / "work").rglob("*") if path.is_file()}
        assert kinds == {".json", ".safetensors"}

    def test_preferences_make_the_preferred_answer_likelier(self, tmp_path: Path) -> None:
        trained = train(
            preferences(), tmp_path / "work", epochs=12, preference_learning_rate=0.005, likelihood=0.0
        )
        # The logarithm of two: an untouched model prefers neither.
        assert trained.metrics["dev_preference_loss"] < np.log(2)

    def test_the_same_adapter_says_the_same_in_llama_cpp(self, tmp_path: Path, tiny: Weights) -> None:
        trained = train(corrected(), tmp_path / "work", epochs=12, learning_rate=0.01)
        written(trained, tmp_path / "out")
        assert_same_chances(tiny, tmp_path, least=0.9999, options={**QUICK, "epochs": 12})

    def test_the_manifest_names_base_and_settings(self, tmp_path: Path, tiny: Weights) -> None:
        (tmp_path / "out").mkdir()
        facts = train(corrected(), tmp_path / "work").fill(tmp_path / "out")
        assert facts["base_digest"] == tiny.digest
        assert facts["settings"]["rank"] == 4
        assert facts["seed"] == 7

    def test_an_answer_that_was_not_in_what_was_shown_is_not_learned(self, tmp_path: Path) -> None:
        rows = corrected() + corrected(1)
        for row in rows[:4]:
            row["value"]["answer"] = "Purple elephants dance beneath seventeen moons."
        assert train(rows, tmp_path / "work").metrics["left_out"] == 4

    def test_too_little_is_refused_with_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingRefused, match="at least 4"):
            train(corrected()[:2], tmp_path / "work")

    @pytest.mark.parametrize(
        ("name", "value"), [("rank", 0), ("rank", 2.5), ("epochs", True), ("forms", ["x"]), ("speed", 3)]
    )
    def test_a_setting_that_cannot_be_is_named(self, tmp_path: Path, name: str, value: object) -> None:
        with pytest.raises(TrainingRefused, match=name):
            train(corrected(), tmp_path / "work", **{name: value})

    def test_a_base_model_that_was_changed_is_not_read(self, tmp_path: Path, settings: LazySettings) -> None:
        settings.LLM_DIGEST = "4" * 64
        with pytest.raises(ModelUnavailable, match="not the expected one"):
            train(corrected(), tmp_path / "work")

    def test_a_base_model_that_lacks_a_matrix_is_refused_rather_than_made_up(
        self, tmp_path: Path, settings: LazySettings
    ) -> None:
        torn = write_tiny_model(tmp_path / "torn.gguf", without="blk.1.ffn_up.weight")
        settings.LLM_MODEL, settings.LLM_DIGEST = str(torn.path), torn.digest
        with pytest.raises(TrainingRefused, match="not read in full"):
            train(corrected(), tmp_path / "work")


def assert_same_chances(
    weights: Weights, folder: Path, *, least: float, options: dict[str, Any] | None = None
) -> None:
    """The adapter in `folder`/out, trained into the checkpoint in `folder`/work, gives the next word the same
    chances in llama.cpp and in transformers, and other ones than the base model alone.
    """
    import torch
    from trl.trainer.utils import use_adapter

    from donovan.llm.adapting import take_over
    from donovan.training.checkpoints import load_last
    from donovan.training.trainers.language_model.base import adapter_tensors, load_base, with_adapter
    from donovan.training.trainers.language_model.options import read_options

    model = with_adapter(load_base(weights), read_options(options or QUICK), 7)
    last = load_last(folder / "work")
    assert last is not None
    kept = last.tensors()
    with torch.no_grad():
        for name, tensor in adapter_tensors(model).items():
            tensor.copy_(kept[f"adapter.{name}"])
    messages = (Message("system", "Answer."), Message("user", "What is the capital of Norland?"))
    tokens = vocabulary_of(weights).prompt(messages)

    def theirs() -> Any:
        with torch.no_grad():
            return model(torch.tensor([tokens])).logits[0, -1].numpy()

    engine = Engine(weights, context_tokens=512, threads=1)
    alone = np.array(engine.chances_after(tokens))
    adapter = adapter_at(folder / "out" / "adapter.gguf")
    engine.use(take_over(os.open(adapter.path, os.O_RDONLY), adapter.digest))
    adapted = np.array(engine.chances_after(tokens))
    with_it = theirs()
    with use_adapter(model, None):
        without = theirs()
    # llama.cpp rounds what passes between layers, so the model alone differs a little already: what the
    # adapter changes is compared.
    assert np.corrcoef(adapted, with_it)[0, 1] > least
    assert np.corrcoef(adapted - alone, with_it - without)[0, 1] > least
    engine.use(None)
    assert engine.chances_after(tokens) == alone.tolist()
    assert list(engine.generate(GenerationRequest(messages, 2), lambda: False))


@pytest.mark.long
@pytest.mark.model
def test_the_real_model_is_trained_and_says_the_same_in_llama_cpp(tmp_path: Path) -> None:
    trained = train(corrected(), tmp_path / "work", learning_rate=0.005, epochs=2, longest_prompt=80)
    written(trained, tmp_path / "out")
    assert_same_chances(packaged_weights(), tmp_path, least=0.98)
