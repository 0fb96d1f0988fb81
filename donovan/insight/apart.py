"""Heavy engines in a process of their own: hundreds of megabytes that are gone when the work is done.

`run_apart` starts a module, hands it one JSON object and takes one back. The module calls `serve` with its
function. So the pages stay small, a computation that runs away can be ended, and a crash in a native library
costs one analysis and not the service.
"""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from donovan.insight.errors import InsightError

_ROOT = Path(__file__).resolve().parents[2]
_MEGABYTE = 1 << 20
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?=:|$)")


def run_apart(module: str, request: Mapping[str, Any], *, seconds: float, megabytes: int) -> dict[str, Any]:
    """What `module` makes of `request`, both JSON objects.

    Raises InsightError with a sentence when the module refuses, takes longer than `seconds`, or needs more
    than `megabytes` of memory.
    """
    command = [sys.executable, "-m", "donovan.insight.apart", module, str(megabytes)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InsightError(
            f"The computation was stopped after {seconds:.0f} seconds. "
            "Narrow the rows or columns and try again."
        ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InsightError(_ended(done.returncode, done.stderr)) from None
    if "refused" in answer:
        raise InsightError(str(answer["refused"]))
    return dict(answer["result"])


def _ended(status: int, said: bytes) -> str:
    """Why there is no answer: the name of the error where Python gave one, never its words, which may hold
    words of a document.
    """
    lines = said.decode("utf-8", "replace").strip().splitlines()
    name = _ERROR.match(lines[-1]) if lines and any(line.startswith("Traceback") for line in lines) else None
    if name is not None and not name.group().endswith("MemoryError"):
        return (
            f"The computation failed ({name.group()}). Nothing was changed; other rows or columns may work."
        )
    return (
        f"The computation ended unexpectedly (status {status}), most likely for lack of memory. "
        "Narrow the rows or columns and try again."
    )


def serve(function: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
    """Answer the one request on standard input; what libraries print goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer: dict[str, Any] = {"result": function(request)}
    except InsightError as error:
        answer = {"refused": error.sentence}
    except MemoryError:
        answer = {"refused": "There is not enough memory for this. Narrow the rows or columns and try again."}
    with out:
        json.dump(answer, out, allow_nan=False, default=str)


def _main(module: str, megabytes: int) -> None:
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE, megabytes * _MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
