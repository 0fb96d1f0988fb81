"""Both ways over one set of questions, in a scratch installation that the environment names.

python -m tests.benchmarks.questions_steps FOLDER [LIMIT]

Prints one JSON object in its last line.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

from donovan.evaluation import scratch  # noqa: E402
from donovan.evaluation.answers_suite import evenly, load_documents  # noqa: E402
from donovan.evaluation.questions_set import read_question_set  # noqa: E402
from donovan.evaluation.questions_suite import RIGHT, Asked, ask_all, figures  # noqa: E402
from tests.benchmarks.plain_way import PLAIN_PASSAGES, write_plainly  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402

ANSWER_TOKENS = 128


def main(folder: Path, limit: int | None) -> dict[str, Any]:
    """The report of our way, and what the plain way makes of the same questions and passages."""
    scratch.prepare()
    data = read_question_set(folder)
    asker, documents = load_documents(data.documents, dates=data.dates, progress=say)
    asked = ask_all(asker, documents, evenly(data.questions, limit), progress=say)
    return {"ours": figures(asked), "plain": plain_way([a for a in asked if a.question.is_answerable])}


def plain_way(asked: Sequence[Asked]) -> dict[str, Any]:
    """What is right of what the model writes from the first passages that our way was shown."""
    ours, plain, words = [], [], []
    for number, item in enumerate(asked, start=1):
        passages = [(found["title"], found["text"]) for found in item.answer.evidence[:PLAIN_PASSAGES]]
        written = write_plainly(
            item.question.question,
            passages,
            instruction="Answer the question from the passages, briefly.",
            tokens=ANSWER_TOKENS,
        )
        ours.append(item.outcome == RIGHT)
        plain.append(item.question.gold.is_satisfied_by(written))
        words.append(len(written.split()))
        if number % 10 == 0:
            say(f"{number} of {len(asked)} questions asked the plain way")
    pairs = list(zip(ours, plain, strict=True))
    return {
        "answerable": len(asked),
        "right": sum(plain),
        "ours_only": sum(own and not other for own, other in pairs),
        "plain_only": sum(other and not own for own, other in pairs),
        "words": median(words or [0]),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] and sys.argv[2] else None)))
