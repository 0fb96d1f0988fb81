"""Answers to questions whose answer is known: our way, and the plain way beside it, from one run.

The plain way is what a first attempt does: the three best passages and the question into the same model,
and what it writes is the answer. Both ways ask the same questions of the same index.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch, say, share, wanted

QUESTIONS = wanted(60)
PLAIN_TOKENS = 64
GOLD_TARGET = 0.9
LEFT_OUT_TARGET = 0.95


def run() -> list[Figure]:
    found = in_scratch("tests.benchmarks.answers", evaluation_data("questions/factbook"))
    ours, without, plain = found["ours"], found["without"], found["plain"]
    asked = ours["questions"]
    return [
        _share("gold in the supported claims", ours["gold_in_supported"], asked, GOLD_TARGET),
        _share("gold in what the plain way writes", plain["gold_in_text"], asked),
        Figure("ours to plain", ours["gold_in_supported"] / max(plain["gold_in_text"], 0.01), "times"),
        Figure("citation precision", ours["citation_precision"], target=0.98),
        Figure("shown as supported and not", ours["unsupported_shown"], target=0.01, bound="at_most"),
        Figure("plain sentences not supported", plain["not_borne_out"]),
        _share("not answered though the answer is there", ours["refused"], asked),
        _share("not answered with its document left out", without["refused"], asked, LEFT_OUT_TARGET),
        Figure("median seconds to the whole answer", ours["median_seconds"], "s"),
        Figure("median seconds to the evidence", found["evidence_seconds"], "s", 0.5, "at_most"),
        Figure("median seconds to the first word", found["first_word_seconds"], "s", 4.0, "at_most"),
    ]


def _share(name: str, value: float, n: int, target: float | None = None) -> Figure:
    return share(name, round(value * n), n, target)


def main(folder: Path) -> dict[str, Any]:
    """Both ways over the questions in `folder`, in the scratch installation that the environment names."""
    django.setup()
    from statistics import median

    from donovan.assistant.models import Answer
    from donovan.evaluation import scratch
    from donovan.evaluation.answers_suite import evenly, load_corpus, measure

    scratch.prepare()
    questions, corpus = _lines(folder / "qa.jsonl"), _lines(folder / "corpus.jsonl")
    asker, documents = load_corpus(corpus, say)
    asked = evenly(questions, QUESTIONS)
    ours = measure(asker, documents, asked, progress=say)
    seconds = list(Answer.objects.values_list("seconds", flat=True))
    first_words = [kept["first_token"] for kept in seconds if kept["first_token"] is not None]
    without = measure(asker, documents, asked, leave_out=True, progress=say)
    return {
        "ours": ours,
        "without": without,
        "plain": _plain_way(asker, asked),
        "evidence_seconds": round(median(kept["retrieval"] for kept in seconds), 3),
        "first_word_seconds": round(median(first_words or [0.0]), 2),
    }


def _plain_way(asker: Any, asked: list[Any]) -> dict[str, float]:
    """Three passages and the question into the model; no span is chosen and nothing is checked."""
    from donovan.access.scope import scope_for
    from donovan.assistant.spans import cut
    from donovan.evaluation import answer_metrics
    from donovan.evaluation.answer_metrics import JudgedCitation, JudgedClaim, holds, is_supported
    from retrieval.search import search
    from tests.benchmarks.plain_way import PLAIN_PASSAGES, write_plainly

    right, unsupported_count = [], []
    for number, item in enumerate(asked, start=1):
        hits = search(item["question"], scope_for(asker), limit=PLAIN_PASSAGES).hits
        written = write_plainly(
            item["question"],
            [(hit.title, hit.text) for hit in hits],
            instruction="Answer the question from the passages in one sentence.",
            tokens=PLAIN_TOKENS,
        )
        right.append(holds(written, item["answer"]))
        for start, end in cut(written):
            citations = tuple(JudgedCitation("", 0, 0, hit.text, hit.title, False) for hit in hits)
            unsupported_count.append(not is_supported(JudgedClaim(written[start:end], citations)))
        if number % 10 == 0:
            say(f"{number} of {len(asked)} questions asked the plain way")
    return {
        "gold_in_text": answer_metrics.share(right),
        "not_borne_out": answer_metrics.share(unsupported_count),
    }


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
