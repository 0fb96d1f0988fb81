"""The checks that need no test run: style, layout, types, the project's own checks, complete migrations."""

import os
import subprocess
import sys
import tempfile
import time

from deploy.environment import PYTHON, ROOT

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy", "ingest", "retrieval", "donovan", "deploy", "manage.py")),
    ("mypy, demonstration", ("-m", "mypy", "--explicit-package-bases", "deploy/demo/generate.py")),
    ("manage.py check", ("manage.py", "check", "--fail-level", "WARNING")),
    ("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
)


def main() -> int:
    """Run every check, also after one has failed, and return 1 when any has."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="donovan-checks-") as folder:
        for name, words in CHECKS:
            started = time.monotonic()
            outcome = subprocess.run(
                [PYTHON, *words],
                cwd=ROOT,
                env={**os.environ, "DONOVAN_DATA": folder, "MYPYPATH": "deploy/demo"},
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            mark = "✓" if outcome.returncode == 0 else "✗"
            print(f"{mark} {name} ({time.monotonic() - started:.1f} s)", flush=True)
            if outcome.returncode != 0:
                failed.append(name)
                print(outcome.stdout + outcome.stderr, flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
