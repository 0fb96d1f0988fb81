"""A trained verifier's objection to a claim that the rules let pass.

It can only take away: what the rules refuse stays refused, and what it does not object to is what it was.
Without a promoted verifier, or with one that was trained with another embedder, nothing changes.
"""

import logging
from collections.abc import Sequence

from donovan.assistant.claim_features import UNSUPPORTED, VERSION, claim_features
from retrieval.classifying import LinearClassifier, serving_classifier
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

logger = logging.getLogger(__name__)
ROLE = "verifier"


def serving_verifier() -> tuple[LinearClassifier | None, str]:
    """The verifier in use and nothing, or None and a sentence why the promoted one is not used.

    (None, "") where none is promoted.
    """
    classifier, why = serving_classifier(ROLE, "verifier", VERSION)
    if classifier is not None and UNSUPPORTED not in classifier.classes:
        return None, f"The verifier {classifier.name} is not used: it does not know “{UNSUPPORTED}”."
    return classifier, why


def objection(claim: str, evidence: Sequence[str], language: str) -> str:
    """Why the verifier would not call the claim supported, naming it; empty where it does not object."""
    classifier, why = serving_verifier()
    if classifier is None:
        if why:
            logger.warning("%s", why)
        return ""
    try:
        embedder = get_embedder()
        known = classifier.languages
        if not embedder.reads(language) or (known and language not in known):
            return ""
        features = claim_features(embedder, [(claim, evidence)])
    except EmbedderUnavailable:
        return ""
    chance = float(classifier.probabilities(features)[0, classifier.classes.index(UNSUPPORTED)])
    if chance < classifier.threshold:
        return ""
    return f"The verifier {classifier.shown} does not find it in the cited words ({chance:.0%} sure)."


def verifier_in_use() -> str:
    """Name and digest of the verifier that may object now, or nothing."""
    classifier, _why = serving_verifier()
    return classifier.shown if classifier else ""
