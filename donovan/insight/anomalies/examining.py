"""One examination of a document: claimed by compare-and-set, done from nothing, kept in one transaction.

A worker that dies leaves a lease that ends; whoever looks next does the examination again. It changes nothing
before its last transaction, so that nothing is found twice and nothing is half kept.
"""

import logging
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.insight.anomalies import engines, material, versions
from donovan.insight.anomalies.checks.examination import examine
from donovan.insight.anomalies.checks.settings import Settings, settings_from
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.checks.suspicions import Suspicion
from donovan.insight.anomalies.models import Examination, Finding, Specification
from donovan.insight.anomalies.signatures import family_of, finding_id, signature_of
from donovan.insight.errors import InsightError
from donovan.insight.renewal import kept_alive
from ingest.models import Document

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)
RENEWAL_SECONDS = 20.0
ATTEMPTS = 3
INTERRUPTED = (
    "The worker stopped three times while it did this, so it is left alone. Examine the table again."
)


def claim(examination_id: uuid.UUID) -> Examination | None:
    """The examination, now ours, or None when it is settled or somebody living has it."""
    now = timezone.now()
    free = Q(state=Examination.State.WAITING) | Q(state=Examination.State.RUNNING, lease_until__lt=now)
    waiting = Examination.objects.filter(free, pk=examination_id)
    if waiting.filter(attempts__gte=ATTEMPTS).update(
        state=Examination.State.FAILED, message=INTERRUPTED, finished_at=now
    ):
        return None
    found = waiting.first()
    if found is None:
        return None
    token = uuid.uuid4().hex
    taken = waiting.filter(attempts=found.attempts).update(
        state=Examination.State.RUNNING,
        attempts=found.attempts + 1,
        lease_token=token,
        lease_until=now + LEASE,
    )
    if taken != 1:
        return None
    found.refresh_from_db()
    return found


def run(examination_id: uuid.UUID) -> str:
    """Do an examination if nobody else does; the sentence about what came of it, or nothing when it was not
    ours to do. Raises InsightError when a table cannot be opened; the examination then says so.
    """
    examination = claim(examination_id)
    if examination is None:
        return ""
    try:
        with _renewed(examination):
            return _do(examination)
    except InsightError as error:
        _fail(examination, error.sentence)
        raise
    except Exception as error:
        logger.error("Examination %s failed: %s", examination.pk, type(error).__name__)
        _fail(examination, f"Something went wrong in the examination ({type(error).__name__}).")
        raise


def _do(examination: Examination) -> str:
    document = examination.document
    sheets = material.sheets_of(document.pk)
    settings_of = _settings_of(document.pk, sheets)

    def on_step(done: int, total: int) -> None:
        Examination.objects.filter(pk=examination.pk).update(done=done, total=total)

    suspicions = examine(
        sheets, settings_of, more=[*engines.found_by_engines(sheets, settings_of)], on_step=on_step
    )
    # What rests on another document takes in nothing that this one shows by itself.
    known = {suspicion.place for suspicion in suspicions}
    against = versions.against_earlier(document, sheets, settings_of)
    suspicions += [suspicion for suspicion in against if suspicion.place not in known]
    with transaction.atomic():
        ours = Examination.objects.filter(
            pk=examination.pk, lease_token=examination.lease_token, state=Examination.State.RUNNING
        )
        message = _sentence(len(suspicions), len(sheets))
        if not ours.update(
            state=Examination.State.DONE,
            finished_at=timezone.now(),
            lease_until=None,
            done=len(sheets),
            total=len(sheets),
            message=message,
            settings={sheet.name: settings_of[sheet.key].as_json() for sheet in sheets},
            notes={sheet.name: sheet.notes for sheet in sheets if sheet.notes},
        ):
            return ""
        _keep(document, sheets, suspicions)
    return message


def _sentence(found: int, tables: int) -> str:
    if not tables:
        return "The document has no tables."
    where = f"{tables} {'table' if tables == 1 else 'tables'}"
    if not found:
        return f"Nothing odd was found in {where}."
    return f"{found} {'anomaly was' if found == 1 else 'anomalies were'} found in {where}."


def _settings_of(document_id: uuid.UUID, sheets: list[Sheet]) -> dict[str, Settings]:
    """The newest saved specification of each table, or the defaults."""
    saved: dict[str, Settings] = {}
    for specification in Specification.objects.filter(document=document_id).order_by("version"):
        saved[specification.table_name] = settings_from(specification.settings)
    return {sheet.key: saved.get(sheet.name, Settings()) for sheet in sheets}


def _keep(document: Document, sheets: list[Sheet], suspicions: list[Suspicion]) -> None:
    by_key: Mapping[str, Sheet] = {sheet.key: sheet for sheet in sheets}
    Finding.objects.filter(document=document, origin=Finding.Origin.TABLES).delete()
    seen: set[uuid.UUID] = set()
    through = Finding.rests_on.through
    for suspicion in suspicions:
        family = family_of(document.name, by_key[suspicion.sheet].name)
        signature = signature_of(suspicion, by_key, family)
        key = finding_id(document.pk, signature, suspicion.rows)
        if key in seen:
            continue
        seen.add(key)
        Finding.objects.create(
            id=key,
            document=document,
            table_id=suspicion.sheet,
            kind=suspicion.kind,
            rows=list(suspicion.rows),
            column=suspicion.column[:300],
            value=suspicion.value[:2000],
            why=suspicion.why,
            method=suspicion.method[:300],
            choice=suspicion.choice,
            baseline=suspicion.baseline,
            expected=suspicion.expected[:300],
            reasons=list(suspicion.reasons),
            score=suspicion.score,
            signature=signature,
        )
        further = {other for other in suspicion.others if other not in by_key}
        for other in sorted(further):
            through.objects.create(finding_id=key, document_id=other)


def _fail(examination: Examination, message: str) -> None:
    Examination.objects.filter(pk=examination.pk, lease_token=examination.lease_token).update(
        state=Examination.State.FAILED, message=message, finished_at=timezone.now(), lease_until=None
    )


def _renewed(examination: Examination) -> AbstractContextManager[None]:
    ours = Examination.objects.filter(pk=examination.pk, lease_token=examination.lease_token)
    return kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-examination-{examination.pk}",
    )
