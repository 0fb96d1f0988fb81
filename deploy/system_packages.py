"""Debian packages: which are missing, and how to get them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.progress import Step, StepError, run

FOLDER = Path(__file__).resolve().parent
# What must be callable where the packages cannot be looked up because the machine is not a Debian one.
PROGRAMS = {
    "run": ("tesseract", "bwrap", "setpriv"),
    "build": ("cmake", "g++"),
    "test": ("chromium", "initdb", "redis-server"),
}


def listed(*groups: str) -> list[str]:
    """The packages of deploy/packages-<group>.txt, in order."""
    names: list[str] = []
    for group in groups:
        for line in (FOLDER / f"packages-{group}.txt").read_text().splitlines():
            name = line.split("#")[0].strip()
            if name:
                names.append(name)
    return names


def installed(names: Iterable[str]) -> set[str]:
    """Those of `names` that dpkg holds completely installed."""
    found = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    pairs = (line.split() for line in found.stdout.splitlines())
    return {pair[0] for pair in pairs if len(pair) == 2 and pair[1] == "installed"}


def missing(*groups: str) -> list[str]:
    """Packages still to be installed; the system's Python counts only where it is the one in use."""
    names = listed(*groups)
    if not sys.executable.startswith("/usr/bin/"):
        names = [name for name in names if name not in {"python3", "python3-venv"}]
    present = installed(names)
    return [name for name in names if name not in present]


def as_root(names: Iterable[str]) -> list[str]:
    """The words to put before a command that needs root. Raises StepError when there is no way to be
    root, which says to have `names` installed.
    """
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    raise StepError(
        "System packages have to be installed, and this account is not root and has no sudo. "
        f"Have an administrator run: apt-get install {' '.join(names)}"
    )


def ensure(groups: tuple[str, ...], *, log: Path, current: Step) -> None:
    """Install what is missing. Raises StepError, saying what to do, when it cannot."""
    if not shutil.which("apt-get"):
        absent = [name for group in groups for name in PROGRAMS[group] if not shutil.which(name)]
        if absent:
            raise StepError(
                f"These programs were not found: {', '.join(absent)}. On Debian 12 Donovan installs them "
                "by itself; elsewhere install them by hand and start again."
            )
        return
    names = missing(*groups)
    if not names:
        return
    current.say(f"{len(names)} to install: {' '.join(names)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(
        [*as_root(names), "apt-get", "update"],
        log=log,
        failure="The list of Debian packages could not be read.",
        current=current,
        environment=quiet,
    )
    run(
        [*as_root(names), "apt-get", "install", "--yes", "--no-install-recommends", *names],
        log=log,
        failure=f"Debian packages could not be installed: {' '.join(names)}.",
        current=current,
        environment=quiet,
    )
