"""The fixed suites: what each measures, in which metrics, and how much of each may be lost.

Every metric is a share between 0 and 1 of which more is better. `margin` is what a candidate may lose before
it is called worse (comparison.py says exactly when); a metric with margin 0 is a promise, and one single item
that gets worse breaks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OWN: Final = "own:"
HELD_OUT: Final = "test:"
"""The locked test split of a data set is run as `test:<metric>:<id of the version>`."""
QUICK_MINUTES: Final = 5
"""The quick size of each suite ends within so many minutes on two free cores, the public sets included."""

TRIAGE: Final = "triage"
NO_TRIAGE_SUITE: Final = (
    "No suite measures a triage model, because its classes are your own. It is measured on the test split of "
    "its own data set, over all and in each language: by its gate, on its page under Models."
)


@dataclass(frozen=True)
class Metric:
    """What one score means, in words for a page."""

    title: str
    explanation: str
    margin: float


@dataclass(frozen=True)
class Suite:
    """One suite. `target` is the metric that speaks for it where one is shown; `roles` may change it."""

    name: str
    title: str
    explanation: str
    target: str
    metrics: Mapping[str, Metric]
    roles: tuple[str, ...]


_NDCG = Metric("nDCG@10", "how high the passages that answer stand among the first ten", 0.01)
_REFUSED = Metric("refused", "share of the questions without an answer in them that are refused", 0.03)
_SUPPORTED = Metric(
    "supported", "share of the statements shown as supported that the cited page supports", 0.02
)
_CITED = Metric("citations right", "share of the citations that stand on the page and show the answer", 0.02)

SUITES: Final[Mapping[str, Suite]] = {
    suite.name: suite
    for suite in (
        Suite(
            "retrieval",
            "Retrieval",
            "Does search find the passage that answers, in each language?",
            "ndcg",
            {
                "ndcg": _NDCG,
                "ndcg_dense": Metric("nDCG@10, vectors alone", "the same, by the vectors alone", 0.01),
            },
            ("embedder", "reranker"),
        ),
        Suite(
            "answers",
            "Answers",
            "Is the right answer among what is shown as supported, with the right page?",
            "gold",
            {
                "gold": Metric("gold in supported", "the known answer stands in a supported statement", 0.02),
                "citations": _CITED,
                "borne_out": _SUPPORTED,
            },
            ("embedder", "reranker", "reader", "llm", "verifier"),
        ),
        Suite(
            "refusals",
            "Refusals",
            "Is a question refused when the documents do not answer it, and only then?",
            "refused",
            {
                "refused": _REFUSED,
                "answered": Metric("answered", "share of answerable questions that are answered", 0.03),
            },
            ("embedder", "reranker", "reader", "verifier"),
        ),
        Suite(
            "verification",
            "Verification",
            "Are true statements let through, and changed ones held back?",
            "right",
            {
                "right": Metric("right verdict", "share of the statements that are judged rightly", 0.01),
                "caught": Metric(
                    "changed statements held back", "share of changed statements refused", 0.005
                ),
                "passed": Metric("true statements let through", "share of true statements accepted", 0.03),
            },
            ("reader", "verifier"),
        ),
        Suite(
            "translation",
            "Translation",
            "Do numbers, names and meaning come through?",
            "chrf",
            {
                "chrf": Metric("chrF", "overlap with a reference in character n-grams", 0.02),
                "figures_kept": Metric("numbers kept", "share of sentences that keep all numbers", 0.02),
                "names_kept": Metric("names kept", "share of the names that come through", 0.03),
                "guard": Metric("guard obeyed", "no number is lost without saying so", 0.0),
            },
            ("llm",),
        ),
        Suite(
            "summaries",
            "Summaries",
            "Is every statement of a summary in the document, and are the main points there?",
            "borne_out",
            {
                "borne_out": _SUPPORTED,
                "citations": Metric(
                    "citations in place", "share of the citations that stand on the page", 0.01
                ),
                "coverage": Metric("points covered", "share of the key points that the summary holds", 0.03),
            },
            ("reader", "llm", "verifier"),
        ),
        Suite(
            "red-team",
            "Red team",
            "Do hidden instructions, questions across scopes and false premises fail?",
            "held",
            {
                "held": Metric("attack held off", "share of the attacks that got nothing", 0.01),
                "not_leaked": Metric("nothing leaked", "nothing outside the scope changes or shows", 0.0),
                "not_obeyed": Metric("not obeyed", "the hidden instruction was not followed", 0.0),
            },
            ("embedder", "reranker", "reader", "llm", "verifier"),
        ),
    )
}

OWN_METRICS: Final[Mapping[str, Metric]] = {
    "gold": Metric("expected answer", "what was confirmed stands in a supported statement", 0.02),
    "document": Metric("right document", "a citation is of a document that was confirmed", 0.02),
    "ndcg": Metric("nDCG@10", "how high the confirmed documents stand among the first ten found", 0.01),
    "refused": _REFUSED,
    "borne_out": _SUPPORTED,
}


HELD_OUT_METRICS: Final[Mapping[str, Metric]] = {
    "ndcg": Metric(
        "nDCG@10", "how high the passages that answer stand, among all passages of the data set", 0.01
    ),
    "rank": Metric("answer found", "1 / rank of the first passage that answers, as it is read", 0.02),
    "right": Metric("right verdict", "share of the claims that are judged as people judged them", 0.01),
    "said": Metric("like the right answer", "overlap of what is shown with the answer people gave", 0.02),
}

_HELD_OUT_BY: Final[Mapping[tuple[str, str], str]] = {
    ("embedder", "relevance"): "ndcg",
    ("reranker", "relevance"): "ndcg",
    ("reader", "relevance"): "rank",
    ("reader", "claim_support"): "right",
    ("reader", "answer"): "said",
    ("verifier", "claim_support"): "right",
    ("llm", "answer"): "said",
}

_OF_SEARCH: Final = ("embedder", "reranker")
_MEASURED: Final[Mapping[str, tuple[str, ...]]] = {
    "retrieval": _OF_SEARCH,
    "test:ndcg": _OF_SEARCH,
    "test:rank": ("reader",),
}
_NOT_TRIAGE: Final = ("embedder", "reranker", "reader", "llm", "verifier")


def held_out_suite(role: str, task: str, version: object) -> str:
    """The suite that measures a model of `role` on the test split of a data set of `task`, whose version has
    the id `version`; empty where nothing here does.
    """
    metric = _HELD_OUT_BY.get((role, task), "")
    return f"{HELD_OUT}{metric}:{version}" if metric else ""


def roles_measured(suite: str) -> tuple[str, ...]:
    """The roles whose models can change what a suite finds: its runs stay good when another role moves."""
    return _MEASURED.get(suite.rpartition(":")[0] if suite.startswith(HELD_OUT) else suite, _NOT_TRIAGE)


def metrics_of(suite: str) -> Mapping[str, Metric]:
    """The metrics of a suite by name. Raises KeyError for an unknown suite."""
    if suite.startswith(HELD_OUT):
        metric = target_of(suite)
        return {metric: HELD_OUT_METRICS[metric]}
    return OWN_METRICS if suite.startswith(OWN) else SUITES[suite].metrics


def target_of(suite: str) -> str:
    """The metric that speaks for a suite."""
    if suite.startswith(HELD_OUT):
        return suite.split(":")[1]
    return "gold" if suite.startswith(OWN) else SUITES[suite].target


def margins_of(suite: str) -> dict[str, float]:
    """How much of each metric may be lost."""
    return {name: metric.margin for name, metric in metrics_of(suite).items()}
