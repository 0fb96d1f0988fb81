"""A scratch installation for measuring: its own database, originals and index in a folder that is then
deleted.

A command that measures calls `run_in_scratch` and so starts itself again in a process whose DONOVAN_DATA is
that folder. Settings are read once at start, so nothing short of a process of its own is sure never to touch
the user's data.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from ingest.language import languages_of_pages
from ingest.models import Blob, Document, Page, Passage, Stage, Status
from ingest.passages import cut
from ingest.protocol import clean
from retrieval.indexing import index_pending

MARK = "DONOVAN_IS_SCRATCH"
_NAMES = uuid.UUID("6d0a3f4c-5f0e-4d0a-9d63-0c1f0f5a7e21")
_DOCUMENTS_AT_ONCE = 200

Progress = Callable[[str], None]


def is_scratch() -> bool:
    """Whether this process was started by `run_in_scratch`."""
    return bool(os.environ.get(MARK))


def run_in_scratch(arguments: Sequence[str], settings_of: Mapping[str, str] | None = None) -> int:
    """Run `manage.py ARGUMENTS` in a scratch installation; its exit code. Output goes where ours goes.

    `settings_of` are environment variables of that installation alone.
    """
    with tempfile.TemporaryDirectory(prefix="donovan-scratch-") as folder:
        environment = {**os.environ, **(settings_of or {}), "DONOVAN_DATA": folder, MARK: "1"}
        environment.pop("DONOVAN_DATABASE_URL", None)
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


def prepare() -> None:
    """Make the tables of a scratch installation. Raises RuntimeError anywhere else."""
    if not is_scratch():
        raise RuntimeError("Only a scratch installation may be filled by an evaluation.")
    if connection.vendor == "sqlite":
        # Nothing here has to outlive a power cut; on slow disks this halves the time of a small suite.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def load_passages(
    documents: Iterable[tuple[str, str, str]],
    label: str,
    *,
    dates: Mapping[str, date] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, uuid.UUID]:
    """Store texts as text documents under `label`, cut and index them for real.

    `documents` are (id, title, text); `dates` the day of each that has one. Returns the document made for
    each id. Texts without a letter are kept as ready documents without passages, as ingest does. `progress`
    is told in words how far it is.
    """
    days = dates or {}
    made: dict[str, uuid.UUID] = {}
    some: list[tuple[str, str, str]] = []
    for document in documents:
        some.append(document)
        if len(some) == _DOCUMENTS_AT_ONCE:
            made |= _store(some, label, days)
            some = []
    made |= _store(some, label, days)
    _index(len(made), progress)
    return made


def _index(total: int, progress: Progress) -> None:
    done = 0
    while count := index_pending(limit=_DOCUMENTS_AT_ONCE):
        done += count
        progress(f"{done} of {total} documents indexed")
    left = Document.objects.exclude(status=Status.READY).count()
    if left:
        raise RuntimeError(f"{left} documents could not be indexed; the lines above say why.")


@transaction.atomic
def _store(
    documents: Sequence[tuple[str, str, str]], label: str, days: Mapping[str, date]
) -> dict[str, uuid.UUID]:
    made: dict[str, uuid.UUID] = {}
    blobs, rows, pages, passages = [], [], [], []
    for name, title, said in documents:
        text = clean(said)
        content = text.encode()
        blob = Blob(digest=hashlib.sha256(f"{name}\n".encode() + content).hexdigest(), size=len(content))
        (language, *_), languages = languages_of_pages([text])
        spans = cut(text)
        document = Document(
            id=uuid.uuid5(_NAMES, f"{label}\n{name}"),
            blob=blob,
            label=label,
            name=f"{name}.txt"[-400:],
            title=title[:500],
            media_type="text/plain",
            status=Status.RUNNING if spans else Status.READY,
            stage=Stage.EMBED if spans else Stage.DONE,
            languages=languages,
            document_date=days.get(name),
            page_count=1,
        )
        page = Page(document=document, number=1, text=text, language=language)
        blobs.append(blob)
        rows.append(document)
        pages.append(page)
        passages += [
            Passage(
                document=document,
                page=page,
                ordinal=ordinal,
                label=label,
                text=text[start:end],
                start=start,
                end=end,
                language=language,
            )
            for ordinal, (start, end) in enumerate(spans)
        ]
        made[name] = document.pk
    Blob.objects.bulk_create(blobs, ignore_conflicts=True)
    Document.objects.bulk_create(rows)
    Page.objects.bulk_create(pages)
    Passage.objects.bulk_create(passages)
    return made
