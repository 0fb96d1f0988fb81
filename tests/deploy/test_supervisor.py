"""The supervisor: what dies comes back, what ends leaves nothing behind, and there is one of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import instance, processes, supervisor, took
from deploy.logs import RotatingLog
from tests.deploy.running import Running, free_port, started, wait_until

SMALL = "tests.deploy.small_services"


@contextmanager
def small(data: Path, *names: str) -> Iterator[Running]:
    port = free_port()
    with started(data, SMALL, str(port), *names, port=port) as running:
        running.wait_for("Donovan is up")
        yield running


def test_a_killed_service_comes_back_and_the_screen_says_so(tmp_path: Path) -> None:
    with small(tmp_path, "clock", "page") as running:
        running.kill("page")
        running.wait_for("The page was killed by SIGKILL; it is started again at once.")
        assert running.service("page").restarts == 1
        assert running.service("clock").restarts == 0


def test_a_service_that_keeps_dying_is_given_more_and_more_time(tmp_path: Path) -> None:
    with small(tmp_path, "clock") as running:
        for _ in range(3):
            running.kill("clock")
        running.wait_for("started again at once")
        running.wait_for("started again in 1 s")
        running.wait_for("started again in 2 s")


def test_a_killed_service_takes_its_own_children_with_it(tmp_path: Path) -> None:
    with small(tmp_path, "family") as running:
        group = running.service("family").pid
        assert len(processes.group_members(group)) == 2
        running.kill("family")
        assert processes.group_members(group) == []


def test_a_service_that_can_not_start_ends_the_attempt_with_its_last_words(tmp_path: Path) -> None:
    with started(tmp_path, SMALL, str(free_port()), "clock", "broken") as running:
        assert running.process.wait(timeout=30) == 1
        running.wait_for("The broken ended with exit status 1 3 times before it was ready")
        running.wait_for("no such index")
        assert all(service.pid == 0 for service in running.state.services)


def test_what_has_a_head_start_is_ready_before_the_others_begin(tmp_path: Path) -> None:
    with small(tmp_path, "follower", "first page") as running:
        assert running.service("follower").restarts == 0, "it began before there was a page, and failed"


def test_what_runs_once_is_not_started_again_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    with small(tmp_path, "clock", "errand") as running:
        running.wait_for("The errand is done")
        wait_until(lambda: running.service("errand").state == "done", 10, "its state was not written")
        assert running.service("errand").restarts == 0


def test_what_runs_once_and_fails_says_so_and_ends_nothing_else(tmp_path: Path) -> None:
    with small(tmp_path, "clock", "failed errand") as running:
        running.wait_for("The failed errand ended with exit status 1; the next start tries again.")
        running.wait_for("the shop is closed")
        assert running.service("clock").state == "ready"


def test_what_of_a_start_took_how_long_is_said_once_everything_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(took.BEGUN, "")
    took.hand_over(tmp_path, [("Python packages", 81.26)], since=time.monotonic() - 100)
    with small(tmp_path, "clock") as running:
        running.wait_for("81.3 s  Python packages")
        running.wait_for("s  Services")
        running.wait_for("s  from the beginning to here")
    assert "Python packages" in (tmp_path / "logs" / took.LOG).read_text()
    monkeypatch.setenv(took.BEGUN, "")
    with small(tmp_path, "clock") as running:
        running.kill("clock")
        assert not any("What took how long" in line for line in running.said)


def test_one_signal_ends_every_service(tmp_path: Path) -> None:
    with small(tmp_path, "clock", "page", "family") as running:
        groups = [service.pid for service in running.state.services]
        assert running.stop() == 0
        assert [processes.group_members(group) for group in groups] == [[], [], []]
        assert instance.running(tmp_path) is None


def test_a_service_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with small(tmp_path, "stubborn") as running:
        group = running.service("stubborn").pid
        assert running.stop(seconds=10) == 0
        running.wait_for("The stubborn did not end by itself and is killed")
        assert processes.group_members(group) == []


def test_a_killed_supervisor_leaves_no_service_behind(tmp_path: Path) -> None:
    with small(tmp_path, "clock", "stubborn") as running:
        clock, stubborn = running.service("clock").pid, running.service("stubborn").pid
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        wait_until(lambda: processes.start_time(clock) is None, 10, "the clock still runs")
        assert processes.start_time(stubborn) is not None, "this one ignores the request"
    with small(tmp_path, "clock") as running:
        running.wait_for("A stubborn of an earlier start is still there and is ended.")
        assert processes.start_time(stubborn) is None


def test_a_second_start_says_where_the_first_one_is(tmp_path: Path) -> None:
    (tmp_path / "sign-in.txt").write_text("Sign in as ana.\n")
    with small(tmp_path, "clock") as running:
        second = subprocess.run(
            [sys.executable, "-m", "deploy.supervisor"],
            env={**os.environ, "DONOVAN_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 0
        assert f"Donovan is already running at http://127.0.0.1:{running.port}/" in second.stdout
        assert "Sign in as ana." in second.stdout
        assert running.service("clock").restarts == 0


def test_a_busy_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    port = free_port()
    with (
        small(tmp_path / "other", "clock"),
        started(tmp_path / "one", SMALL, str(port), "page", port=port) as first,
    ):
        first.wait_for("Donovan is up")
        with started(tmp_path / "two", "deploy.supervisor", port=port) as second:
            assert second.process.wait(timeout=20) == 1
            second.wait_for(f"Port {port} is in use by another program.")
            second.wait_for(f"DONOVAN_PORT={port + 1}")


def test_the_status_of_what_runs_and_of_what_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.print_status(tmp_path, as_json=False) == 1
    assert "Start it with: make run" in capsys.readouterr().out
    with small(tmp_path, "clock"):
        assert supervisor.print_status(tmp_path, as_json=True) == 0
        told = capsys.readouterr().out
        assert '"name": "clock", "state": "ready"' in told
        assert '"proportional"' in told
        assert supervisor.stop_running(tmp_path) == 0
    assert supervisor.stop_running(tmp_path) == 0


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80.5"])
def test_a_port_that_is_no_port_is_refused_in_a_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONOVAN_PORT", text)
    with pytest.raises(ValueError, match="it has to be a number from 1 to 65535"):
        instance.port()


def test_a_data_folder_too_deep_for_a_socket_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    with started(deep, "deploy.supervisor") as running:
        assert running.process.wait(timeout=20) == 1
        running.wait_for("too long for a Unix socket")


def test_logs_are_rotated_before_they_grow_too_large(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "web.log", largest=100)
    for number in range(40):
        log.write(f"line {number:04d} ........\n".encode())
    log.close()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    assert "line 0039" in (tmp_path / "web.log").read_text()
