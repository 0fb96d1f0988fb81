"""What must not be possible in the sandbox is tried in it, as root and as an account of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import sandbox, sandbox_filter, sandbox_probe
from ingest.errors import IngestError

ROOT = Path(__file__).resolve().parents[2]
SELF_TEST = "import django; django.setup(); from ingest import sandbox; sandbox.self_test(); print('sound')"


def test_at_least_sixty_acts_are_tried_and_none_succeeds() -> None:
    tried = [words for words, _ in sandbox_probe.acts()]
    assert len(tried) == len(set(tried)) >= 55
    sandbox.self_test()


def test_the_acts_are_possible_outside_so_that_the_probe_means_something() -> None:
    """Otherwise a probe that never finds anything would pass, too."""
    found = {words for words, is_possible in sandbox_probe.acts() if _harmless(words) and is_possible()}
    assert {"open a socket of AF_INET", "read /etc/passwd", "see the folder /var of the machine"} <= found
    assert {"see the environment of the service", "ask the kernel for whatever it likes"} <= found


def _harmless(words: str) -> bool:
    return words.startswith(("open a socket", "read /etc/passwd", "see ", "ask "))


def test_it_is_sound_for_an_account_that_is_not_root(tmp_path: Path) -> None:
    as_account = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    environment = {
        **os.environ, "DONOVAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "donovan.settings",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    words = [*as_account, sys.executable, "-c", SELF_TEST]
    ran = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if "unshare failed" in ran.stderr:
        pytest.skip("namespaces of users are not permitted here")
    assert ran.stdout.strip() == "sound", ran.stderr[-2000:]


def weakened(monkeypatch: pytest.MonkeyPatch, taken: tuple[str, ...], given: tuple[str, ...]) -> str:
    """What the self-test says of a sandbox without some of its words, or with more."""
    whole = sandbox._command

    def weaker(module: str, argument: str, binds: list[str], *, seccomp: int) -> list[str]:
        words = whole(module, argument, [*binds, *given], seccomp=seccomp)
        place = next(n for n in range(len(words)) if tuple(words[n : n + len(taken)]) == taken)
        words = words[:place] + words[place + len(taken) :]
        return words

    monkeypatch.setattr(sandbox, "_command", weaker)
    with pytest.raises(IngestError) as caught:
        sandbox.self_test()
    assert caught.value.code == "sandbox-broken"
    return caught.value.sentence


@pytest.mark.parametrize(
    ("taken", "given", "found"),
    [
        (("--unshare-net",), (), "open a socket"),
        (("--unshare-pid",), (), "see other processes"),
        (("--clearenv",), ("--setenv", "SECRET_KEY", "x"), "see the environment of the service"),
        (("--size", str(1024**3)), (), "fill its temporary folder"),
        ((), ("--bind", "/etc", "/etc"), "read /etc/passwd"),
        ((), ("--ro-bind", "/home", "/home"), "see the folder /home"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_sandbox_with_a_hole_is_found(
    monkeypatch: pytest.MonkeyPatch, taken: tuple[str, ...], given: tuple[str, ...], found: str
) -> None:
    if taken == ("--unshare-net",):
        # The filter alone holds it, too.
        monkeypatch.setattr(sandbox, "as_file", lambda: -1)
    assert found in weakened(monkeypatch, taken, given)


def test_without_the_filter_it_is_not_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "as_file", lambda: -1)
    with pytest.raises(IngestError) as caught:
        sandbox.self_test()
    assert "ask the kernel for whatever it likes" in caught.value.sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could stay root")
def test_root_that_stays_root_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_dropping", list)
    with pytest.raises(IngestError) as caught:
        sandbox.self_test()
    assert "be root" in caught.value.sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is nothing to drop")
def test_without_a_way_to_drop_root_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(
        sandbox.shutil, "which", lambda name, **kw: None if name == "setpriv" else which(name, **kw)
    )
    with pytest.raises(IngestError, match="setpriv is not installed"):
        sandbox.self_test()


def test_the_filter_is_whole_instructions_of_the_kernel() -> None:
    program = sandbox_filter.program()
    assert len(program) % 8 == 0
    assert 0 < len(program) // 8 < 4096
