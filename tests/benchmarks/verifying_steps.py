"""Statements of BEGIN and WiCE, each judged by `verify_claim`, in a scratch installation.

python -m tests.benchmarks.verifying_steps FOLDER LIMIT

FOLDER holds begin/*/dev.tsv and wice/dev.jsonl. Prints one JSON object in its last line.
"""

import csv
import json
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

from donovan.assistant.claims import split_draft  # noqa: E402
from donovan.assistant.spans import Span, cut, lead_of, sentence_before  # noqa: E402
from donovan.assistant.verify import verify_claim  # noqa: E402
from donovan.evaluation import scratch  # noqa: E402
from donovan.evaluation.answers_suite import evenly  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402

ATTRIBUTABLE = {"Fully attributable": "attributable", "Not fully attributable": "not", "Generic": "generic"}
WICE_LABELS = ("supported", "partially_supported", "not_supported")

Case = tuple[str, str, list[Span]]
"""A label, a statement and the spans that it may rest on."""


def main(folder: Path, limit: int) -> dict[str, Any]:
    """For each set and label how many passed and how many there are; the time a statement takes."""
    scratch.prepare()
    seconds: list[float] = []
    begin = measure(evenly(begin_cases(folder / "begin"), limit), tuple(ATTRIBUTABLE.values()), seconds)
    wice = measure(evenly(wice_cases(folder / "wice" / "dev.jsonl"), limit), WICE_LABELS, seconds)
    return {"begin": begin, "wice": wice, "milliseconds": round(1000 * median(seconds or [0.0]), 1)}


def measure(cases: Sequence[Case], labels: Sequence[str], seconds: list[float]) -> dict[str, list[int]]:
    """For each label how many statements passed, and how many there are."""
    counted = {label: [0, 0] for label in labels}
    for number, (label, statement, spans) in enumerate(cases, start=1):
        began = time.monotonic()
        counted[label][0] += passes(statement, spans)
        counted[label][1] += 1
        seconds.append(time.monotonic() - began)
        if number % 50 == 0:
            say(f"{number} of {len(cases)} statements judged")
    return counted


def passes(statement: str, spans: Sequence[Span]) -> bool:
    """Whether each sentence of the statement is supported; one that states nothing is not."""
    sentences = split_draft(statement)
    return bool(sentences) and all(
        verify_claim(sentence, spans, question="").is_supported for sentence in sentences
    )


def begin_cases(folder: Path) -> list[Case]:
    """The answers of every part of BEGIN, with the knowledge they were given."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*/dev.tsv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            cases += [
                (ATTRIBUTABLE[row["begin_label"]], row["response"], spans_of_text(row["knowledge"]))
                for row in rows
            ]
    return cases


def wice_cases(path: Path) -> list[Case]:
    """The claims of WiCE with the sentences of the page they cite."""
    with path.open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    return [(row["label"], row["claim"], spans_of_text("\n".join(row["evidence"]))) for row in rows]


def spans_of_text(text: str) -> list[Span]:
    """The spans of a text as of a page without a title."""
    cuts = list(cut(text))
    return [
        Span(
            document_id=uuid.UUID(int=0),
            passage_id=0,
            page=1,
            start=start,
            end=end,
            text=text[start:end],
            language="en",
            lead=lead_of(text, start),
            passage_text=text,
            before=sentence_before(text, cuts, index),
        )
        for index, (start, end) in enumerate(cuts)
    ]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
