"""The kinds of training: what they learn from, what they make, and what their process may take."""

from collections.abc import Mapping
from dataclasses import dataclass

from donovan.training.errors import TrainingError
from donovan.training.models import TrainingJob

Kind = TrainingJob.Kind


@dataclass(frozen=True)
class KindOfTraining:
    """`roles` says which role a data set of a task leads to. `trainer` is "module:function", loaded only in
    the process that trains. `megabytes` bounds that process; `settings` are what may be set, with defaults
    that the trainer itself holds.
    """

    kind: str
    shown: str
    roles: Mapping[str, str]
    trainer: str
    megabytes: int


KINDS: Mapping[str, KindOfTraining] = {
    one.kind: one
    for one in (
        KindOfTraining(
            Kind.RETRIEVER,
            "retriever: what search finds by meaning",
            {"relevance": "embedder"},
            "donovan.training.trainers.retriever:train_retriever",
            6000,
        ),
        KindOfTraining(
            Kind.RERANKER,
            "re-ranker: the order of what was found",
            {"relevance": "reranker"},
            "donovan.training.trainers.reranker:train_reranker",
            6000,
        ),
        KindOfTraining(
            Kind.CLASSIFIER,
            "classifier: classes of documents, or whether evidence bears a claim",
            {"document_class": "triage", "claim_support": "verifier"},
            "donovan.training.trainers.classifier:train_classifier",
            4000,
        ),
        KindOfTraining(
            Kind.LLM,
            "language model: an adapter over the model that writes",
            {"answer": "llm", "preference": "llm"},
            "donovan.training.trainers.language_model:train_llm",
            10000,
        ),
    )
}


def role_for(kind: str, task: str) -> str:
    """The role that a training of `kind` on examples of `task` leads to. Raises TrainingError if none."""
    if kind not in KINDS:
        raise TrainingError(
            f"There is no training of the kind “{kind[:40]}”. Choose one of {', '.join(KINDS)}."
        )
    roles = KINDS[kind].roles
    if task not in roles:
        raise TrainingError(
            f"A {kind} learns from examples of {' or '.join(sorted(roles))}; this data set holds {task}."
        )
    return roles[task]


def kinds_for(task: str) -> list[str]:
    """The kinds that can learn from examples of `task`."""
    return [kind for kind, one in KINDS.items() if task in one.roles]
