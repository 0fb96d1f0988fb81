"""Make a report from the command line, within what one person may read, and write it to a file.

Exit status: 0 when every section was made; 1 when the report could not be made or written; 2 when the
arguments cannot be right; 3 when the file was written but a section failed or is missing (each is named on
standard error).
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.library.console import caller_named, check_collection, wrong
from donovan.library.errors import NotFoundHere
from donovan.reports import jobs, services
from donovan.reports.errors import ReportError
from donovan.reports.export.forms import ENDINGS, Form, form_of_file
from donovan.reports.exporting import export_report
from donovan.reports.models import Report, Section
from donovan.reports.templates_library import TEMPLATES
from ingest.work.errors import Refused

SECTION_FAILED = 3


class Command(BaseCommand):
    help = "Make a report from the documents that a person may read, and write it to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("template", metavar="TEMPLATE", help=f"one of {', '.join(sorted(TEMPLATES))}")
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="as this person")
        parser.add_argument("--collection", default="", metavar="SLUG", help="only from this collection")
        parser.add_argument("--out", required=True, metavar="FILE", help=f"its ending is the form: {ENDINGS}")
        parser.add_argument("--title", default="", help="default: the name of the template")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=TEXT",
            help="what the template asks for, such as subject=“Orlov bridge”; may be given several times",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        out = Path(options["out"])
        form = _form(out)
        _check_folder(out)
        if options["collection"]:
            check_collection(options["collection"], caller)
        try:
            report = services.start_report(
                caller,
                options["template"],
                collection=options["collection"],
                title=options["title"],
                parameters=_parameters(options["set"]),
            )
        except (ReportError, NotFoundHere) as error:
            raise wrong(getattr(error, "sentence", str(error))) from error
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        total = report.sections.count()
        self.stderr.write(f"{report.title}: {total} sections")
        try:
            jobs.run_report(report.pk, waits=True, on_section=self._tell)
            exported = export_report(caller, report.pk, form.key)
            write_whole(out, exported.data)
        except (ReportError, Refused, AuditUnavailable) as error:
            raise CommandError(error.sentence) from error
        except NotFoundHere as error:
            raise CommandError(
                "What this report rests on was withdrawn from you while it was made."
            ) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror or error}.") from error
        missing = report.sections.exclude(state=Section.State.DONE)
        self.stderr.write(
            f"{out}: {len(exported.data):,} bytes, {total - missing.count()} of {total} sections"
        )
        self._name_missing(report)

    def _tell(self, section: Section) -> None:
        self.stderr.write(f"  {section.ordinal}. {section.heading}: {section.get_state_display()}")

    def _name_missing(self, report: Report) -> None:
        missing = report.sections.exclude(state=Section.State.DONE).order_by("ordinal")
        for section in missing:
            self.stderr.write(f"Section “{section.heading}” is missing. {section.notice}".strip())
        if missing:
            sys.exit(SECTION_FAILED)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside it, onto the disk, then in its place."""
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(staged).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(staged).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _form(out: Path) -> Form:
    try:
        return form_of_file(out.name)
    except ReportError as error:
        raise wrong(error.sentence) from error


def _check_folder(out: Path) -> None:
    """Said before the minutes that a report takes."""
    if not out.parent.is_dir():
        raise wrong(f"There is no folder {out.parent}. Make it first.")
    if out.is_dir():
        raise wrong(f"{out} is a folder. Name a file.")
    if not os.access(out.parent, os.W_OK):
        raise wrong(f"The folder {out.parent} may not be written to. Choose another.")


def _parameters(given: list[str]) -> dict[str, str]:
    told = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not sign:
            raise wrong(f"“{each[:60]}” is not NAME=TEXT. Write it like subject=Orlov.")
        told[name.strip()] = text
    return told
