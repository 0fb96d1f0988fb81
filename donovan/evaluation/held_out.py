"""The locked test split of a data set as a suite: what the candidates that learnt from it are held against.

Its texts are people's own documents, so a run bears all labels of the version, and only who may read all of
these may start or read one. Nothing of a row is kept beside its scores: what a model gets wrong in the test
is for nobody to train on.
"""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.feedback.datasets import reading
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import DatasetVersion

from .catalogue import HELD_OUT, HELD_OUT_METRICS, target_of
from .errors import UnusableData

NO_VERSION: Final = "There is no data set of that suite that you may read."


def version_named(suite: str) -> DatasetVersion | None:
    """The version whose test split a suite is; None where there is none."""
    parts = suite.split(":")
    if len(parts) != 3 or not suite.startswith(HELD_OUT) or parts[1] not in HELD_OUT_METRICS:
        return None
    try:
        pk = uuid.UUID(parts[2])
    except ValueError:
        return None
    return DatasetVersion.objects.select_related("dataset__created_by").filter(pk=pk).first()


def is_there(suite: str) -> bool:
    """Whether there is such a suite, for whomever."""
    return version_named(suite) is not None


def title_of(suite: str) -> str:
    """What people call it."""
    version = version_named(suite)
    return f"Test split of {version}" if version is not None else suite


def version_of(suite: str, user: User) -> DatasetVersion:
    """The version, for somebody who may read all of it now. Raises UnusableData."""
    version = version_named(suite)
    scope = scope_for(user)
    if version is None or not version.labels or not all(scope.may_read(label) for label in version.labels):
        raise UnusableData(NO_VERSION)
    return version


def request_of(suite: str, version: DatasetVersion) -> Mapping[str, Any]:
    """What the measuring process is told, once every file was found whole. Raises UnusableData."""
    try:
        reading.verify_version(version)
    except DatasetError as error:
        raise UnusableData(error.sentence) from error
    folder = reading.folder_of(version)
    return {"held_out": target_of(suite), "rows": str(folder.resolve()), "rows_digest": version.digest}
