"""A translation whose process is killed loses nothing of what was kept, and says no sentence twice."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from donovan.llm.apertium import ApertiumTranslator
from tests.assistant.translating_child import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not ApertiumTranslator().can_translate("es", "en"), reason="Apertium's pair spa-eng is not installed"
    ),
]


def test_a_translation_goes_on_where_its_process_was_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "DONOVAN_DATA": str(tmp_path), "DONOVAN_IS_SCRATCH": "1"}
    environment |= {"DJANGO_SETTINGS_MODULE": "donovan.settings"}
    environment.pop("DONOVAN_DATABASE_URL", None)

    def child(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.assistant.translating_child", *words]
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    answer = child("make").communicate()[0].splitlines()[-1]
    for _kill in range(2):
        before, running = kept_in(tmp_path), child("go", answer)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while kept_in(tmp_path) <= before and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    kept = kept_in(tmp_path)
    assert 0 < kept < SENTENCES

    end: dict[str, Any] = json.loads(child("go", answer).communicate()[0].splitlines()[-1])
    assert end["state"] == "done"
    assert end["made"] == SENTENCES - kept
    assert end["kept"] == 0
    assert all(end["text"].count(f"K-{number:04}") == 1 for number in range(SENTENCES))


def kept_in(data: Path) -> int:
    """How many sentences are kept in the database of an installation."""
    (path,) = data.glob("*.sqlite3")
    with closing(sqlite3.connect(path, timeout=30)) as database:
        rows = database.execute("SELECT segments FROM assistant_translatedchunk").fetchall()
    return sum(len(json.loads(segments)) for (segments,) in rows)
