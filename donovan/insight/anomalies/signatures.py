"""What makes a finding the same finding in the next version of a table."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.sheets import Sheet, fold
from ingest.values.locales import own_months

_NAMESPACE = uuid.UUID("6f3f3c5e-6d0b-4c52-9a0e-6f7d1f1f8a11")


def family_of(document_name: str, table_name: str) -> str:
    """The name of a table without what differs from one version of its document to the next: digits, and the
    months of a date.
    """
    words = re.split(r"[\W\d_]+", fold(document_name.rsplit(".", 1)[0]))
    kept = [word for word in words if word and word not in own_months("en")]
    return f"{' '.join(kept)}/{fold(table_name) if fold(table_name) != fold(document_name) else ''}"


def signature_of(detection: Detection, sheets: Mapping[str, Sheet], family: str) -> str:
    """The family, kind, column and value, and the text of the row: not its number, which may move."""
    sheet = sheets.get(detection.sheet)
    parts = [family, detection.kind, fold(detection.column), fold(detection.value)]
    if sheet is not None and len(detection.rows) == 1:
        place = sheet.rows.index(detection.rows[0])
        parts += [column.raws[place].strip() for column in sheet.columns]
    return digest_of(parts)


def finding_id(document_id: uuid.UUID, signature: str, rows: Iterable[int]) -> uuid.UUID:
    """The same for the same finding in the same document, however often it is examined."""
    return uuid.uuid5(_NAMESPACE, f"{document_id}/{signature}/{','.join(map(str, rows))}")


def digest_of(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
