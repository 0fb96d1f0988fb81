"""A page that fails is told in the log: where it failed, and not one word of what it failed at."""

import json
import logging
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from donovan.access.models import User
from donovan.library.views import search
from donovan.ui import error_log
from ingest.places import places_in
from ingest.work import registry, running
from ingest.work.registry import Calling, Kind
from ingest.work.services import enqueue

ROOT = Path(__file__).resolve().parents[2]
WORDS = "zanzibarfisch"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the handlers of Django's logger write."""
    written = StringIO()
    handler = logging.getLogger("django").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def failing_client(
    client_for: Callable[[User], Client], ana: User, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Ana's browser, and a search that fails with her words in the error."""

    def fails(*_arguments: object, **_options: object) -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"nothing is known of {WORDS}") from error

    monkeypatch.setattr(search, "render", fails)
    client = client_for(ana)
    client.raise_request_exception = False
    return client


def test_the_log_says_where_a_page_failed_and_not_at_what(failing_client: Client, log: StringIO) -> None:
    response = failing_client.get("/search/", {"q": WORDS})
    assert response.status_code == 500
    assert "Nothing you handed in was lost" in response.content.decode()
    told = log.getvalue()
    assert told.count("ERROR django.request: Internal Server Error: /search/\n") == 1
    assert "donovan/library/views/search.py:" in told
    assert told.rstrip().splitlines()[-1] == "builtins.ValueError"
    assert "builtins.KeyError" in told.splitlines()
    assert WORDS not in told
    assert WORDS not in response.content.decode()


@pytest.mark.django_db
def test_what_is_not_there_is_no_error(
    client_for: Callable[[User], Client], ana: User, log: StringIO
) -> None:
    assert client_for(ana).get("/no/such/page/").status_code == 404
    assert log.getvalue() == ""


@pytest.fixture
def events(settings: LazySettings, tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """What DATA/logs/events.jsonl holds."""
    settings.LOG_DIR = tmp_path / "logs"

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for file in error_log.kept_files() for line in file.read_text().splitlines()]

    return lines


def test_the_number_on_the_page_leads_to_the_places(
    failing_client: Client, events: Callable[[], list[dict[str, Any]]], settings: LazySettings
) -> None:
    response = failing_client.get(f"/search/?q={WORDS}")
    number = response.headers["X-Request-ID"]
    assert number in response.content.decode()
    (line,) = events()
    assert (line["incident"], line["route"], line["method"], line["status"]) == (
        number,
        "search/",
        "GET",
        500,
    )
    assert line["error"] == ["builtins.KeyError", "builtins.ValueError"]
    assert any(frame.startswith("donovan/library/views/search.py:") for frame in line["frames"])
    assert WORDS not in json.dumps(line)
    file = Path(settings.LOG_DIR) / error_log.NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    out = StringIO()
    call_command("incident", number.lower(), stdout=out)
    assert "builtins.ValueError" in out.getvalue() and "search.py:" in out.getvalue()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("incident", "0000-0000", stdout=out)
    assert "keeps nothing under 0000-0000" in out.getvalue()


def test_a_log_that_cannot_be_written_says_so_and_not_what_it_would_have_held(
    settings: LazySettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file in the place of the folder")
    settings.LOG_DIR = tmp_path / "logs"
    handler = error_log.SharedFileHandler()
    handler.setFormatter(error_log.LinesFormatter())
    handler.emit(logging.LogRecord("donovan", logging.ERROR, __file__, 1, WORDS, None, None))
    told = capsys.readouterr().err
    assert told.startswith("A line of the log could not be written: ")
    assert WORDS not in told


def test_a_number_that_a_client_sends_is_not_believed(failing_client: Client) -> None:
    response = failing_client.get("/search/", {"q": "x"}, headers={"X-Request-ID": "AAAA-AAAA"})
    assert response.headers["X-Request-ID"] != "AAAA-AAAA"


def fails_with_words() -> None:
    raise ValueError(f"nothing is known of {WORDS}")


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_names_the_number_under_which_the_log_keeps_the_places(
    events: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = Kind("tests.failing", "fail", Calling(fails_with_words), tries=1)
    monkeypatch.setitem(registry._kinds, kind.name, kind)
    job = running.run_job(enqueue(kind, str(uuid.uuid4())).pk)
    assert job is not None
    (line,) = [line for line in events() if line["level"] == "ERROR"]
    assert f"Incident {line['incident']}." in job.notice
    assert line["error"] == ["builtins.ValueError"]
    assert any("fails_with_words" in frame for frame in line["frames"])
    assert WORDS not in json.dumps(events())


def test_the_lines_of_libraries_keep_their_template_and_none_of_their_words(
    events: Callable[[], list[dict[str, Any]]],
) -> None:
    for name in ("celery.app.trace", "uvicorn.error", "some.library"):
        logging.getLogger(name).error("cannot read %s", WORDS)
        logging.getLogger(name).error(f"cannot read {WORDS}")
    written = events()
    assert len(written) == 6
    assert WORDS not in json.dumps(written)
    assert "cannot read %s" in written[0]["message"]
    assert "test_error_log.py:" in written[1]["message"]


def test_the_log_is_turned_over_and_never_grows_beyond_its_files(
    events: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_log, "LARGEST", 1000)
    for number in range(60):
        logging.getLogger("donovan.test").warning("line %s", number)
    files = error_log.kept_files()
    assert len(files) == error_log.KEPT + 1
    assert all(file.stat().st_size <= 1000 for file in files)
    assert events()[-1]["message"] == "line 59"


def test_what_a_reader_prints_is_told_as_places_alone() -> None:
    said = f"  ingest/readers/pdf.py:12 read\nbuiltins.ValueError\nbad {WORDS}\n\x1b[31m{WORDS} x\n".encode()
    assert places_in(said) == "ingest/readers/pdf.py:12 read; builtins.ValueError"


def test_nothing_that_is_written_is_for_other_accounts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    words = "import donovan.settings, pathlib; pathlib.Path(donovan.settings.DATA_DIR, 'new').write_text('x')"
    environment = {"DONOVAN_DATA": str(data), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", words], check=True, env=environment, umask=0o022)
    for path in (data, *data.rglob("*")):
        assert stat.S_IMODE(path.lstat().st_mode) & 0o077 == 0, path
