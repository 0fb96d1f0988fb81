"""Ask a question from the command line, within what one person may read."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.document_console import claims_as_data, document_named
from donovan.assistant.endings import NEAREST_SENTENCE
from donovan.assistant.models import Answer, Claim
from donovan.assistant.nearest import without_labels
from donovan.assistant.services import QuestionRefused, start_question
from donovan.audit.services import AuditUnavailable
from donovan.library.console import caller_named, check_collection, wrong


class Command(BaseCommand):
    help = "Answer a question from the documents that a person may read; every sentence is checked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", metavar="QUESTION")
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="ask as this person")
        parser.add_argument("--collection", default="", metavar="SLUG", help="only in this collection")
        parser.add_argument("--document", default="", metavar="ID", help="only in this document")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        filters = {}
        if options["collection"]:
            check_collection(options["collection"], caller)
            filters["collection"] = options["collection"]
        try:
            if options["document"]:
                filters["document"] = str(document_named(caller, options["document"]).pk)
            started = start_question(caller.user, options["question"], filters=filters)
            for event in answer_events(started.pk, scope=scope_for(caller.user)):
                if event.kind in ("notice", "restarted"):
                    self.stderr.write(event.data["sentence"])
        except QuestionRefused as refusal:
            raise wrong(refusal.sentence) from refusal
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        answer = Answer.objects.get(pk=started.pk)
        if answer.state != Answer.State.DONE:
            raise CommandError(answer.notice)
        if options["json"]:
            self.stdout.write(json.dumps(answer_as_data(answer), ensure_ascii=False))
        else:
            self._print(answer)

    def _print_nearest(self, answer: Answer) -> None:
        self.stdout.write(NEAREST_SENTENCE)
        for row in answer.result["nearest"]:
            words = " ".join(" ".join((row["before"], row["text"], row["after"])).split())
            place = f"{row['portion']} {row['title']}, page {row['page']}"
            self.stdout.write(f"{row['chance_in_words']}: “{' '.join(row['text'].split())}”\n        {place}")
            self.stdout.write(f"        there: {words}")

    def _print(self, answer: Answer) -> None:
        if answer.marking:
            self.stdout.write(answer.marking)
        if answer.ending == Answer.Ending.NOTHING:
            self.stdout.write(answer.text)
        elif answer.ending == Answer.Ending.NEAREST:
            self._print_nearest(answer)
        for claim in answer.claims.filter(is_supported=True).prefetch_related("citations__document"):
            is_quoted = claim.origin == Claim.Origin.QUOTED
            head = f"{claim.head}: " if claim.head else ""
            self.stdout.write(head + (f"“{claim.text}”" if is_quoted else claim.text))
            for citation in claim.citations.all():
                self.stdout.write(f"        {citation.document}, page {citation.page}")
        searched = answer.coverage.get("documents_searched", 0)
        self.stdout.write(f"{searched} documents searched, {answer.seconds['total']:.1f} s")


def answer_as_data(answer: Answer) -> dict[str, Any]:
    """A finished answer as programs read it.

    `answer` holds the supported claims alone, or the sentence that says what was searched in vain; it is
    empty where only the nearest evidence is shown.
    """
    return {
        "answer": answer.text,
        "ending": answer.ending,
        "refused": answer.refused,
        "nearest": without_labels(answer.result.get("nearest", [])),
        "read_as": answer.read_as or answer.question,
        "claims": claims_as_data(answer),
        "coverage": answer.coverage,
        "marking": answer.marking,
        "model": answer.model,
        "prompt": answer.prompt,
        "index_generation": answer.index_generation,
        "seconds": answer.seconds,
    }
