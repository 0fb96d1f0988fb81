"""Writing the record. If the record cannot be written, the action does not happen."""

import logging
from collections.abc import Iterable, Mapping
from functools import partial

from django.db import DatabaseError, transaction
from django.utils import timezone

from donovan.audit import checkpoints
from donovan.audit.chain import FIRST_SEAL, LONGEST_TEXT, keyed_digest, plain, seal_of
from donovan.audit.models import AuditRecord
from donovan.audit.verification import ChainReport, verify_chain

__all__ = ["AuditUnavailable", "ChainReport", "record", "verify_chain"]

logger = logging.getLogger(__name__)


class AuditUnavailable(Exception):
    """The record cannot be written, so what it was to record must not happen."""

    sentence = (
        "Nothing was done, because the record of actions cannot be written. "
        "Ask the system owner to look at free disk space and at the folder of checkpoints."
    )

    def __init__(self) -> None:
        super().__init__(self.sentence)


def record(
    actor: str,
    action: str,
    outcome: str = "done",
    *,
    source: str = "",
    labels: Iterable[str] = (),
    documents: Iterable[object] = (),
    detail: Mapping[str, object] | None = None,
) -> AuditRecord:
    """Add one sealed record inside the caller's transaction, or in its own when there is none.

    `detail` is small and holds no text of documents, no questions and no secrets. Raises AuditUnavailable;
    the caller lets it pass, so that its transaction is undone.
    """
    try:
        checkpoints.ensure_writable()
        with transaction.atomic():
            sealed = _append(
                AuditRecord(
                    at=timezone.now(),
                    actor=actor[:150],
                    action=action[:40],
                    outcome=outcome[:16],
                    source=source[:64],
                    labels=sorted({str(label) for label in labels}),
                    documents=[str(document)[:LONGEST_TEXT] for document in documents],
                    detail=plain(detail or {}),
                )
            )
            transaction.on_commit(partial(_keep_checkpoint, sealed.sequence, sealed.seal))
            return sealed
    except (DatabaseError, OSError) as error:
        name = type(error).__name__
        logger.error("the audit record of a %s could not be written: %s", action, name, exc_info=error)
        raise AuditUnavailable from error


def sign_of(name: object) -> str:
    """A short keyed digest of what may not be named: the same for the same, and nobody without the key of the
    record finds out of what by trying.
    """
    return keyed_digest({"sign of": str(name)})[:16]


def _append(record_to_seal: AuditRecord) -> AuditRecord:
    # Neither gaps nor doubles: a transaction is the only writer from its beginning, on either database.
    last = AuditRecord.objects.order_by("-sequence").values_list("sequence", "seal").first()
    sequence, seal = last or (0, FIRST_SEAL)
    record_to_seal.sequence = sequence + 1
    record_to_seal.seal = seal_of(record_to_seal, seal)
    record_to_seal.save(force_insert=True)
    return record_to_seal


def _keep_checkpoint(sequence: int, seal: str) -> None:
    # The action is already done when this runs: a checkpoint that fails is reported, and the next record,
    # which is not written as long as checkpoints cannot be, makes up for it.
    try:
        checkpoints.keep(sequence, seal, _seals)
    except (DatabaseError, OSError) as error:
        logger.error(
            "the checkpoint of audit record %s could not be kept: %s", sequence, type(error).__name__
        )


def _seals(first: int, last: int) -> dict[int, str]:
    rows = AuditRecord.objects.filter(sequence__gte=first, sequence__lte=last)
    return dict(rows.order_by("sequence").values_list("sequence", "seal"))
