"""Becoming the model host: the lock that allows only one, the socket, and the sandbox around it.

The socket is made out here and handed in, so that the sandbox needs nothing writable, and the lock travels
along as an open descriptor: it is free again the moment the host is gone, however it went.
"""

import fcntl
import logging
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from donovan.llm.weights import Weights

CODE = Path(__file__).resolve().parent.parent.parent
BACKLOG = 128

_log = logging.getLogger("donovan.llm")


@dataclass(frozen=True)
class HostPlan:
    """What a host needs to know. `data_folder` is what it must never see."""

    weights: Weights
    socket_path: Path
    data_folder: Path
    context_tokens: int
    threads: int
    leash: int = -1

    @property
    def lock_path(self) -> Path:
        return self.socket_path.with_suffix(".lock")


def take_lock(path: Path, *, waits: bool) -> int | None:
    """The descriptor of the lock, or None when another host holds it and `waits` is false."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not waits:
            os.close(descriptor)
            return None
        _log.info("another model host is at work; waiting to take its place")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def become_host(plan: HostPlan, *, waits: bool) -> bool:
    """Replace this process by the model host. Returns False, and only then, when another host is at work.

    With `waits` the call blocks until the other host ends.
    """
    lock = take_lock(plan.lock_path, waits=waits)
    if lock is None:
        return False
    listener = _listen(plan.socket_path)
    kept = [lock, listener] + ([plan.leash] if plan.leash >= 0 else [])
    for descriptor in kept:
        os.set_inheritable(descriptor, True)
    command = [
        sys.executable, "-m", "donovan.llm.host",
        "--listener", str(listener),
        "--leash", str(plan.leash),
        "--model", str(plan.weights.path),
        "--digest", plan.weights.digest,
        "--context", str(plan.context_tokens),
        "--threads", str(plan.threads),
    ]  # fmt: skip
    environment = host_environment()
    sandbox = sandbox_command(plan)
    os.chdir(CODE)
    if sandbox:
        os.execve(sandbox[0], [*sandbox, *command], environment)  # noqa: S606
    os.execve(command[0], command, environment)  # noqa: S606


def host_environment() -> dict[str, str]:
    """All that the host learns of its surroundings."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/tmp",  # noqa: S108 - an empty one of its own inside the sandbox
        "PYTHONPATH": str(CODE),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Threads that wait by spinning stand still for each other as soon as anything else wants a core:
        # measured on two busy cores, one token a second instead of thirty.
        "OMP_WAIT_POLICY": "passive",
    }


def sandbox_command(plan: HostPlan) -> list[str]:
    """The bubblewrap command around the host, or nothing, with a line in the log, where it cannot be used."""
    program = shutil.which("bwrap")
    if program is None:
        _log.warning("bubblewrap is not installed, so the model host runs WITHOUT its sandbox")
        return []
    command = [
        program,
        "--unshare-all", "--new-session", "--cap-drop", "ALL",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",  # noqa: S108
        "--ro-bind", "/usr", "/usr",
        "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64", "--ro-bind-try", "/bin", "/bin",
        "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
    ]  # fmt: skip
    if plan.leash < 0:
        # The supervisor starts hosts from its main thread; a client's thread may end long before its host
        # should.
        command.append("--die-with-parent")
    places = {Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parent.parent}
    folders = {*places, CODE / "donovan"}
    for folder in sorted(folders, key=lambda path: len(path.parts)):
        if not folder.is_relative_to("/usr") and folder.exists():
            command += ["--ro-bind", str(folder), str(folder)]
    if any(plan.data_folder.is_relative_to(folder) for folder in folders):
        command += ["--tmpfs", str(plan.data_folder)]
    # The file alone, after what hides the data folder, in which a chosen model lies beside other models.
    command += ["--ro-bind-try", str(plan.weights.path), str(plan.weights.path)]
    command += ["--remount-ro", "/", "--chdir", str(CODE)]
    proof = subprocess.run(
        [*command, "/usr/bin/true"], capture_output=True, text=True, check=False, timeout=30
    )
    if proof.returncode:
        _log.warning(
            "bubblewrap does not work here (%s), so the model host runs WITHOUT its sandbox",
            (proof.stderr.strip().splitlines() or [f"code {proof.returncode}"])[-1],
        )
        return []
    return command


def _listen(path: Path) -> int:
    """The descriptor of a socket that listens at `path`, for this account only."""
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    staged.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(staged))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    # Clients find either the old socket, on which nobody answers, or one that already listens.
    staged.replace(path)
    return listener.detach()
