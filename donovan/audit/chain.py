"""The seal of an audit record: an HMAC-SHA256 over the record and the seal before it.

Whoever changes, removes, moves or adds a row without the key breaks the chain at that row.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from donovan.audit.models import AuditRecord

FIRST_SEAL = "0" * 64
LONGEST_TEXT = 300


def plain(value: object) -> Any:
    """`value` as JSON that every database gives back unchanged: no fractions, no long texts, only text keys.

    Fractions become text because databases write numbers each in their own way, which would break the seal.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)[:LONGEST_TEXT]


def seal_of(record: AuditRecord, previous_seal: str) -> str:
    """The seal that `record` must carry after a record sealed `previous_seal`."""
    return keyed_digest(
        {
            "sequence": record.sequence,
            "at": moment(record.at),
            "actor": record.actor,
            "action": record.action,
            "outcome": record.outcome,
            "source": record.source,
            "labels": record.labels,
            "documents": record.documents,
            "detail": record.detail,
            "previous": previous_seal,
        }
    )


def keyed_digest(content: Mapping[str, object]) -> str:
    """HMAC-SHA256 with settings.AUDIT_KEY over the canonical JSON of `content`, as 64 hexadecimal digits."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
