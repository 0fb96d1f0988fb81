"""Shares with what their number of cases bounds them to, and the scratch process that benchmarks need."""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, Literal

from tests.benchmarks.figures import Figure, number
from tests.deploy.running import ROOT

_Z: Final = 1.959964
"""Of a normal distribution, 95 % lie within so many standard deviations."""


def interval(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of Wilson (1927) around a share of `n` cases; of no cases it is everything."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, _Z * _Z / n
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def share(
    name: str,
    hits: int,
    n: int,
    target: float | None = None,
    bound: Literal["at_least", "at_most"] = "at_least",
) -> Figure:
    """A share as a figure that says of how many it is, and within what it lies."""
    low, high = interval(hits, n)
    note = f"{hits} of {n}, 95 %: {number(round(low, 3))} to {number(round(high, 3))}"
    return Figure(name, hits / n if n else 0.0, "", target, bound, note)


def wanted(default: int | None) -> int | None:
    """How many questions DONOVAN_BENCH_QUESTIONS asks for; without it `default`, None being all of them."""
    said = os.environ.get("DONOVAN_BENCH_QUESTIONS")
    return int(said) if said else default


def in_scratch(module: str, *words: str | Path) -> dict[str, Any]:
    """Run a module in a process whose data folder is then deleted; the JSON object in its last line."""
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder:
        return in_folder(Path(folder), module, *words)


def in_folder(data: Path, module: str, *words: str | Path, **environment: str) -> dict[str, Any]:
    """The same in a data folder that stays, with more of the environment."""
    of_process = {
        **os.environ,
        "DONOVAN_DATA": str(data),
        "DONOVAN_IS_SCRATCH": "1",
        "DJANGO_SETTINGS_MODULE": "donovan.settings",
    }
    of_process.pop("DONOVAN_DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        env=of_process | environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def say(sentence: str) -> None:
    """Say how far it is, beside the figures."""
    print(sentence, file=sys.stderr, flush=True)
