"""Natural questions over real papers: our way, and the plain way beside it on the same passages.

The plain way is what a first attempt does: the first passages that the search found and the question into the
same model, and what it writes is the answer. It is judged by the same gold, on the questions that have an
answer; it has no way of saying that it does not know.

DONOVAN_BENCH_QUESTIONS      ask only so many, taken evenly (default: all)
DONOVAN_BENCH_QUESTION_SET   another folder in the layout of questions/natural
DONOVAN_LLM_MODEL            another model for both ways, as everywhere
"""

import os
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import SkippedError, evaluation_data
from tests.benchmarks.shares import in_scratch, share, wanted

RIGHT_TARGET = 0.55
RIGHT_TARGET_LARGER_MODEL = 0.60
WITH_NEAREST_TARGET = 0.75
WRONG_TARGET = 0.10
EVIDENCE_SECONDS = 0.5
ANSWER_SECONDS = 5.0
ANSWER_SECONDS_LARGER_MODEL = 15.0


def run() -> list[Figure]:
    has_larger_model = bool(os.environ.get("DONOVAN_LLM_MODEL"))
    found = in_scratch("tests.benchmarks.questions_steps", question_set(), str(wanted(None) or ""))
    return figures_of(found["ours"], found["plain"], has_larger_model=has_larger_model)


def question_set() -> Path:
    """The folder that is asked. Raises SkippedError where there is none."""
    other = os.environ.get("DONOVAN_BENCH_QUESTION_SET")
    if not other:
        return evaluation_data("questions/natural")
    if not Path(other).is_dir():
        raise SkippedError(f"{other} is not there.")
    return Path(other).resolve()


def figures_of(ours: dict[str, Any], plain: dict[str, Any], *, has_larger_model: bool) -> list[Figure]:
    """`ours` is the report of the suite, `plain` what the plain way made of the same questions."""
    n = ours["answerable"]
    right = RIGHT_TARGET_LARGER_MODEL if has_larger_model else RIGHT_TARGET
    seconds = ANSWER_SECONDS_LARGER_MODEL if has_larger_model else ANSWER_SECONDS
    kept, unanswerable = ours["unanswerable_kept"], ours["unanswerable"]
    figures = [
        share("right", ours["right"], n, right),
        share("the plain way: right", plain["right"], plain["answerable"]),
        Figure("right, ours only", plain["ours_only"], "questions"),
        Figure("right, the plain way only", plain["plain_only"], "questions"),
        share("right or in the nearest evidence", ours["right"] + ours["nearest"], n, WITH_NEAREST_TARGET),
        share("wrong", ours["wrong"], n, WRONG_TARGET, "at_most"),
        share("neither answered nor in the nearest evidence", ours["refused"], n),
        share("unanswerable and not answered", kept, unanswerable, 1.0),
    ]
    figures += [
        share(f"{kind}: right", row["right"], row["n"])
        for kind, row in ours["by_kind"].items()
        if kind != "unanswerable"
    ]
    figures += [
        Figure("words shown as an answer, median", ours["words_shown"], "words"),
        Figure("words of the plain way, median", plain["words"], "words"),
        Figure("median seconds to the evidence", ours["evidence_seconds"], "s", EVIDENCE_SECONDS, "at_most"),
        Figure("median seconds to the whole answer", ours["median_seconds"], "s", seconds, "at_most"),
    ]
    return figures
