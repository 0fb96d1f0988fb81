"""Load the demonstration: its people, collections and documents. Run again, it adds only what is missing."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from donovan.access.cast import create_demo_people
from donovan.access.labels import label_key
from donovan.audit.services import AuditUnavailable
from donovan.library import services
from donovan.library.batches import Entry, Line, readable, run_batch
from donovan.library.console import caller_named, wrong
from donovan.library.errors import LibraryError
from donovan.library.progress import Progress
from donovan.library.selectors import IN_WORK
from ingest.errors import IngestError
from ingest.models import Document


class Command(BaseCommand):
    help = "Load the demonstration from the folder that deploy/demo/generate.py wrote."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", nargs="?", help="the folder with manifest.json")
        parser.add_argument("--only-people", action="store_true", help="make the people, take nothing in")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only_people"]:
            create_demo_people()
            return
        if not options["folder"]:
            raise wrong("Name the folder that deploy/demo/generate.py wrote, or say --only-people.")
        entries = _entries(Path(options["folder"]))
        try:
            create_demo_people()
            missing = [entry for entry in _with_callers(entries) if not _is_there(entry)]
            if not missing:
                self.stdout.write(f"The demonstration is loaded: {len(entries)} documents.")
                return
            self._load(missing)
        except (AuditUnavailable, IngestError, LibraryError) as error:
            raise CommandError(error.sentence) from error

    def _load(self, missing: list[Entry]) -> None:
        progress = Progress(sys.stderr, len(missing))
        lines: list[Line] = []
        try:
            run_batch(missing, on_line=lines.append, on_look=progress.show)
        finally:
            progress.end()
        bad = [line for line in lines if not line.is_good]
        self.stdout.write(f"{len(lines) - len(bad)} documents of the demonstration are loaded.")
        if bad:
            self.stderr.write(readable(bad))
            raise SystemExit(1)


def _entries(folder: Path) -> list[dict[str, str]]:
    """The manifest, checked. Raises CommandError (exit 2) when it is not one."""
    manifest = folder / "manifest.json"
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise wrong(
            f"There is no {manifest}. Make it with deploy/demo/generate.py --out {folder}."
        ) from error
    except (OSError, ValueError) as error:
        raise wrong(
            f"{manifest} cannot be read as JSON. Make it again with deploy/demo/generate.py."
        ) from error
    root = folder.resolve()
    for entry in entries:
        path = (root / entry["path"]).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise wrong(f"{manifest} names {entry['path']}, which is not a file in that folder.")
        entry["path"] = str(path)
    return list(entries)


def _with_callers(entries: list[dict[str, str]]) -> list[Entry]:
    names = {entry.get("uploaded_by", "") for entry in entries} - {""}
    callers = {name: caller_named(name) for name in names}
    return [
        Entry(
            Path(entry["path"]),
            entry["collection"],
            entry["marking"],
            callers.get(entry.get("uploaded_by", "")),
        )
        for entry in entries
    ]


def _is_there(entry: Entry) -> bool:
    """Whether this file, so marked, came to an end in an earlier run."""
    with entry.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        label = label_key(entry.collection, services.parsed_marking(entry.marking))
    except LibraryError:
        return False
    return Document.objects.filter(~Q(status__in=IN_WORK), blob_id=digest, label=label).exists()
