"""What a child process does with its request, once Django is set up."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from donovan.llm.interface import ModelUnavailable
from donovan.llm.prompts import use_prompts
from ingest.work.errors import Refused
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered

from . import kept_items, own_suite, scratch
from .errors import UnusableData
from .measuring import Measured, OnProgress, Work
from .staged_index import staged_index
from .suites import answers, held_out, red_team, refusals, retrieval, summaries, translation, verification

REFUSALS: Final = (UnusableData, EmbedderUnavailable, ModelUnavailable, ModelTampered, Refused)

MEASURES: Final[Mapping[str, Callable[[Work], Measured]]] = {
    "retrieval": retrieval.measure,
    "answers": answers.measure,
    "refusals": refusals.measure,
    "verification": verification.measure,
    "translation": translation.measure,
    "summaries": summaries.measure,
    "red-team": red_team.measure,
}


def sentence_of(error: BaseException) -> str:
    """Why it was refused, as a person reads it."""
    return str(getattr(error, "sentence", "") or error)


def measure(
    request: Mapping[str, Any],
    on_progress: OnProgress,
    keep: Callable[[dict[str, Any]], None] = lambda kept: None,
) -> dict[str, Any]:
    """Measure the suite that a request names; the result as JSON. Raises one of REFUSALS.

    `keep` is given each item as soon as it is measured, so that the run can be gone on with.
    """
    use_prompts(request.get("prompts") or {})
    if request.get("own"):
        return _own(request, on_progress)
    scratch.prepare()
    work = Work(
        size=request["size"],
        limit=request.get("limit"),
        data=Path(request["data"]) if request.get("data") else None,
        attacks=tuple(request.get("attacks") or ()),
        on_progress=on_progress,
        known={name: kept_items.from_json(said) for name, said in request.get("known", {}).items()},
        keep=lambda kept: keep(kept_items.as_json(kept)),
    )
    if metric := request.get("held_out"):
        rows, digest = Path(request["rows"]), str(request["rows_digest"])
        return held_out.measure(work, metric=metric, rows=rows, digest=digest).as_json()
    return MEASURES[request["suite"]](work).as_json()


def _own(request: Mapping[str, Any], on_progress: OnProgress) -> dict[str, Any]:
    """Own questions on the real documents, by hosts of this process: those of the site serve other models."""
    own, user, limit = request["own"], request["user"], request.get("limit")
    with tempfile.TemporaryDirectory(prefix="donovan-hosts-") as folder:
        settings.LLM_SOCKET = Path(folder) / "llm.sock"
        settings.EMBEDDER_SOCKET = Path(folder) / "embedder.sock"
        if "beside" not in request:
            return own_suite.measure(own, user=user, limit=limit, on_progress=on_progress).as_json()
        with staged_index(Path(request["folder"])):
            return own_suite.measure_beside(
                own,
                user=user,
                labels=request["beside"],
                size=request["size"],
                limit=limit,
                on_progress=on_progress,
            ).as_json()
