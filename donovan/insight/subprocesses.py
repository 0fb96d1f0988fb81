"""Computations of this room in a process of their own; what is refused there is an error of this room."""

from collections.abc import Mapping
from typing import Any

from donovan.insight.errors import InsightError
from ingest.work import subprocesses
from ingest.work.errors import Refused
from ingest.work.subprocesses import serve

__all__ = ["run_subprocess", "serve"]


def run_subprocess(
    module: str, request: Mapping[str, Any], *, seconds: float, megabytes: int
) -> dict[str, Any]:
    """As `ingest.work.subprocesses.run_subprocess`. Raises InsightError with its sentence."""
    try:
        return subprocesses.run_subprocess(module, request, seconds=seconds, megabytes=megabytes)
    except Refused as error:
        raise InsightError(error.sentence) from None
