"""What is odd in a table, or in all tables of a document, as one of its readers sees it."""

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.insight.anomalies import selectors, services
from donovan.insight.anomalies.selectors import Shown
from donovan.insight.errors import InsightError
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_tables
from donovan.insight.tables.services import extract_tables
from donovan.library.callers import Caller
from donovan.library.console import caller_named, wrong
from donovan.library.selectors import has_name, readable_documents
from ingest.models import Document, Status

MOST_NAMED = 5


class Command(BaseCommand):
    help = "List what is odd in a table, or in all tables of a document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", metavar="TABLE_OR_DOCUMENT", help="its id, name or title")
        parser.add_argument(
            "--as", dest="username", required=True, metavar="USER", help="see what this person may see"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON list")
        parser.add_argument("--again", action="store_true", help="examine anew, even if that was done before")

    def handle(self, *args: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        table, document = _subject(caller, options["subject"])
        try:
            self._make_sure(caller, document, again=options["again"])
            if table is not None:
                # Tables made anew have new ids; the place in the document stays.
                table = readable_tables(caller.scope, document_id=document.pk).get(ordinal=table.ordinal)
            found = selectors.findings(
                caller.scope, document=document.pk, table=table.pk if table is not None else None
            )
            services.note_looked_at(caller, found)
        except (AuditUnavailable, InsightError) as error:
            raise CommandError(error.sentence) from error
        if options["json"]:
            self.stdout.write(json.dumps([_as_data(shown) for shown in found], ensure_ascii=False, indent=1))
            return
        if not found:
            self.stdout.write("Nothing odd was found.")
        for shown in found:
            finding = shown.finding
            where = ", ".join(filter(None, [_rows(finding.rows), finding.column]))
            name = finding.table.name if finding.table is not None else str(finding.document)
            self.stdout.write(f"{shown.score:.2f}  {finding.kind}  {name}: {where}  {finding.why}")

    def _make_sure(self, caller: Caller, document: Document, *, again: bool) -> None:
        """Extract and examine what was not yet, so that the answer never depends on the workers' pace."""
        if not readable_tables(caller.scope, document_id=document.pk).exists():
            self.stderr.write("Reading the tables of the document …")
            extract_tables(document.pk)
        examination = selectors.latest_examination(caller.scope, document.pk)
        if again or examination is None or examination.state != examination.State.DONE:
            self.stderr.write("Examining the tables of the document …")
            services.examine_document(document.pk)


def _subject(caller: Caller, given: str) -> tuple[DataTable | None, Document]:
    """The table or document that is meant. Raises CommandError (exit 2) when none is, or more than one."""
    documents = readable_documents(caller.scope).filter(status=Status.READY)
    tables = readable_tables(caller.scope)
    try:
        key = uuid.UUID(given)
    except ValueError:
        found_tables = list(tables.filter(name=given)[:MOST_NAMED])
        found = list(documents.filter(has_name(given))[:MOST_NAMED]) or list(
            documents.filter(title=given)[:MOST_NAMED]
        )
    else:
        found_tables, found = list(tables.filter(pk=key)), list(documents.filter(pk=key))
    if len(found) == 1:
        return None, found[0]
    if not found and len(found_tables) == 1:
        return found_tables[0], found_tables[0].document
    if not found and not found_tables:
        raise wrong(f"There is no table or document “{given[:120]}” that {caller.name} may read.")
    named = [f"{one.pk} ({one.name})" for one in found] + [
        f"{one.pk} ({one.name} in {one.document.name})" for one in found_tables
    ]
    raise wrong(f"“{given[:120]}” can mean: {'; '.join(named[:MOST_NAMED])}. Give one of these ids.")


def _rows(rows: list[int]) -> str:
    if not rows:
        return "the whole column"
    return f"row {rows[0]}" if len(rows) == 1 else f"rows {', '.join(map(str, rows[:6]))}"


def _as_data(shown: Shown) -> dict[str, Any]:
    finding = shown.finding
    return {
        "id": str(finding.pk),
        "table": finding.table.name if finding.table is not None else None,
        "table_id": str(finding.table_id) if finding.table_id else None,
        "document": finding.document.name,
        "document_id": str(finding.document_id),
        "rows": finding.rows,
        "column": finding.column,
        "value": finding.value,
        "kind": finding.kind,
        "why": finding.why,
        "also": finding.reasons,
        "expected": finding.expected,
        "method": finding.method,
        "why_this_method": finding.choice,
        "baseline": finding.baseline,
        "score": round(shown.score, 3),
        "state": shown.state,
        "note": shown.disposition.note if shown.disposition is not None else "",
    }
