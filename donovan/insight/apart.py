"""Computations of this room in a process of their own; what is refused there is an error of this room."""

from collections.abc import Mapping
from typing import Any

from donovan.insight.errors import InsightError
from ingest.work import apart
from ingest.work.apart import serve
from ingest.work.errors import Refused

__all__ = ["run_apart", "serve"]


def run_apart(module: str, request: Mapping[str, Any], *, seconds: float, megabytes: int) -> dict[str, Any]:
    """As `ingest.work.apart.run_apart`. Raises InsightError with its sentence."""
    try:
        return apart.run_apart(module, request, seconds=seconds, megabytes=megabytes)
    except Refused as error:
        raise InsightError(error.sentence) from None
