"""The glossary from the command line, within what one person may read and change."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.assistant.glossary import selectors, services
from donovan.assistant.glossary.services import GlossaryRefused
from donovan.assistant.glossary.tables import Row, csv_of
from donovan.audit.services import AuditUnavailable
from donovan.library.callers import Caller
from donovan.library.console import caller_named, check_collection, check_marking, wrong
from donovan.library.errors import NotFoundHere


class Command(BaseCommand):
    help = "Print the glossary of a person as CSV, take a table in, add, change or delete one entry."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="WHAT")
        names = {
            "export": "print the entries as CSV",
            "import": "take in a CSV table",
            "add": "add one entry",
        }
        names |= {"change": "change one entry", "delete": "delete one entry"}
        for way, words in names.items():
            one = ways.add_parser(way, help=words)
            one.add_argument("--as", dest="username", required=True, metavar="USER", help="on behalf of whom")
            if way in ("export", "import", "add"):
                one.add_argument(
                    "--collection", default="", required=way != "export", metavar="SLUG", help="where"
                )
            if way in ("import", "add"):
                one.add_argument("--marking", default="UNCLASSIFIED", help="default: UNCLASSIFIED")
            if way == "import":
                one.add_argument(
                    "file", metavar="FILE", help="with the columns term, translation, from, to, note"
                )
            if way in ("change", "delete"):
                one.add_argument("term", metavar="ID", help="as `add` printed it")
            if way == "add":
                one.add_argument("term", metavar="TERM")
                one.add_argument("--from", dest="source", required=True, metavar="LANGUAGE")
                one.add_argument("--to", dest="target", default="en", metavar="LANGUAGE")
            if way in ("add", "change"):
                one.add_argument("rendering", metavar="TRANSLATION")
                one.add_argument("--note", default="")

    def handle(self, *_: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        if options.get("collection"):
            check_collection(options["collection"], caller)
        if "marking" in options:
            check_marking(options["marking"])
        try:
            self.stdout.write(self._done(caller, options), ending="")
        except (GlossaryRefused, AuditUnavailable) as error:
            raise CommandError(error.sentence, returncode=1) from error
        except NotFoundHere:
            raise wrong("There is no such entry that this person may read.") from None

    def _done(self, caller: Caller, options: dict[str, Any]) -> str:
        way = options["way"]
        if way == "export":
            return csv_of(selectors.terms_in(caller.scope, options["collection"]))
        if way == "import":
            added, changed = services.import_terms(
                caller,
                collection=options["collection"],
                marking=options["marking"],
                text=_text_of(Path(options["file"])),
            )
            return f"{added} entries are new, {changed} were changed.\n"
        if way == "add":
            row = Row(*(options[name] for name in ("term", "rendering", "source", "target", "note")))
            term = services.add_term(
                caller, collection=options["collection"], marking=options["marking"], row=row
            )
            return f"{term.pk}\n"
        term = selectors.readable_term(caller.scope, options["term"])
        if way == "change":
            services.change_term(caller, term, rendering=options["rendering"], note=options["note"])
            return "Changed.\n"
        services.delete_term(caller, term)
        return "Deleted.\n"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise wrong(f"{path} cannot be read as a table in UTF-8.") from error
