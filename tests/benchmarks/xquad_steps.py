"""One language of XQuAD, asked with each question's passage and without, in a scratch installation.

python -m tests.benchmarks.xquad_steps FILE LANGUAGE LIMIT

Prints one JSON object in its last line.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from donovan.evaluation import scratch  # noqa: E402
from donovan.evaluation.answers_suite import evenly, load_documents, measure  # noqa: E402
from donovan.evaluation.sets import xquad  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402


def main(path: Path, language: str, limit: int) -> dict[str, Any]:
    """The figures of the suite of answers, `with` and `without` the passage that holds the answer."""
    scratch.prepare()
    gold = xquad(path, language)
    asker, documents = load_documents(gold.documents, progress=say)
    asked = [
        {"question": item.question, "answer": item.expected[0], "doc": item.document}
        for item in evenly(gold.questions, limit)
    ]
    return {
        "with": measure(asker, documents, asked, progress=say),
        "without": measure(asker, documents, asked, leave_out=True, progress=say),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
