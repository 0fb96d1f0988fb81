"""Prompts are files with versions, and what fills them cannot reach beyond its place."""

import hashlib

import pytest

from donovan.llm.prompts import FOLDER, load_prompt


@pytest.mark.parametrize("name", ["ask", "summarize", "translate"])
def test_every_prompt_has_an_identity_and_a_digest(name: str) -> None:
    prompt = load_prompt(name)
    assert prompt.identity == f"{name}.v{prompt.version}"
    assert prompt.digest == hashlib.sha256(prompt.text.encode()).hexdigest()
    assert "\n---\n" in prompt.text


def test_an_unknown_prompt_or_version_is_an_error() -> None:
    with pytest.raises(LookupError):
        load_prompt("missing")
    with pytest.raises(LookupError):
        load_prompt("translate", 99)


def test_a_value_is_not_read_for_places() -> None:
    rendered = load_prompt("translate", 1).render(
        source="French", target="English", text="$target ${source} $$"
    )
    assert "$target ${source} $$" in rendered


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        load_prompt("translate", 1).render(text="x")


def test_every_file_in_the_folder_is_a_prompt() -> None:
    for path in FOLDER.glob("*.txt"):
        name, version, _ = path.name.split(".")
        assert load_prompt(name, int(version[1:])).text
