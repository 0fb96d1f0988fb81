"""A real training, killed without warning again and again: its process, or the worker that listens to it.

The classifier is trained once in peace and once under fire, with the real embedder in the real process. After
each kill somebody takes the job up when its lease has run out. What counts is how many checkpoints a kill
cost at most, and whether the weights are the same to the bit.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import django

from tests.benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("DONOVAN_BENCH_KILLS") or 20)
_PATIENCE_SECONDS = 300.0


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-kills-") as folder:
        environment = {
            **os.environ,
            "DONOVAN_DATA": folder,
            "DONOVAN_IS_SCRATCH": "1",
            "DJANGO_SETTINGS_MODULE": "donovan.settings",
        }
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.training_kills", "all"],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    return [
        Figure("kills of the training's process and of its worker", found["kills"], target=20),
        Figure("checkpoints lost by a kill, at most", found["lost"], "", 1, "at_most"),
        Figure("same weights as without a kill", float(found["is_same"]), target=1.0),
        Figure("attempts it took", found["attempts"]),
    ]


def main() -> dict[str, Any]:
    """Both trainings, in the scratch installation that the environment names."""
    django.setup()
    from safetensors.numpy import load_file

    from donovan.access.cast import create_demo_people
    from donovan.evaluation import scratch
    from donovan.training.services import start_job
    from retrieval.classifying import WEIGHTS
    from tests.training.making import documents, make_dataset

    scratch.prepare()
    mia = next(person for person in create_demo_people() if person.username == "mia")
    rows = [row for seed in range(12) for row in _varied(documents(seed=seed), seed)]
    make_dataset(mia, "sorted", rows)
    jobs = [
        start_job(mia, "classifier", "sorted", settings=settings, wakes=False)
        for settings in ({}, {"threshold": 0.5})
    ]
    _worker(jobs[0].pk).wait()
    fire = _under_fire(jobs[1].pk, random.Random(11))
    weights = []
    for job in jobs:
        job.refresh_from_db()
        if job.state != job.State.DONE:
            raise SystemExit(f"the training ended as {job.state}: {job.notice}")
        tensors = load_file(job.candidate.folder / WEIGHTS)
        weights.append({name: tensor.tobytes() for name, tensor in tensors.items()})
    return {**fire, "is_same": weights[0] == weights[1]}


def _varied(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    for row in rows:
        row["input"] = {**row["input"], "text": f"{row['input']['text']} Seen on day {seed}."}
    return rows


def _worker(job_id: uuid.UUID) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.training_kills", str(job_id)], cwd=ROOT, stdout=sys.stderr
    )


def _under_fire(job_id: uuid.UUID, dice: random.Random) -> dict[str, Any]:
    from django.utils import timezone

    from donovan.training.checkpoints import load_last
    from donovan.training.models import TrainingJob
    from donovan.training.services import continue_job
    from ingest.work.models import Job

    jobs = TrainingJob.objects.filter(pk=job_id)
    kills = attempts = lost = 0
    while True:
        job = jobs.get()
        if job.state == job.State.FAILED and kills:
            # Three kills in a row before any checkpoint: the owner looks, and lets it go on.
            continue_job(job.started_by, job_id, wakes=False)
        elif not job.is_open:
            return {"kills": kills, "attempts": attempts, "lost": lost}
        # The dead worker's lease runs out; nobody wants to wait for it here.
        Job.objects.filter(subject=job_id, state="running").update(lease_until=timezone.now())
        time.sleep(0.05)
        before = _checkpoint(job.work)
        worker = _worker(job_id)
        attempts += 1
        if kills < KILLS:
            _wait_for_work(jobs, job.work, before, worker, dice)
            victims = [worker.pid] if dice.random() < 0.5 else _children(worker.pid)
            if worker.poll() is None and victims:
                reached = jobs.get().step
                os.kill(victims[0], signal.SIGKILL)
                kills += 1
                worker.wait()
                last = load_last(job.work)
                lost = max(lost, reached - (last.step if last else 0))
        worker.wait()


def _wait_for_work(jobs: Any, work: Path, before: int, worker: Any, dice: random.Random) -> None:
    """Until it has got on by a checkpoint, or, one time in five, some moment before that; a little later."""
    if dice.random() < 0.2:
        time.sleep(dice.uniform(0.5, 6.0))
        return
    until = time.monotonic() + _PATIENCE_SECONDS
    while worker.poll() is None and time.monotonic() < until and _checkpoint(work) <= before:
        time.sleep(0.01)
    time.sleep(dice.uniform(0.0, 0.15))


def _checkpoint(work: Path) -> int:
    """The newest checkpoint in its place, by name alone; 0 before the first."""
    folder = work / "checkpoints"
    names = [path.name for path in folder.iterdir() if path.name.isdigit()] if folder.is_dir() else []
    return int(max(names, default="0"))


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def work(job_id: str) -> None:
    """What the worker's task does."""
    django.setup()
    from donovan.training.jobs import run_job

    run_job(uuid.UUID(job_id))


if __name__ == "__main__":
    if sys.argv[1] == "all":
        print(json.dumps(main()))
    else:
        work(sys.argv[1])
