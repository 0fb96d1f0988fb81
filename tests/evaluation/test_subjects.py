"""What is measured, named in words and resolved once."""

from pathlib import Path

import pytest

from donovan.evaluation.errors import UnusableData
from donovan.evaluation.subjects import Subject, subject_of
from donovan.llm.prompts import load_prompt, use_prompts
from retrieval.model_folders import ROLES, ModelFolder, ModelTampered, write_model
from retrieval.serving import point

pytestmark = pytest.mark.django_db


def made(role: str, name: str) -> ModelFolder:
    def fill(folder: Path) -> dict[str, str]:
        (folder / "notes.txt").write_text(name)
        return {}

    return write_model(role, name, fill)


def test_base_is_no_trained_model_in_any_role() -> None:
    point("embedder", made("embedder", "nine"))
    base = subject_of(["base"])
    assert set(base.environment().values()) == {"base"}
    assert base.digest != subject_of().digest


def test_current_is_what_serves_now_and_stays_so_when_a_pointer_moves() -> None:
    model = made("verifier", "four")
    point("verifier", model)
    subject = subject_of()
    point("verifier", None)
    assert subject.environment()["DONOVAN_SERVE_VERIFIER"] == str(model.path)
    assert subject_of().environment()["DONOVAN_SERVE_VERIFIER"] == "base"


def test_a_name_puts_one_model_in_its_role_and_leaves_the_others() -> None:
    point("reranker", made("reranker", "two"))
    candidate = made("embedder", "ten")
    subject = subject_of(["embedder/ten"])
    assert subject.models["embedder"].digest == candidate.digest
    assert subject.models["reranker"].name == "two"
    assert subject_of(["base", "embedder/ten"]).models["reranker"].name == "base"


def test_a_subject_comes_back_from_json_with_the_same_digest() -> None:
    made("triage", "one")
    subject = subject_of(["triage/one"], ["ask.v1"])
    assert Subject.from_json(subject.as_json()) == subject
    assert Subject.from_json(subject.as_json()).digest == subject.digest


def test_a_folder_changed_since_is_refused() -> None:
    model = made("llm", "adapter")
    subject = subject_of(["llm/adapter"])
    (model.path / "notes.txt").write_text("changed")
    with pytest.raises(ModelTampered, match="was changed"):
        subject.check()


@pytest.mark.parametrize(
    "word", ["nothing", "embedder", "embedder/none", "../etc/passwd", "cook/nine", "embedder/.."]
)
def test_words_that_name_nothing_are_told(word: str) -> None:
    with pytest.raises(UnusableData):
        subject_of([word])


@pytest.mark.parametrize("prompt", ["ask", "ask.v99", "cook.v1", "ask.vx"])
def test_prompts_that_do_not_exist_are_told(prompt: str) -> None:
    with pytest.raises(UnusableData):
        subject_of(["base"], [prompt])


def test_a_chosen_prompt_version_is_used_where_none_is_asked_for() -> None:
    try:
        use_prompts({"ask": 1})
        assert load_prompt("ask").identity == "ask.v1"
        use_prompts({"ask": 99})
        with pytest.raises(LookupError):
            load_prompt("ask")
    finally:
        use_prompts({})


def test_every_role_has_its_variable() -> None:
    assert set(subject_of(["base"]).environment()) == {f"DONOVAN_SERVE_{role.upper()}" for role in ROLES}
