"""Which known names and codes a text holds, within what one person may read."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.access.labels import marking_of
from donovan.audit.services import AuditUnavailable
from donovan.library.console import caller_named, readable, wrong
from donovan.library.errors import LibraryError
from donovan.library.lookup import LONGEST_TEXT, look_up_on_record

MOST_BYTES = 4 * LONGEST_TEXT + 4


class Command(BaseCommand):
    help = (
        "Which names, dates, positions and codes of a text stand in what a person may read, in the order of "
        f"the text. The text has at most {LONGEST_TEXT:,} characters of UTF-8 and is not kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a text file, or - for the standard input")
        parser.add_argument(
            "--as", dest="username", required=True, metavar="USER", help="look as this person"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        try:
            found = look_up_on_record(caller, _text(options["file"]))
        except LibraryError as error:
            raise wrong(error.sentence) from error
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        for notice in found.notices:
            self.stderr.write(notice)
        if options["json"]:
            known = [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "places": [list(place) for place in one.places],
                    "documents": one.documents,
                    one.unit: one.counted,
                }
                for one in found.known
            ]
            said = {"known": known, "found": found.total, "marking": marking_of(found.labels).canonical}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for one in found.known:
            self.stdout.write(f"{one.name}  {one.kind}, {one.counted} {one.unit}, {one.documents} documents")
        self.stdout.write(f"{found.total} known")


def _text(file: str) -> str:
    """Raises CommandError (exit 2) for what cannot be read as text."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MOST_BYTES)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(MOST_BYTES)
        # A longer text is cut in the middle of a sign, and refused for its length by what reads it.
        return data.decode("utf-8", "ignore" if len(data) == MOST_BYTES else "strict")
    except (OSError, ValueError) as error:
        raise wrong(f"“{readable(file)[:80]}” cannot be read as text in UTF-8.") from error
