"""Summarise one document from the command line, within what one person may read."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.assistant.document_console import (
    add_document_arguments,
    claims_as_data,
    document_named,
    finished_answer,
    refused,
)
from donovan.assistant.document_services import start_summary
from donovan.assistant.models import Claim
from donovan.assistant.services import QuestionRefused
from donovan.assistant.summaries import summary_events
from donovan.audit.services import AuditUnavailable
from donovan.library.console import caller_named


class Command(BaseCommand):
    help = "Summarise a document that a person may read; every sentence is checked against the page it cites."

    def add_arguments(self, parser: CommandParser) -> None:
        add_document_arguments(parser)
        parser.add_argument("--focus", default="", metavar="TEXT", help="what the summary is for")

    def handle(self, *_: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        try:
            document = document_named(caller, options["document"])
            started = start_summary(caller.user, document, focus=options["focus"])
            answer = finished_answer(self, started, summary_events(started.pk, scope=caller.scope))
        except (QuestionRefused, AuditUnavailable) as error:
            raise refused(error) from error
        if options["json"]:
            shown = {
                "document": str(document.pk),
                "focus": str(answer.filters.get("focus", "")),
                "summary": answer.text if not answer.refused else "",
                "refused": answer.refused,
                "claims": claims_as_data(answer),
                "coverage": answer.coverage,
                "marking": answer.marking,
                "model": answer.model,
                "prompt": answer.prompt,
                "notice": answer.notice if not answer.refused else answer.text,
                "seconds": answer.seconds,
            }
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
            return
        self.stdout.write(answer.marking)
        if answer.refused:
            self.stdout.write(answer.text)
        for claim in answer.claims.filter(is_supported=True).prefetch_related("citations"):
            is_quoted = claim.origin == Claim.Origin.QUOTED
            pages = ", ".join(f"page {citation.page}" for citation in claim.citations.all())
            self.stdout.write(f"{f'“{claim.text}”' if is_quoted else claim.text}  [{pages}]")
        coverage = answer.coverage
        if coverage.get("covered"):
            self.stdout.write(coverage["covered"])
        counts = f"{coverage['pages_read']} of {coverage['pages']} pages read"
        self.stdout.write(f"{counts}, {coverage['pages_cited']} cited, {answer.seconds['total']:.1f} s")
