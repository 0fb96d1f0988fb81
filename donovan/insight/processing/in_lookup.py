"""What a look at a pasted text says of documents in which names have not been looked for yet."""

from donovan.insight.processing.selectors import progress
from donovan.library.lookup import Known, register
from retrieval.scope import AccessScope


def not_looked_at(text: str, scope: AccessScope, notices: list[str]) -> list[Known]:
    """Nothing is found here; only the sentence is added."""
    far = progress(scope)
    if far.waiting:
        notices.append(
            f"{far.waiting} of {far.ready} documents still wait to be looked through for names; "
            "what only they name is not known yet."
        )
    return []


register("waiting", not_looked_at)
