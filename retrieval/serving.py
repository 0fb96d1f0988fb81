"""Which trained model serves now: one pointer for each role, moved, and moved back, in one transaction.

Nothing is ever written into a model's folder, so to promote is to point and to roll back is to point again.

Whoever keeps a loaded model keeps the key of the pointer beside it, and asks `pointer_key` (one small query)
before each use. Only when it moved are the files read: `read_pointed` checks every one of them, which for a
model of 90 MB takes some tenths of a second.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .base_models import PACKAGED, chosen
from .model_folders import ROLES, ModelFolder, ModelTampered, folder_of, read_model
from .models import ServedModel

BASE = "base"
"""In settings.SERVED_INSTEAD: no trained model, only what the settings and packages give."""

INSTEAD = "instead:"
"""Begins the key of a pointer that the settings of one process set, not the database."""


class PointerMoved(Exception):
    """Another model serves by now than the one that work was begun with."""


@dataclass(frozen=True)
class Pointer:
    """What serves in one role: a model in `folder` whose manifest has `digest`, or no trained model (None).

    `digest` is empty where the settings name the folder: then any model that is whole will do. `base` is the
    name of the embedder of the product that serves where no trained one does, "" where it is the site's own.
    """

    folder: Path | None
    digest: str = ""
    base: str = ""

    @property
    def key(self) -> str:
        """The same for the same model. Compared, never taken apart."""
        if self.folder is None:
            return self.base
        return f"{self.folder.name}@{self.digest}" if self.digest else f"{INSTEAD}{self.folder}"


def current(role: str) -> ServedModel | None:
    """The row of what serves in a role, or None while the model of the settings or packages does."""
    return ServedModel.objects.filter(role=role, is_current=True).first()


def pointer(role: str) -> Pointer:
    """What serves in `role` by the settings of this process, else by the database. No file is touched."""
    instead = settings.SERVED_INSTEAD.get(role, "")
    if instead:
        return Pointer(None, base=base_of(role)) if instead == BASE else Pointer(Path(instead))
    row = current(role)
    if row is None or not row.folder:
        # The index of a model of the product is searched with that model until the chosen one has read it.
        is_packaged = row is not None and row.name in PACKAGED
        return Pointer(None, base=row.name if row and is_packaged else base_of(role))
    return Pointer(Path(settings.MODELS_DIR) / row.folder, row.digest)


def base_of(role: str) -> str:
    """The name of the model of the product that the settings choose for a role; "" where they name none."""
    model = chosen() if role == "embedder" else None
    return model.name if model else ""


def pointer_key(role: str) -> str:
    """A short text that changes when, and only when, another model serves in `role`: one small query."""
    return pointer(role).key


def hold(role: str, key: str) -> None:
    """Within a transaction: see to it that what `key` names serves in `role` until the transaction ends.

    Raises PointerMoved when something else serves by now.
    """
    list(ServedModel.objects.select_for_update().filter(role=role, is_current=True))
    if pointer_key(role) != key:
        raise PointerMoved


def read_pointed(role: str, at: Pointer) -> ModelFolder | None:
    """The trained model that a pointer names, checked file by file; None for the base model.

    Raises ModelTampered when the folder is not the one that was promoted, or holds a model for another role.
    """
    if at.folder is None:
        return None
    model = read_model(at.folder, at.digest)
    if model.role != role:
        raise ModelTampered(f"The model {model.name} is refused: it is not made to serve as {role}.")
    return model


def served(role: str) -> ModelFolder | None:
    """The trained model that serves in `role`, checked file by file at every call; None for the base model.

    Raises ModelTampered when the folder is not the one that was promoted.
    """
    return read_pointed(role, pointer(role))


@transaction.atomic
def point(role: str, model: ModelFolder | None) -> ServedModel:
    """Let `model` (None: the base model) serve in `role` from the next request on; the new pointer.

    For an embedder this is only the last step of `retrieval.swapping.swap`, which brings the index along.
    Raises ModelTampered for a model of another role, or one that does not lie in its place in MODELS_DIR.
    """
    if role not in ROLES or (model is not None and model.role != role):
        raise ModelTampered(f"That model is not made to serve as {role}.")
    if model is not None and folder_of(role, model.name).resolve() != model.path.resolve():
        raise ModelTampered(f"The model {model.name} does not lie in the folder of the models that serve.")
    now = timezone.now()
    list(ServedModel.objects.select_for_update().filter(role=role))
    ServedModel.objects.filter(role=role, is_current=True).update(is_current=False, ended_at=now)
    return ServedModel.objects.create(
        role=role,
        name=model.name if model else base_of(role) or BASE,
        folder=f"{role}/{model.name}" if model else "",
        digest=model.digest if model else "",
        since=now,
    )


def before(role: str) -> ServedModel | None:
    """The pointer to go back to: what served last before the present one. None where nothing ever changed."""
    return ServedModel.objects.filter(role=role, is_current=False).order_by("-ended_at", "-pk").first()


def model_of(row: ServedModel | None) -> ModelFolder | None:
    """The model of a pointer, present or past, checked file by file; None for the base model.

    Raises ModelTampered.
    """
    if row is None or not row.folder:
        return None
    return read_pointed(row.role, Pointer(Path(settings.MODELS_DIR) / row.folder, row.digest))
