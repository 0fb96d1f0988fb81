"""Hand files in from the command line and wait until each is ready, failed or quarantined."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.library import services
from donovan.library.batches import Entry, Line, files_below, readable, run_batch
from donovan.library.callers import Caller
from donovan.library.console import caller_named, check_collection, check_marking, wrong
from donovan.library.errors import LibraryError
from donovan.library.progress import Progress
from ingest.errors import IngestError


class Command(BaseCommand):
    help = "Hand files and folders in, read them now, and say what became of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all below it")
        parser.add_argument("--collection", required=True, metavar="SLUG", help="where the files belong")
        parser.add_argument("--marking", required=True, help="their marking, such as SECRET//NOFORN")
        parser.add_argument(
            "--as", dest="username", metavar="USER", help="act with the rights of this person"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        caller = caller_named(options["username"]) if options["username"] else None
        check_collection(options["collection"], caller)
        check_marking(options["marking"])
        if caller is not None:
            self._check_rights(caller, options["collection"], options["marking"])
        entries = [
            Entry(path, options["collection"], options["marking"], caller)
            for path in self._files(options["paths"])
        ]
        progress = Progress(sys.stderr, len(entries))
        failures = 0

        def on_line(line: Line) -> None:
            nonlocal failures
            failures += not line.is_good
            progress.end()
            shown = json.dumps(asdict(line), ensure_ascii=False) if options["json"] else readable([line])
            self.stdout.write(shown)
            self.stdout.flush()

        try:
            run_batch(entries, on_line=on_line, on_look=progress.show)
        except (AuditUnavailable, IngestError, LibraryError) as error:
            raise CommandError(error.sentence) from error
        finally:
            progress.end()
        if failures:
            raise SystemExit(1)

    def _check_rights(self, caller: Caller, collection: str, marking: str) -> None:
        try:
            services.check_upload(caller, collection, marking)
        except LibraryError as error:
            raise wrong(error.sentence) from error

    def _files(self, given: list[str]) -> list[Path]:
        """Every file that was named or lies below a folder that was named, each once."""
        files: dict[Path, None] = {}
        left_out = 0
        for name in given:
            path = Path(name)
            if path.is_dir():
                inner, not_taken = files_below(path)
                files |= dict.fromkeys(inner)
                left_out += not_taken
            elif path.exists():
                files[path] = None
            else:
                raise wrong(f"There is no file or folder “{name}”. Nothing was handed in.")
        if left_out:
            self.stderr.write(f"{left_out} links and hidden files were left out.")
        if not files:
            raise wrong("There is no file in what was named. Nothing was handed in.")
        return list(files)
