"""Which trained model stood in each role while an answer was made: kept with it, so it can be replayed."""

from retrieval.model_folders import ROLES
from retrieval.serving import BASE, pointer


def models_in_use() -> dict[str, str]:
    """By role the name and start of the digest of the trained model that serves, or "base"."""
    found = {}
    for role in ROLES:
        at = pointer(role)
        found[role] = BASE if at.folder is None else f"{at.folder.name}@{at.digest[:12] or 'instead'}"
    return found
