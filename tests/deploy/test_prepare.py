"""Preparation: what is done stays done, what cannot be done is said in a sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import (
    demonstration,
    environment,
    instance,
    loopback,
    prepare,
    processes,
    progress,
    services,
    stamps,
    system_packages,
)
from deploy.progress import Beside, StepError, run, step
from donovan import settings
from tests.deploy.running import ROOT, free_port, wait_until


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


def test_steps_side_by_side_both_have_their_line_and_their_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TOOK", [])

    def build() -> None:
        with step("Library") as current:
            current.result = "avx2"

    with Beside(build), step("Packages"):
        pass
    told = capsys.readouterr().out
    assert "✓ Library: avx2 (0." in told
    assert "✓ Packages (0." in told
    assert {title for title, _ in progress.TOOK} == {"Library: avx2", "Packages"}


def test_what_fails_beside_other_work_fails_the_whole_once_that_is_done() -> None:
    done = []

    def fail() -> None:
        raise StepError("The compiler was not found.")

    with pytest.raises(StepError, match="compiler"), Beside(fail):
        done.append("packages")
    assert done == ["packages"]


def test_what_fails_first_ends_the_work_beside_it_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    family = f"sleep 611 & echo $! > {started}.new; mv {started}.new {started}; wait"

    def build() -> None:
        run(["sh", "-c", family], log=tmp_path / "log", failure="The build was ended.")

    with pytest.raises(StepError, match="no space"), Beside(build):
        wait_until(started.exists, 20, "the work beside did not begin")
        raise StepError("There is no space left.")
    child = int(started.read_text())
    wait_until(lambda: processes.start_time(child) is None, 10, "a compiler still runs")


def test_a_start_waits_for_what_a_killed_one_left_running(tmp_path: Path) -> None:
    lock, mark = tmp_path / "lock", tmp_path / "mark"
    script = (
        "import pathlib, sys; from deploy.progress import held, run\n"
        f"with held(pathlib.Path({str(lock)!r}), 'waiting'):\n"
        f"    print('begun', flush=True); run(['sh', '-c', 'sleep 3; touch {mark}'], "
        f"log=pathlib.Path({str(tmp_path / 'log')!r}), failure='no')\n"
    )
    first = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    assert first.stdout is not None
    first.stdout.readline()
    wait_until(lambda: len(processes.descendants(first.pid)) > 1, 20, "its command does not begin")
    first.kill()
    first.wait()
    first.stdout.close()
    with progress.held(lock, "waiting"):
        assert mark.exists(), "the lock was free while the installation of the killed start went on"


def test_half_an_environment_is_made_again_and_a_whole_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / "venv"
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(environment, "STAMPS", venv / "stamps")
    log = tmp_path / "log"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    environment.ensure_environment(log)
    assert environment.has_pip()
    (venv / "mark").touch()
    environment.ensure_environment(log)
    assert (venv / "mark").exists()


def test_a_package_that_was_left_half_installed_is_not_taken_for_whole(tmp_path: Path) -> None:
    for name, written in (("whole", ("RECORD", "INSTALLER")), ("half", ("METADATA", "RECORD")), ("bare", ())):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        for file in written:
            (folder / file).touch()
    environment.forget_half_installed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["whole-1.0.dist-info"]


def test_the_demonstration_is_read_only_where_it_is_not_read_yet(tmp_path: Path) -> None:
    assert not demonstration.is_loaded(tmp_path)
    stamps.write_stamp(tmp_path / "stamps" / "demo", demonstration.digest())
    assert demonstration.is_loaded(tmp_path)
    assert services.demonstration().once


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
    assert {"libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-impress-nogui", "7zip"} <= set(
        names
    )
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
