"""Who may do what with data sets: reviewers and model owners read and export, model owners make."""

from uuid import UUID

from django.core.exceptions import ValidationError

from donovan.access.models import Role
from donovan.audit import services as audit
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import Dataset, DatasetBuild, DatasetVersion
from donovan.feedback.datasets.reading import may_see, seen_of
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

READERS = (Role.REVIEWER, Role.MODEL_OWNER)
MAKERS = (Role.MODEL_OWNER,)


def may_read_datasets(caller: Caller) -> bool:
    return caller.user.role in READERS


def may_make_datasets(caller: Caller) -> bool:
    return caller.user.role in MAKERS


def check_reader(caller: Caller) -> None:
    """DatasetError, on record, for people who have nothing to do with data sets."""
    if not may_read_datasets(caller):
        _deny(caller, "read")
        raise DatasetError("Data sets are for reviewers and model owners. Ask one of them.")


def check_maker(caller: Caller) -> None:
    """DatasetError, on record, for people who do not make data sets."""
    if not may_make_datasets(caller):
        _deny(caller, "make")
        raise DatasetError("Data sets are made by model owners. Ask one of them.")


def datasets_of(caller: Caller) -> list[Dataset]:
    """The data sets that the caller may read whole, by name."""
    if not may_read_datasets(caller):
        return []
    return seen_of(caller.scope, Dataset.objects.select_related("created_by").order_by("name"))


def dataset_of(caller: Caller, dataset_id: UUID | str) -> Dataset:
    """The data set, if the caller may read all of it; NotFoundHere in every other case."""
    try:
        found = Dataset.objects.select_related("created_by").get(pk=dataset_id)
    except (Dataset.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    if not may_read_datasets(caller) or not may_see(caller.scope, found):
        raise NotFoundHere
    return found


def version_of(caller: Caller, dataset_id: UUID | str, number: int) -> DatasetVersion:
    """The version, if the caller may read all of its data set; NotFoundHere in every other case."""
    dataset = dataset_of(caller, dataset_id)
    version = DatasetVersion.objects.filter(dataset=dataset, number=number).first()
    if version is None:
        raise NotFoundHere
    version.dataset = dataset
    return version


def build_of(caller: Caller, build_id: UUID | str) -> DatasetBuild:
    """One of the caller's own builds; NotFoundHere in every other case."""
    try:
        return DatasetBuild.objects.select_related("version__dataset", "person").get(
            pk=build_id, person=caller.user
        )
    except (DatasetBuild.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None


def _deny(caller: Caller, what: str) -> None:
    audit.record(
        caller.name, "dataset", "denied", source=caller.source, detail={"change": what, "what": "data set"}
    )
