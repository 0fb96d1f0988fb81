"""Hand folders in from the command line and wait until each file is ready, failed or quarantined."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.library import intakes
from donovan.library.batches import Line, readable
from donovan.library.console import caller_named, check_collection, check_marking, wrong
from donovan.library.errors import LibraryError
from donovan.library.folders import everything_in, places_of
from donovan.library.intake_ends import ENDS, GOOD, counts, inside, with_ends, write_report
from donovan.library.intake_lines import line_of
from donovan.library.models import Intake
from donovan.library.progress import Pace, Progress
from donovan.library.working import work_through
from ingest.errors import IngestError
from ingest.models import Document

STOPPED = 130


class Command(BaseCommand):
    help = "Hand files and folders in, read them now, and say what became of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all below it")
        parser.add_argument("--collection", required=True, metavar="SLUG", help="where the files belong")
        parser.add_argument("--marking", required=True, help="their marking, such as SECRET//NOFORN")
        parser.add_argument(
            "--as", dest="username", metavar="USER", help="act with the rights of this person"
        )
        parser.add_argument("--hidden", action="store_true", help="take in what begins with a dot, too")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write what became of every file: CSV, or .jsonl"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        self._is_json = options["json"]
        asked = self._asked(options)
        report = _checked_report(options["report"])
        stop = None
        try:
            intake, is_new = intakes.begin(asked)
            if not is_new:
                self._say(
                    f"Going on with the call of {intake.created_at:%Y-%m-%d %H:%M} UTC, which was stopped."
                )
            with intakes.alone(intake), _stoppable():
                try:
                    self._take_in(intake, asked)
                    self._work(intake)
                    intakes.finish(intake)
                except KeyboardInterrupt:
                    stop = "Stopped. Call it again with the same words, and it goes on where it was."
            if report is not None:
                written = write_report(intake, report)
                self._say(f"What became of {written} files stands in {report}.")
        except (AuditUnavailable, IngestError, LibraryError) as error:
            raise CommandError(error.sentence) from error
        self._end(intake, stop)

    def _asked(self, options: dict[str, Any]) -> intakes.Asked:
        """What is wanted, checked. Raises CommandError (exit 2) with the sentence."""
        caller = caller_named(options["username"]) if options["username"] else None
        check_collection(options["collection"], caller)
        check_marking(options["marking"])
        for name in options["paths"]:
            if not Path(name).exists():
                raise wrong(f"There is no file or folder “{name}”. Nothing was handed in.")
        asked = intakes.Asked(
            places_of(options["paths"]),
            options["collection"],
            options["marking"],
            caller,
            with_hidden=options["hidden"],
        )
        try:
            intakes.check_places(asked.places)
            intakes.label_of(asked)
        except LibraryError as error:
            raise wrong(error.sentence) from error
        if next(everything_in(asked.places), None) is None:
            raise wrong("There is no file in what was named. Nothing was handed in.")
        return asked

    def _take_in(self, intake: Intake, asked: intakes.Asked) -> None:
        intakes.count(intake, asked.places)
        progress, pace = Progress(sys.stderr, intake.found_files), Pace(intake.found_files)
        found = everything_in(asked.places, with_hidden=intake.with_hidden)

        def on_file(done: int) -> None:
            progress.show(done, f"handed in, {pace.words(done)}")

        try:
            intakes.take_all(intake, asked.caller, found, on_file=on_file)
        finally:
            progress.end()

    def _work(self, intake: Intake) -> None:
        """Read what was handed in; a line for each file as soon as it is settled."""
        for row in with_ends(intake).select_related("document").iterator(chunk_size=500):
            is_told = row.outcome != row.Outcome.TAKEN or (row.settled_at is not None and self._is_json)
            if is_told:
                self._tell(line_of(intake, row))
        ends = counts(intake)
        total = sum(ends.values())
        before = total - sum(1 for _ in intakes.unsettled(intake))
        failed = sum(number for end, number in ends.items() if end not in GOOD and end != "waiting")
        progress, pace = Progress(sys.stderr, total), Pace(total, before)

        def on_settled(document: Document) -> None:
            nonlocal failed
            progress.end()
            row = intakes.settle(intake, document)
            if row is not None:
                line = line_of(intake, with_ends(intake).select_related("document").get(pk=row.pk))
                failed += not line.is_good
                self._tell(line)

        def on_look(done: int, busy: int) -> None:
            done += before
            words = f"read, {busy} in work, {total - done} waiting, {failed} not read, {pace.words(done)}"
            progress.show(done, words)

        try:
            work_through(intakes.unsettled(intake), on_settled=on_settled, on_look=on_look)
        finally:
            progress.end()

    def _tell(self, line: Line) -> None:
        shown = json.dumps(asdict(line), ensure_ascii=False) if self._is_json else readable([line])
        self.stdout.write(shown)
        self.stdout.flush()

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence)

    def _end(self, intake: Intake, stop: str | None) -> None:
        """The table of ends, and the exit status: 1 where something is not read, 130 where it was stopped."""
        ends = counts(intake)
        table = [f"{number:>8}  {ENDS[end]}" for end, number in ends.items()]
        members = ", ".join(f"{number} {status}" for status, number in sorted(inside(intake).items()))
        if members:
            table.append(f"          and of what lay inside them: {members}")
        (self.stderr if self._is_json else self.stdout).write(
            "\n".join([f"{sum(ends.values()):>8}  files", *table])
        )
        if stop:
            self._say(stop)
            raise SystemExit(STOPPED)
        if any(end not in GOOD for end in ends):
            raise SystemExit(1)


def _checked_report(path: Path | None) -> Path | None:
    """Where the report goes. Raises CommandError (exit 2) before anything is taken in."""
    if path is None:
        return None
    path = path.resolve()
    if path.is_dir() or not path.parent.is_dir():
        raise wrong(f"There is no folder for the report “{path}”. Nothing was handed in.")
    return path


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM stop it as Ctrl-C does; only the main thread may say so."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
