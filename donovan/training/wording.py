"""What roles and figures are called on every page."""

from collections.abc import Mapping
from typing import Any

ROLE_TITLES = {
    "embedder": ("Search by meaning", "turns questions and passages into vectors"),
    "reranker": ("Order of hits", "puts what was found into its final order"),
    "reader": ("Reading", "says which span answers, and whether words support a statement"),
    "llm": ("Writing", "an adapter over the language model"),
    "verifier": ("Check of claims", "may object to what the rules let pass"),
    "triage": ("Classes of documents", "says what kind of document it is"),
}

_METRICS = {
    "held_out_accuracy": "right in cross-validation, share",
    "vetoes": "claims it would object to, share",
    "veto_precision": "of its objections, right, share",
    "dev_accuracy": "right on the dev split, share",
    "dev_macro_f1": "F1 on the dev split, mean over the classes",
    "dev_log_loss": "log loss on the dev split",
    "dev_calibration_error": "calibration error on the dev split",
    "ndcg@10": "nDCG@10 on the dev questions",
    "ndcg@10_before": "nDCG@10 before the training",
    "dense_ndcg@10": "nDCG@10 by meaning alone",
    "dense_ndcg@10_before": "nDCG@10 by meaning alone, before",
    "fused_ndcg@10": "nDCG@10 of the whole search",
    "fused_ndcg@10_before": "nDCG@10 of the whole search, before",
    "bm25_ndcg@10": "nDCG@10 by words alone",
    "reading": "answers found on the dev questions, mean of 1 / rank",
    "reading_before": "answers found, before the training",
    "judging": "chance given to the right verdict on the dev claims",
    "judging_before": "chance given to the right verdict, before",
    "elsewhere": "answers found on invented texts, mean of 1 / rank",
    "elsewhere_before": "answers found on invented texts, before",
    "changes": "true sentences believed more than changed ones, share",
    "changes_before": "true sentences believed more, before",
    "alpha": "how far from the base it went, of 1",
    "strength": "strength of regularisation",
    "last_loss": "loss at the end",
    "dev_labels": "dev labels",
    "train_labels": "training labels",
    "dev_questions": "dev questions",
    "train_questions": "training questions",
    "dev_loss": "loss on the dev split",
    "dev_loss_before": "loss on the dev split, before",
    "dev_preference_loss": "loss of preferences on the dev split",
}


def role_title(role: str) -> str:
    return ROLE_TITLES[role][0] if role in ROLE_TITLES else role


def metrics_in_words(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each figure with what it is, to three digits; counts are whole."""
    return [(_METRICS.get(name, name.replace("_", " ")), _rounded(value)) for name, value in metrics.items()]


def _rounded(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) > 1:
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) >= 0.001 or value == 0 else f"{value:.3g}"
