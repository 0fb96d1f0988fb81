"""`manage.py evaluate SUITE`: measure a part of the product, in a scratch installation."""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.evaluation import (
    anomalies_suite,
    answers_suite,
    entities_suite,
    ocr_suite,
    questions_suite,
    retrieval_suite,
    scratch,
    suite_command,
)
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.jsonl import objects_to, read_objects
from donovan.evaluation.questions_set import read_question_set
from donovan.llm.interface import ModelUnavailable
from ingest.work.errors import Refused
from retrieval.embedding import EmbedderUnavailable

Report = Mapping[str, Any]


class Command(BaseCommand):
    help = "Measure parts of the product against gold. The user's own documents are never touched."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        suites = parser.add_subparsers(dest="suite", required=True, metavar="SUITE")
        retrieval = suites.add_parser("retrieval", help="search over a folder in BEIR layout")
        retrieval.add_argument("folder", type=Path, help="holds corpus.jsonl, queries.jsonl and qrels.tsv")
        answers = suites.add_parser("answers", help="answers to questions about a corpus")
        answers.add_argument("questions", type=Path, help='lines {"question", "answer", "doc"}')
        answers.add_argument("corpus", type=Path, help='lines {"_id", "title", "text"}')
        answers.add_argument(
            "--limit", type=suite_command.count, help="ask only this many, taken evenly from the file"
        )
        answers.add_argument("--leave-out", action="store_true", help="without each question's document")
        questions = suites.add_parser("questions", help="natural questions about real papers")
        questions.add_argument("folder", type=Path, help="holds corpus.jsonl and qa.jsonl")
        questions.add_argument(
            "--limit", type=suite_command.count, help="ask only this many, taken evenly from the file"
        )
        questions.add_argument("--model", type=Path, help="a GGUF file in place of the model that serves")
        questions.add_argument(
            "--out",
            type=Path,
            help="a file for one JSON object a question: its ending, what was shown, the gold",
        )
        ocr = suites.add_parser("ocr", help="reading of scanned pages")
        ocr.add_argument("folder", type=Path, help="holds images with a .txt beside each")
        entities = suites.add_parser("entities", help="names, places and dates in re3d layout")
        entities.add_argument("folder", type=Path, help="holds folders with documents.json and entities.json")
        anomalies = suites.add_parser("anomalies", help="series and tables with labelled anomalies")
        anomalies.add_argument("folder", type=Path, help="holds the folders nab and adbench")
        suite_command.add_arguments(suites.add_parser("suite", help="a fixed suite or own questions, kept"))
        suite_command.add_compare_arguments(suites.add_parser("compare", help="two kept runs side by side"))
        suite_command.add_resume_arguments(suites.add_parser("resume", help="go on with an unfinished run"))
        for suite in (retrieval, answers, questions, ocr, entities, anomalies):
            suite.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["suite"] in suite_command.HANDLERS:
            # These keep what they find, so they run here; what they measure runs in a process of its own.
            suite_command.HANDLERS[options["suite"]](self, options)
            return
        if not scratch.is_scratch():
            sys.exit(scratch.run_in_scratch(sys.argv[1:], _settings_of(options)))
        run = {
            "retrieval": self._retrieval,
            "answers": self._answers,
            "questions": self._questions,
            "ocr": self._ocr,
            "entities": self._entities,
            "anomalies": self._anomalies,
        }[options["suite"]]
        try:
            report, text = run(options)
        except (UnusableData, EmbedderUnavailable, ModelUnavailable, Refused) as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else text)

    def _retrieval(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        data = retrieval_suite.read_retrieval_set(options["folder"])
        scratch.prepare()
        report = retrieval_suite.run_retrieval_suite(data, progress=self._tell)
        return report, retrieval_suite.readable(report)

    def _answers(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        questions = read_objects(options["questions"], ("question", "answer", "doc"))
        corpus = read_objects(options["corpus"], ("_id", "text"), optional=("title",))
        known = {document["_id"] for document in corpus}
        for question in questions:
            if question["doc"] not in known:
                raise UnusableData(
                    f"{options['corpus']} holds no document {question['doc']!r}, which a question names."
                )
        scratch.prepare()
        report = answers_suite.run_answers_suite(
            questions, corpus, limit=options["limit"], leave_out=options["leave_out"], progress=self._tell
        )
        return report, "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in report.items())

    def _questions(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        data = read_question_set(options["folder"])
        scratch.prepare()
        with objects_to(options["out"]) as keep:
            report = questions_suite.run_questions_suite(
                data, limit=options["limit"], keep=keep, progress=self._tell
            )
        return report, questions_suite.readable(report)

    def _ocr(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        report = ocr_suite.run_ocr_suite(options["folder"], progress=self._tell)
        return report, ocr_suite.readable(report)

    def _entities(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        report = entities_suite.run_entities_suite(options["folder"], progress=self._tell)
        return report, entities_suite.readable(report)

    def _anomalies(self, options: Mapping[str, Any]) -> tuple[Report, str]:
        report = anomalies_suite.run_anomalies_suite(options["folder"], progress=self._tell)
        return report, anomalies_suite.readable(report)

    def _tell(self, sentence: str) -> None:
        self.stderr.write(sentence)


def _settings_of(options: Mapping[str, Any]) -> dict[str, str]:
    """The settings that a scratch installation needs for another model; who names the file vouches for it."""
    path: Path | None = options.get("model")
    if path is None:
        return {}
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CommandError(f"The model {path} cannot be read.") from error
    return {
        "DONOVAN_LLM_PROVIDER": "embedded",
        "DONOVAN_LLM_MODEL": str(path.resolve()),
        "DONOVAN_LLM_DIGEST": digest,
    }
