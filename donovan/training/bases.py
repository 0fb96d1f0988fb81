"""What a candidate was built on, against what serves: an adapter is nothing without its base."""

from django.conf import settings

from donovan.llm.interface import ModelUnavailable
from donovan.llm.weights import chosen_weights
from donovan.training.models import Candidate
from retrieval.embedding import identity_of, pointed_model
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered, read_model
from retrieval.reader import PACKAGED
from retrieval.serving import pointer, read_pointed

ON_EMBEDDINGS = ("reranker", "verifier", "triage")
_SHORT = 12


def base_problem(candidate: Candidate) -> str:
    """Why the candidate does not fit what serves, as a sentence; empty where it does."""
    said = str(candidate.facts.get("base_digest", ""))[:_SHORT]
    try:
        if candidate.role == "llm":
            weights = chosen_weights(settings.LLM_MODEL, settings.LLM_DIGEST)
            known = {weights.digest[:_SHORT]: weights.name}
        elif candidate.role == "embedder":
            known = _embedders()
        elif candidate.role == "reader":
            known = _readers()
        else:
            return _embedder_problem(candidate)
    except (ModelUnavailable, EmbedderUnavailable, ModelTampered) as error:
        return f"What serves now cannot be read, so nothing can be promoted on top of it. {error}"
    if said in known:
        return ""
    base = str(candidate.facts.get("base", "")) or "a model it does not name"
    return f"It was trained on top of {base[:120]}, and {', '.join(sorted(known.values()))} is in use."


def serving_embedder() -> str:
    """The name of the embedder that serves, without loading it. Raises EmbedderUnavailable, ModelTampered."""
    return identity_of(pointed_model(pointer("embedder"))).name


def disabled_by(candidate: Candidate) -> list[str]:
    """What serves in other roles and was trained with another embedder than this one, as "role name"."""
    if candidate.role != "embedder":
        return []
    name = f"{candidate.name}@{candidate.digest[:_SHORT]}"
    found = []
    for role in ON_EMBEDDINGS:
        try:
            model = read_pointed(role, pointer(role))
        except ModelTampered:
            continue
        if model is not None and model.facts.get("embedder", name) != name:
            found.append(f"{role} {model.name}")
    return found


def _embedder_problem(candidate: Candidate) -> str:
    """A re-ranker need not rest on one embedder; a classifier says which it needs."""
    needs = str(candidate.facts.get("embedder", ""))
    serves = serving_embedder()
    if needs in ("", serves):
        return ""
    return f"It was trained with the embedder {needs[:120]}, and {serves} is in use. Train it again."


def _readers() -> dict[str, str]:
    """The readers that one may go on from, name by start of digest: the packaged one, and what serves."""
    found = {}
    for model in (read_model(PACKAGED), read_pointed("reader", pointer("reader"))):
        if model is not None:
            found[model.digest[:_SHORT]] = f"{model.name}@{model.digest[:_SHORT]}"
    return found


def _embedders() -> dict[str, str]:
    """The embedders that one may be trained on top of, name by start of digest: the base, and what serves."""
    found = {}
    for model in (None, pointed_model(pointer("embedder"))):
        name = identity_of(model).name
        found[name.rpartition("@")[2][:_SHORT]] = name
    return found
