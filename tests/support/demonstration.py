"""The demo collection, written once for all processes of the tests by the command a newcomer would run."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "deploy" / "demo" / "generate.py"


def run_generator(
    folder: Path, *, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the generator as a newcomer does; the caller looks at what it said."""
    command = [sys.executable, str(GENERATOR), "--out", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def whole_demonstration() -> Path:
    """The folder with the whole collection, made by whichever process asks first. Nobody may change it."""
    shared = Path(os.environ["DONOVAN_DATA"])
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "manifest.json").is_file():
            result = run_generator(folder)
            assert result.returncode == 0, result.stderr
    return folder
