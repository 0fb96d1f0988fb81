"""Preparation: what is done stays done, what cannot be done is said in a sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import environment, instance, loopback, prepare, services, stamps, system_packages
from deploy.progress import StepError, run, step
from donovan import settings
from tests.deploy.running import ROOT, free_port


def test_a_stamp_follows_the_contents_and_the_names_of_its_inputs(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    digest = stamps.digest_of([one, two], "word")
    assert digest == stamps.digest_of([two, one], "word")
    two.write_text("c")
    assert digest != stamps.digest_of([one, two], "word")
    two.write_text("b")
    assert digest != stamps.digest_of([one, two], "other")
    stamp = tmp_path / "stamps" / "it"
    assert not stamps.is_current(stamp, digest)
    stamps.write_stamp(stamp, digest)
    assert stamps.is_current(stamp, digest)


def test_a_failed_command_ends_in_a_sentence_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "prepare.log"
    with pytest.raises(StepError) as raised:
        run(
            [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"],
            log=log,
            failure="It failed.",
        )
    assert raised.value.sentence == f"It failed. The whole log is {log}."
    assert raised.value.tail == "the disk is full"
    with pytest.raises(StepError, match="The program no-such-program was not found"):
        run(["no-such-program"], log=log, failure="It failed.")


def test_a_step_shows_its_seconds_and_a_long_one_shows_that_it_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.progress.QUIET_SECONDS", 0.05)
    monkeypatch.setattr("deploy.progress.REMIND_SECONDS", 0.05)
    with step("Library") as current:
        current.say("[12/140] /usr/bin/g++ -DGGML_AVX2 a.cpp")
        subprocess.run(["sleep", "0.2"], check=True)
    with pytest.raises(StepError), step("Models"):
        raise StepError("no")
    told = capsys.readouterr().out
    assert "Library … 0 s  12 of 140 parts" in told
    assert "✓ Library (0." in told
    assert "✗ Models (0." in told


def test_another_python_is_refused_with_the_way_to_name_the_right_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 4, "final", 0))
    with pytest.raises(StepError, match=r"needs Python 3\.11, and this is 3\.12\.4.*PYTHON="):
        environment.check_python()


def test_preparing_refuses_a_busy_port_before_anything_is_installed(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind((instance.HOST, 0))
        holder.listen()
        port = holder.getsockname()[1]
        outcome = subprocess.run(
            [sys.executable, "-m", "deploy.prepare", "run"],
            cwd=ROOT,
            env={**os.environ, "DONOVAN_DATA": str(tmp_path), "DONOVAN_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert outcome.returncode == 1
    assert f"Port {port} is in use by another program." in outcome.stdout
    assert not (tmp_path / "stamps").exists()


def test_unknown_purposes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare.main(["fly"]) == 2
    assert "usage:" in capsys.readouterr().out


def test_the_system_packages_of_this_machine_are_complete() -> None:
    assert system_packages.missing("run", "test") == []


def test_every_ocr_language_and_the_sandbox_are_among_the_packages() -> None:
    names = system_packages.listed("run")
    languages = ("eng", "osd", "spa", "fra", "deu", "rus", "ukr", "ara", "chi-sim", "hrv", "srp", "srp-latn")
    assert {f"tesseract-ocr-{language}" for language in languages} <= set(names)
    assert {"bubblewrap", "apertium-eng-spa", "apertium-hbs-eng"} <= set(names)
    assert "chromium" not in names


def test_missing_packages_are_seen() -> None:
    assert system_packages.installed(["bash", "no-such-package-anywhere"]) == {"bash"}


def test_the_supervisor_waits_for_the_sockets_that_the_settings_name() -> None:
    table = services.table(settings.DATA_DIR, free_port())
    names = [service.name for service in table]
    assert names == [
        *("embedding host", "model host", "worker", "insight worker", "training worker", "web"),
    ]
    assert settings.DATA_DIR / "run" / "llm.sock" == settings.LLM_SOCKET
    assert settings.DATA_DIR / "run" / "embedder.sock" == settings.EMBEDDER_SOCKET
    assert instance.data_folder() == settings.DATA_DIR
    assert services.workers() == settings.WORKERS


def test_no_service_logs_addresses_because_they_hold_queries() -> None:
    web = next(service for service in services.table(settings.DATA_DIR, 8000) if service.name == "web")
    assert "--no-access-log" in web.words
    assert web.words[web.words.index("--host") + 1] == "127.0.0.1"


def test_loopback_is_the_only_network_of_this_run() -> None:
    if os.environ.get("DONOVAN_LOOPBACK_ONLY") != "1":
        pytest.skip("started without the namespace; `make test` opens one")
    assert loopback.other_interfaces() == []
    with socket.socket() as outward:
        outward.settimeout(5)
        with pytest.raises(OSError, match="unreachable"):
            outward.connect(("192.0.2.1", 443))
    with socket.create_server((instance.HOST, 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
