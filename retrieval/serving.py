"""Which trained model serves now: one pointer for each role, moved, and moved back, in one transaction.

Nothing is ever written into a model's folder, so to promote is to point and to roll back is to point again.
"""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .model_folders import ROLES, ModelFolder, ModelTampered, read_model
from .models import ServedModel

BASE = "base"
"""In settings.SERVED_INSTEAD: no trained model, only what the settings and packages give."""


def current(role: str) -> ServedModel | None:
    """The pointer of a role, or None while the model of the settings or packages serves."""
    return ServedModel.objects.filter(role=role, is_current=True).first()


def served(role: str) -> ModelFolder | None:
    """The trained model that serves in `role`, checked file by file; None for the base model.

    Raises ModelTampered when the folder is not the one that was promoted.
    """
    instead = settings.SERVED_INSTEAD.get(role, "")
    if instead:
        return None if instead == BASE else read_model(Path(instead))
    row = current(role)
    if row is None or not row.folder:
        return None
    return read_model(Path(settings.MODELS_DIR) / row.folder, row.digest)


@transaction.atomic
def point(role: str, model: ModelFolder | None) -> ServedModel:
    """Let `model` (None: the base model) serve in `role` from the next request on; the new pointer.

    Raises ModelTampered for a model of another role.
    """
    if role not in ROLES or (model is not None and model.role != role):
        raise ModelTampered(f"That model is not made to serve as {role}.")
    now = timezone.now()
    list(ServedModel.objects.select_for_update().filter(role=role))
    ServedModel.objects.filter(role=role, is_current=True).update(is_current=False, ended_at=now)
    return ServedModel.objects.create(
        role=role,
        name=model.name if model else BASE,
        folder=f"{role}/{model.name}" if model else "",
        digest=model.digest if model else "",
        since=now,
    )


def before(role: str) -> ServedModel | None:
    """The pointer to go back to: what served last before the present one. None where nothing ever changed."""
    return ServedModel.objects.filter(role=role, is_current=False).order_by("-ended_at", "-pk").first()
