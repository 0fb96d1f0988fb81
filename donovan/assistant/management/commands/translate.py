"""Translate one document from the command line, within what one person may read."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.assistant.document_console import (
    add_document_arguments,
    document_named,
    finished_answer,
    refused,
)
from donovan.assistant.document_services import start_translation
from donovan.assistant.services import QuestionRefused
from donovan.assistant.translations import translation_events
from donovan.audit.services import AuditUnavailable
from donovan.library.console import caller_named, wrong
from donovan.llm.languages import is_known


class Command(BaseCommand):
    help = "Translate a document, or one passage of it, that a person may read; the engine is named."

    def add_arguments(self, parser: CommandParser) -> None:
        add_document_arguments(parser)
        parser.add_argument(
            "--to", default="en", metavar="LANGUAGE", help="a code such as en (default) or es"
        )
        parser.add_argument(
            "--from", dest="source", default="", metavar="LANGUAGE", help="default: as recognised"
        )
        parser.add_argument(
            "--engine", default="", help="Apertium or “language model” (default: the best there is)"
        )
        for name in ("page", "start", "end"):
            parser.add_argument(f"--{name}", type=int, metavar="N", help="only this part of one page")

    def handle(self, *_: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        for code in filter(None, (options["to"], options["source"])):
            if not is_known(code):
                raise wrong(f"“{code[:20]}” is not the code of a language known here. Use one like en or es.")
        span = {name: options[name] for name in ("page", "start", "end") if options[name] is not None}
        if span and "page" not in span:
            raise wrong("--start and --end are places on a page: give --page too.")
        if any(number < 0 for number in span.values()):
            raise wrong("--page, --start and --end are numbers from 0 up.")
        try:
            document = document_named(caller, options["document"])
            started = start_translation(
                caller.user,
                document,
                target=options["to"],
                source=options["source"],
                engine=options["engine"],
                span=span or None,
            )
            answer = finished_answer(self, started, translation_events(started.pk, scope=caller.scope))
        except (QuestionRefused, AuditUnavailable) as error:
            raise refused(error) from error
        if options["json"]:
            shown = {
                "document": str(document.pk),
                "text": answer.text,
                "segments": answer.result["segments"],
                "engine": answer.engine,
                "model": answer.model,
                "notice": answer.notice,
                "from": answer.result["from"],
                "to": answer.result["to"],
                "coverage": answer.coverage,
                "marking": answer.marking,
                "prompt": answer.prompt,
                "seconds": answer.seconds,
            }
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
            return
        self.stdout.write(f"{answer.marking}\n{answer.text}\n\n{answer.engine}: {answer.notice}")
