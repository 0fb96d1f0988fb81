"""Questions asked within one document: PolicyQA within a privacy policy, TAT-QA within a financial context.

A policy is one document of all its paragraphs. A context is one document of a table and the paragraphs around
it, taken in as a file and read as any file is, its table included.

PolicyQA's gold are stretches, often of several sentences, and one stretch is only what one person marked. So
three figures are told: the whole stretch stands in what is shown; what is cited lies in such a stretch or
holds one; the words in common (F1 as of SQuAD). TAT-QA is right where every text of the gold, or the number,
is shown; arithmetic is told apart.

DONOVAN_BENCH_QUESTIONS says how many questions of PolicyQA (default 60) and, in whole contexts, of TAT-QA.
"""

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch, share, wanted

QUESTIONS = wanted(60)
SPANS_AND_COUNTS_TARGET = 0.60


def run_policies() -> list[Figure]:
    path = evaluation_data("questions/policyqa") / "dev.json"
    found = in_scratch("tests.benchmarks.within_steps", "policies", path, str(QUESTIONS))
    n = found["questions"]
    return [
        share("the marked stretch is shown", found["held"], n),
        share("shown, or in the nearest evidence", found["held"] + found["nearest"], n),
        share("answered", found["answered"], n),
        share("of those: what is cited is of a marked stretch", found["in_place"], found["answered"]),
        Figure("words in common with the stretch, F1, answered", found["f1"]),
        Figure("words shown as an answer, median", found["words"], "words"),
        Figure("median seconds to the whole answer", found["seconds"], "s"),
    ]


def run_contexts() -> list[Figure]:
    path = evaluation_data("questions/tatqa") / "dev.json"
    found = in_scratch("tests.benchmarks.within_steps", "contexts", path, str(QUESTIONS))
    kinds = found["kinds"]
    simple = [kinds[kind] for kind in ("span", "multi-span", "count")]
    right, nearest, wrong, n = (
        sum(row[name] for row in simple) for name in ("right", "nearest", "wrong", "n")
    )
    sums = kinds["arithmetic"]
    figures = [
        share("spans and counts: right", right, n, SPANS_AND_COUNTS_TARGET),
        share("spans and counts: right or in the nearest evidence", right + nearest, n),
        share("spans and counts: wrong", wrong, n),
        share("arithmetic: right", sums["right"], sums["n"]),
        share("arithmetic: wrong", sums["wrong"], sums["n"]),
    ]
    figures += [share(f"{kind}: right", row["right"], row["n"]) for kind, row in kinds.items()]
    figures += [
        share(f"answer in {place}: right", row["right"], row["n"]) for place, row in found["places"].items()
    ]
    figures += [
        Figure("words shown as an answer, median", found["words"], "words"),
        Figure("median seconds to the whole answer", found["seconds"], "s"),
    ]
    return figures
