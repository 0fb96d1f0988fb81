"""Try passwords on what could not be opened without one."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.library.console import wrong
from donovan.library.errors import LibraryError
from donovan.library.unlocking import unlock


class Command(BaseCommand):
    help = "Have read again, with passwords from a file, the archives that failed for want of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "passwords", type=Path, metavar="FILE", help="passwords, one a line; it is left as it is"
        )
        parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="only these, else all")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            words = options["passwords"].read_text(encoding="utf-8-sig").splitlines()
            only = [UUID(word) for word in options["documents"]]
        except OSError as error:
            raise wrong(f"The file of passwords cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise wrong("The file of passwords is no text in UTF-8.") from error
        except ValueError as error:
            raise wrong("A document is named by its number, as in its address.") from error
        if not any(word.strip() for word in words):
            raise wrong("There is no password in that file.")
        try:
            count = unlock(words, only)
        except (AuditUnavailable, LibraryError) as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{count} documents are read again with these passwords.")
