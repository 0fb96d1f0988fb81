"""Work done in a subprocess comes back as data, and what goes wrong there comes back as a sentence."""

from pathlib import Path

import pytest

from ingest.work.errors import Refused
from ingest.work.subprocesses import run_subprocess

MODULE = """
import sys, time
from ingest.work.subprocesses import serve
from ingest.work.errors import Refused

def answer(request):
    print("a library chats")
    if request["do"] == "refuse":
        raise Refused("There are no rows.")
    if request["do"] == "break":
        raise IndexError("words of a secret document")
    if request["do"] == "fill":
        return {"size": len(bytearray(3_000_000_000))}
    if request["do"] == "sleep":
        time.sleep(60)
    return {"given": request["do"]}

serve(answer)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "worked_apart.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "worked_apart"


def sentence(module: str, what: str, seconds: float = 30) -> str:
    with pytest.raises(Refused) as refused:
        run_subprocess(module, {"do": what}, seconds=seconds, megabytes=1000)
    return refused.value.sentence


def test_the_answer_comes_back_whatever_libraries_print(module: str) -> None:
    assert run_subprocess(module, {"do": "work"}, seconds=30, megabytes=1000) == {"given": "work"}


def test_a_refusal_keeps_its_sentence(module: str) -> None:
    assert sentence(module, "refuse") == "There are no rows."


def test_a_defect_is_named_without_the_words_it_met(module: str) -> None:
    said = sentence(module, "break")
    assert "IndexError" in said
    assert "secret" not in said


def test_too_much_memory_and_too_much_time_end_the_work_alone(module: str) -> None:
    assert "memory" in sentence(module, "fill")
    assert "stopped after 2 seconds" in sentence(module, "sleep", seconds=2)
