"""The reader's part of the embedding host: requests of the socket answered by the reader in this process."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import close_old_connections

from . import serving
from .reader import ROLE, LocalReader, local_reader
from .reader_types import ReaderUnavailable, Window

logger = logging.getLogger(__name__)

REQUESTS = ("describe reader", "read", "judge")
MOST_WINDOWS = 256
MOST_CHARACTERS = 20_000


def answer(head: Mapping[str, Any]) -> dict[str, Any]:
    """The head of the frame that answers `head`: what was asked, or {"error": a sentence}."""
    close_old_connections()
    try:
        reader = local_reader()
        if head["do"] == "describe reader":
            return {
                "name": reader.name,
                "thresholds": dict(reader.thresholds),
                "joined": dict(reader.joined),
                "serves": serving.pointer_key(ROLE),
            }
        if head.get("model", reader.name) != reader.name:
            return {"name": reader.name}
        return {"name": reader.name, **_work(reader, head)}
    except ReaderUnavailable as error:
        return {"error": error.sentence}
    except (KeyError, TypeError, ValueError):
        return {"error": "The embedding host did not understand the request."}
    except Exception:
        # One text that the reader cannot take must not end the thread that answers this caller.
        logger.exception("A text could not be read.")
        return {"error": "A text could not be read. The log of the embedding host says why."}
    finally:
        close_old_connections()


def _work(reader: LocalReader, head: Mapping[str, Any]) -> dict[str, Any]:
    if head["do"] == "judge":
        pairs = [
            (str(a)[:MOST_CHARACTERS], str(b)[:MOST_CHARACTERS]) for a, b in head["pairs"][:MOST_WINDOWS]
        ]
        return {"judgements": [[j.supported, j.contradicted] for j in reader.judge(pairs)]}
    windows = [
        Window(str(w[0]), str(w[1])[:MOST_CHARACTERS], tuple((int(a), int(b)) for a, b in w[2]))
        for w in head["windows"][:MOST_WINDOWS]
    ]
    found = reader.read(str(head["question"])[:MOST_CHARACTERS], windows)
    return {"readings": [[[max(r.score, -1e9), r.start, r.end] for r in row] for row in found]}


def warm_up() -> None:
    """Load the reader before the first question needs it."""
    try:
        local_reader().judge([("a", "a")])
    except ReaderUnavailable as error:
        logger.warning("The embedding host has no reader: %s", error.sentence)
    finally:
        close_old_connections()
