"""The gate against candidates that are bad on purpose, each in one way, and against an honest better one.

What serves is the packaged embedder with noise over its weights, so the packaged weights themselves are an
honest improvement. The bad ones are those same good weights: one claims to read Arabic, which it does not,
and so ruins Arabic alone; one was trained on data with a leak between its splits; one has a file that was
changed after it was measured. All suites run as they do for any candidate, on the sets of the data folder.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data

ROOT = Path(__file__).resolve().parents[2]


def run() -> list[Figure]:
    evaluation_data("retrieval")
    with tempfile.TemporaryDirectory(prefix="donovan-gate-") as folder:
        environment = {
            **os.environ,
            "DONOVAN_DATA": folder,
            "DONOVAN_IS_SCRATCH": "1",
            "DJANGO_SETTINGS_MODULE": "donovan.settings",
        }
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.gate"],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    return [
        Figure(name, float(row["is_right"]), target=1.0, note=row["reason"][:300])
        for name, row in found.items()
    ]


def main() -> dict[str, Any]:
    """Every candidate through the gate, in the scratch installation that the environment names."""
    django.setup()
    from donovan.access.cast import create_demo_people
    from donovan.evaluation import scratch
    from donovan.training.evaluating import evaluate
    from donovan.training.gate import ask_gate
    from retrieval.model_folders import write_model
    from retrieval.serving import point
    from tests.training.making import claims, made_candidate, make_dataset

    scratch.prepare()
    mia = next(person for person in create_demo_people() if person.username == "mia")
    clean = make_dataset(mia, "clean", claims())
    first = claims()[0]
    leak = {**first, "id": "leak", "split": "test", "group": "elsewhere"}
    leaky = make_dataset(mia, "leaky", [*claims(), leak])
    point("embedder", write_model("embedder", "noisy", _copied(noise=1.0, languages=["en"])))

    def candidate(name: str, version: Any, languages: list[str]) -> Any:
        return made_candidate(mia, version, name, role="embedder", fill=_copied(0.0, languages))

    honest = candidate("honest", clean, ["en"])
    arabic = candidate("claims-arabic", clean, ["en", "ar"])
    leaked = candidate("leaked", leaky, ["en"])
    for one in (honest, arabic):
        evaluate(one, mia, on_progress=lambda words: print(words, file=sys.stderr))
    found = {}

    def judge(name: str, one: Any, key: str, words: str) -> None:
        report = ask_gate(mia, one.pk)
        failed = {c["key"]: c["reason"] for c in report.content["checks"] if not c["is_passed"]}
        is_right = report.is_passed if not key else words in failed.get(key, "")
        reason = failed.get(key) or "; ".join(f"{k}: {v}" for k, v in failed.items()) or "passes"
        found[name] = {"is_right": is_right, "reason": reason}

    judge("an honest better one passes", honest, "", "")
    judge("worse in one language only: refused for it", arabic, "losses:retrieval", "language ar")
    judge("a leak between splits: refused for it", leaked, "splits", "leak")
    changed = honest.folder / "config.json"
    changed.write_text(changed.read_text() + " ")
    judge("a tampered file: refused for it", honest, "folder", "config.json was changed")
    return found


def _copied(noise: float, languages: list[str]) -> Callable[[Path], Mapping[str, Any]]:
    """Fills a folder with the packaged embedder, its weights under so much noise, in standard deviations."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    from retrieval.embedding import identity_of
    from retrieval.model_folders import SAFE_SUFFIXES

    def fill(folder: Path) -> dict[str, Any]:
        identity = identity_of(None)
        base = identity.folder
        for path in base.rglob("*"):
            if path.is_file() and path.suffix in SAFE_SUFFIXES:
                place = folder / path.relative_to(base)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
        if noise:
            draw = np.random.default_rng(5)
            for path in folder.rglob("*.safetensors"):
                noisy = {
                    name: tensor + noise * tensor.std() * draw.normal(size=tensor.shape).astype(tensor.dtype)
                    if tensor.ndim == 2 and tensor.dtype.kind == "f"
                    else tensor
                    for name, tensor in load_file(path).items()
                }
                save_file(noisy, path, metadata={"format": "pt"})
        return {"base": identity.name, "base_digest": identity.name.split("@")[1], "languages": languages}

    return fill


if __name__ == "__main__":
    print(json.dumps(main()))
