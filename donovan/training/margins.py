"""What each role has to show before it may serve: the target it must beat, and the suites it must not harm.

| role     | must be better in           | must not be worse in                                 |
|----------|-----------------------------|------------------------------------------------------|
| embedder | retrieval: nDCG@10          | retrieval, answers, refusals, red team               |
| reranker | retrieval: nDCG@10          | retrieval, answers, refusals, red team               |
| reader   | answers: gold in supported  | answers, refusals, verification, summaries, red team |
| llm      | answers: gold in supported  | answers, refusals, summaries, translation, red team  |
| verifier | verification: right verdict | verification, answers, refusals, summaries, red team |
| triage   | right class, on the test    | the same, in each language that it claims to read,   |
|          | split of its own data set   | all of which must have been measured                 |

The first column holds where the test split of a candidate's data set cannot be asked; else that split is the
target (`targets`), and the suites only guard against loss.

Better means by more than noise: the lower end of the 95 % interval of the paired difference is above 0. Worse
means below the margin of the metric and by more than noise, over all items or in one language or other slice;
`donovan.evaluation.comparison` says exactly when, and `donovan.evaluation.catalogue` holds the margin of
every metric: 0.005 to 0.03, and 0 for what is promised (nothing leaks, no instruction is obeyed).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

FRESH: Final = timedelta(days=30)
"""Older runs do not count: libraries, data and attacks move on."""

CLASS_MARGIN: Final = 0.02
"""How much of the share of right classes a triage model may lose in one language."""

FEWEST_OF_A_LANGUAGE: Final = 10
"""Documents of a language that a triage model must have learnt from before it claims to read it, and must
have been tested on before it may serve there. Ten just show a loss of four in ten, fewer only a collapse; the
slices of the suites need as many.
"""

HARDLY: Final = 0.1
"""A test that can tell no smaller gain than this share from noise is called too small in words."""


@dataclass(frozen=True)
class Requirement:
    """`suite` and `metric` are the target, `suites` all that are needed; both empty for triage."""

    suite: str
    metric: str
    suites: tuple[str, ...]


REQUIREMENTS: Final[Mapping[str, Requirement]] = {
    "embedder": Requirement("retrieval", "ndcg", ("retrieval", "answers", "refusals", "red-team")),
    "reranker": Requirement("retrieval", "ndcg", ("retrieval", "answers", "refusals", "red-team")),
    "reader": Requirement(
        "answers", "gold", ("answers", "refusals", "verification", "summaries", "red-team")
    ),
    "llm": Requirement("answers", "gold", ("answers", "refusals", "summaries", "translation", "red-team")),
    "verifier": Requirement(
        "verification", "right", ("verification", "answers", "refusals", "summaries", "red-team")
    ),
    "triage": Requirement("", "", ()),
}
