"""The process that trains: heavy libraries, a limit on memory, and nothing of it in the services.

It takes one JSON object on standard input and prints JSON lines: progress, and at the end what came of it. It
writes only into the job's folder, and at the very end a new model folder. It reads neither the database nor
anything that serves.
"""

import ctypes
import fcntl
import importlib
import json
import math
import os
import resource
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import django
from django.conf import settings

from donovan.training.contract import Progress, Stopped, Trainer, TrainingRefused
from retrieval.model_folders import write_model

STOP = "stop"
"""A file of this name in the job's folder asks the trainer to stop at its next checkpoint."""

_LOCK_PATIENCE_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1
_MEGABYTE = 1 << 20


def run(request: dict[str, Any], out: IO[str]) -> dict[str, Any]:
    """Train as asked; what came of it, as JSON: trained, stopped or refused."""
    work = Path(request["work"])
    work.mkdir(parents=True, exist_ok=True)
    # One process at a time: a machine under load may be slow to bury the one before.
    with (work / "lock").open("w") as lock:
        _lock(lock)
        _forget_other_code(work, str(request["facts"]["code_version"]))
        return _train(request, work, out)


def _train(request: dict[str, Any], work: Path, out: IO[str]) -> dict[str, Any]:
    module, _, function = str(request["trainer"]).partition(":")
    try:
        train: Trainer = getattr(importlib.import_module(module), function)
        trained = train(
            _examples(Path(request["train"])),
            _examples(Path(request["dev"])),
            work=work,
            settings=request["settings"],
            seed=int(request["seed"]),
            on_progress=lambda progress: _tell(out, progress),
            is_stopped=(work / STOP).exists,
        )
    except Stopped:
        return {"stopped": True}
    except TrainingRefused as refusal:
        return {"refused": refusal.sentence}
    except MemoryError:
        return {"refused": "There is not enough memory for this training. Use fewer or shorter examples."}

    def fill(folder: Path) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {**trained.fill(folder), **request["facts"], "metrics": trained.metrics, "trained_at": now}

    model = write_model(request["role"], request["name"], fill)
    return {"trained": {"digest": model.digest, "metrics": trained.metrics}}


def _forget_other_code(work: Path, version: str) -> None:
    """Forget checkpoints of other code: what goes on from them is what neither version would have made."""
    note = work / "code"
    if note.exists() and note.read_text() != version:
        for path in work.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
    note.write_text(version)


def _examples(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def _tell(out: IO[str], progress: Progress) -> None:
    said = {
        "step": progress.step,
        "total": progress.total_steps,
        "loss": progress.loss if progress.loss is not None and math.isfinite(progress.loss) else None,
        "words": progress.words[:200],
        "checkpoint": progress.checkpoint,
    }
    _say(out, {"progress": said})


def _say(out: IO[str], message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def _lock(stream: IO[str]) -> None:
    until = time.monotonic() + _LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _die_with(parent: int) -> None:
    """Be killed when the worker is: a training that nobody listens to would only take memory and time."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _main() -> None:
    request = json.loads(sys.stdin.buffer.read())
    _die_with(int(request["parent"]))
    os.nice(10)
    limit = int(request["megabytes"]) * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What libraries print goes to standard error; standard output is for the parent alone.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    django.setup()
    settings.MODELS_DIR = Path(request["models_dir"])
    with out:
        _say(out, run(request, out))


if __name__ == "__main__":
    _main()
