"""The tagger's part of the embedding host: requests of the socket answered by the tagger in this process."""

import logging
from collections.abc import Mapping
from typing import Any

from .tagger import local_tagger
from .tagger_types import TaggerUnavailable

logger = logging.getLogger(__name__)

REQUESTS = ("describe tagger", "tag")


def answer(head: Mapping[str, Any]) -> dict[str, Any]:
    """The head of the frame that answers `head`: what was asked, or {"error": a sentence}."""
    try:
        tagger = local_tagger()
        if head["do"] == "describe tagger":
            return {"name": tagger.name, "sure": dict(tagger.sure)}
        if head.get("model", tagger.name) != tagger.name:
            return {"name": tagger.name}
        names = tagger.tag([str(text) for text in head["texts"]])
        return {
            "name": tagger.name,
            "names": [[[name.start, name.end, name.kind, name.chance] for name in row] for row in names],
        }
    except TaggerUnavailable as error:
        return {"error": error.sentence}
    except (KeyError, TypeError, ValueError):
        return {"error": "The embedding host did not understand the request."}
    except Exception:
        # One text that the tagger cannot take must not end the thread that answers this caller.
        logger.exception("Names could not be tagged.")
        return {"error": "Names could not be tagged. The log of the embedding host says why."}
