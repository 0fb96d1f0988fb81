"""The demonstration as it is shown: load it, ask as three analysts, and each sees what they may see.

Everything runs as a newcomer runs it: the commands, the real Tesseract, MiniLM and SmolLM2, each in a
process of its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.demo.conftest import Json
from tests.support.demonstration import ROOT

pytestmark = [pytest.mark.model]

# Enough for what is asked in every run: one order that not everybody may read, and one report for all.
SMALL = ("frago-04", "sitrep-01")
# Enough for all the questions below, of every marking and from scans of every kind.
NEEDED = (
    "sitrep-01", "sitrep-03", "sitrep-06", "sitrep-11", "sitrep-13", "intsum-07", "frago-04", "note-corvina",
    "carta-", "obavestenje-", "notes-liaison", "port-schedule", "mail-corvina",
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """A data folder with the demonstration in it, and what it was loaded from."""

    environment: dict[str, str]
    manifest: Json
    folder: Path

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{' '.join(arguments)}: {result.stderr[-2000:]}"
        return result.stdout

    def ask(self, question: str, username: str) -> dict[str, Any]:
        return dict(json.loads(self.manage("ask", question, "--as", username, "--json")))


@pytest.fixture(scope="module")
def loaded(demo: Path, manifest: Json, request: pytest.FixtureRequest) -> Iterator[Loaded]:
    """The demonstration loaded once, with the model host and the embedding host at work. Where none of the
    long tests runs, only the small part of it that the others ask about.
    """
    is_whole = any(
        item.path == request.path and item.get_closest_marker("long") for item in request.session.items
    )
    needed = NEEDED if is_whole else SMALL
    with tempfile.TemporaryDirectory(prefix="donovan-demo-") as place:
        folder = Path(place) / "demo"
        wanted = [entry for entry in manifest if Path(entry["path"]).name.startswith(needed)]
        folder.mkdir()
        for entry in wanted:
            (folder / entry["path"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / entry["path"]).write_bytes((demo / entry["path"]).read_bytes())
        (folder / "manifest.json").write_text(json.dumps(wanted), encoding="utf-8")
        loaded = Loaded({**os.environ, "DONOVAN_DATA": str(Path(place) / "data")}, wanted, folder)
        loaded.manage("migrate", "--verbosity", "0")
        hosts = [start(loaded, "run_embedding_host"), start(loaded, "run_model_host")]
        try:
            wait_for_sockets(Path(place) / "data", hosts)
            loaded.manage("load_demo", str(folder))
            yield loaded
        finally:
            for host in hosts:
                host.send_signal(signal.SIGTERM)
            for host in hosts:
                host.wait(timeout=30)


def start(loaded: Loaded, command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=loaded.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_sockets(data: Path, hosts: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 120
    while len(list(data.rglob("*.sock"))) < len(hosts):
        assert time.monotonic() < deadline, "the hosts did not come up"
        assert all(host.poll() is None for host in hosts), "a host ended by itself"
        time.sleep(0.2)


def words_of(answer: dict[str, Any]) -> str:
    """The supported claims of an answer in one string, white space counted once."""
    return " ".join(" ".join(claim["text"] for claim in answer["claims"] if claim["supported"]).split())


@pytest.mark.long
def test_loading_again_adds_nothing(loaded: Loaded) -> None:
    said = loaded.manage("load_demo", str(loaded.folder))
    assert said == f"The demonstration is loaded: {len(loaded.manifest)} documents.\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did the weir above Sutina fail?", "0420 on 3 September"),
        ("What daily rate was agreed with Brodar Trade for a lorry?", "310 dollars"),
        ("Who holds the key of the old dairy?", "Ivo Lukan"),
        ("¿Cuál es la causa más probable del brote según el Ministerio de Sanidad?", "norovirus"),
        ("Када је затворен бунар број 3 у логору Јасен?", "15. септембра"),
    ],
    ids=["clean-scan", "aged-scan", "annex-of-a-mixed-file", "spanish-scan", "cyrillic-scan"],
)
def test_scans_answer_an_unclassified_analyst(
    loaded: Loaded, question: str, expected: str, questions: Json
) -> None:
    gold = next(each for each in questions if each["question"] == question)["answers"]["ben"]
    assert expected in gold["expected"]
    answer = loaded.ask(question, "ben")
    assert answer["ending"] == "answered"
    assert expected in words_of(answer)


def check_answers(loaded: Loaded, question: str, expected: dict[str, str | None], questions: Json) -> None:
    """Each of these people gets the answer that the truth of the demonstration has for them, or none."""
    gold = next(each for each in questions if each["question"] == question)["answers"]
    for username, words in expected.items():
        answer = loaded.ask(question, username)
        assert gold[username]["refused"] is (words is None)
        assert (answer["ending"] != "answered") is (words is None), (username, answer["answer"])
        if words is not None:
            assert words in words_of(answer), username


def test_a_code_word_is_told_to_those_who_may_know_it(loaded: Loaded, questions: Json) -> None:
    people = {"ana": "COPPER LANTERN", "chloe": None, "ben": None}
    check_answers(loaded, "What is the code word for the withdrawal?", people, questions)


@pytest.mark.long
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many containers did MV Corvina Star discharge?", {"ana": "216"}),
        (
            "What was the free chlorine at Sutina from 9 September on?",
            {"ana": "0.05 milligrams", "chloe": "0.05 milligrams", "ben": None},
        ),
    ],
    ids=["containers", "chlorine"],
)
def test_the_same_question_has_the_answer_of_each_clearance(
    loaded: Loaded, question: str, expected: dict[str, str | None], questions: Json
) -> None:
    check_answers(loaded, question, expected, questions)


@pytest.mark.long
def test_what_only_a_compartment_knows_reaches_nobody_else(loaded: Loaded) -> None:
    """Neither claim, citation nor marking of an answer shows that there was more."""
    for username in ("chloe", "rita"):
        answer = loaded.ask("Which weapons were landed from MV Corvina Star for Goran Veselin?", username)
        assert "rifle" not in json.dumps(answer).lower()
        assert "HARBOR" not in json.dumps(answer)


@pytest.mark.long
def test_the_outsider_is_told_nothing(loaded: Loaded) -> None:
    answer = loaded.ask("When did the weir above Sutina fail?", "omar")
    assert answer["refused"]
    assert answer["claims"] == []


@pytest.mark.long
def test_what_no_document_says_is_not_answered(loaded: Loaded) -> None:
    assert loaded.ask("How many helicopters did Norway send?", "ana")["ending"] != "answered"
