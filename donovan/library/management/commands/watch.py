"""Folders that are watched: what comes to rest in them is taken in by the workers."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.access.labels import split_label
from donovan.audit.services import AuditUnavailable
from donovan.library import watching
from donovan.library.batches import OPERATOR
from donovan.library.console import caller_named, check_collection, check_marking, wrong
from donovan.library.errors import LibraryError
from donovan.library.ids import id_of
from donovan.library.intake_ends import ENDS, counts, not_in, sentence_of
from donovan.library.intakes import Asked
from donovan.library.models import Intake

_MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Watch a folder, list the watched ones with what they could not take in, or stop watching one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="take in what comes to rest in a folder, from now on")
        add.add_argument("folder", metavar="FOLDER")
        add.add_argument("--collection", required=True, metavar="SLUG", help="where the files belong")
        add.add_argument("--marking", required=True, help="their marking, such as SECRET//NOFORN")
        add.add_argument("--as", dest="username", metavar="USER", required=True, help="whose files they are")
        add.add_argument("--hidden", action="store_true", help="take in what begins with a dot, too")
        verbs.add_parser("list", help="what is watched, and what became of what lies there")
        stop = verbs.add_parser("stop", help="watch a folder no longer; what was taken in stays")
        stop.add_argument("folder", metavar="FOLDER_OR_ID")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            {"add": self._add, "list": self._list, "stop": self._stop}[options["verb"]](options)
        except (AuditUnavailable, LibraryError) as error:
            raise CommandError(error.sentence) from error

    def _add(self, options: dict[str, Any]) -> None:
        caller = caller_named(options["username"])
        check_collection(options["collection"], caller)
        check_marking(options["marking"])
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise wrong(f"There is no folder “{options['folder']}”.")
        asked = Asked(
            [str(folder.resolve())],
            options["collection"],
            options["marking"],
            caller,
            with_hidden=options["hidden"],
            kind=Intake.Kind.WATCHED,
        )
        try:
            intake, is_new = watching.watch(asked)
        except LibraryError as error:
            raise wrong(error.sentence) from error
        words = "is watched from now on" if is_new else "is watched already"
        self.stdout.write(f"{intake} {words} ({intake.pk}).")

    def _list(self, options: dict[str, Any]) -> None:
        found = list(watching.watched())
        for intake in found:
            slug, marking = split_label(intake.label)
            looked = f"{intake.looked_at:%Y-%m-%d %H:%M:%S} UTC" if intake.looked_at else "not yet"
            self.stdout.write(f"{intake.pk}  {intake}")
            self.stdout.write(f"  {slug}, {marking.canonical}, for {intake.owner}; last looked at {looked}")
            if intake.notice:
                self.stdout.write(f"  {intake.notice}")
            for end, number in counts(intake).items():
                self.stdout.write(f"  {number:>8}  {ENDS[end]}")
            self._list_what_is_not_in(intake)
        self.stdout.write(f"{len(found)} folders are watched.")

    def _list_what_is_not_in(self, intake: Intake) -> None:
        rows = not_in(intake)
        for row in rows[:_MOST_SHOWN]:
            self.stdout.write(f"    {row.path}: {sentence_of(row)}")
        more = rows.count() - _MOST_SHOWN
        if more > 0:
            self.stdout.write(f"    and {more} more, on the page of this folder.")

    def _stop(self, options: dict[str, Any]) -> None:
        key: UUID | None = id_of(options["folder"])
        if key is None:
            place = str(Path(options["folder"]).resolve())
            same = [intake for intake in watching.watched() if intake.places == [place]]
            if len(same) != 1:
                raise wrong(
                    "That folder is watched for several people: name the id."
                    if same
                    else "That folder is not watched. The verb “list” shows those that are."
                )
            key = same[0].pk
        intake = watching.stop_watching(OPERATOR, key, source="console")
        self.stdout.write(f"{intake} is watched no longer. What was taken in stays.")
