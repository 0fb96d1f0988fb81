"""`manage.py calibrate_reader`: ask the calibration sets, and set weights and thresholds from what came of
it.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.evaluation import scratch
from donovan.training.reader import calibrate
from donovan.training.reader.asking import Asked, ask_all
from donovan.training.reader.examples import CONTRADICTED, SUPPORTED
from donovan.training.reader.judged import FITTED_ON, MOST, chance_of, judged_cases, verdict_pairs
from retrieval.reader import Judgement, local_reader


def _said(judgement: Judgement) -> int:
    return SUPPORTED if judgement.supported > judgement.contradicted else CONTRADICTED


class Command(BaseCommand):
    help = "Calibrate the packaged reader on the evaluation data, in a scratch installation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        ask = steps.add_parser("ask", help="put the questions and keep what was found out about each span")
        ask.add_argument("--out", type=Path, required=True)
        ask.add_argument("--most", type=int, default=60, help="questions of each set")
        judge = steps.add_parser("judge", help="the threshold of support, and what passes at it set by set")
        judge.add_argument("mixture", type=Path, help="mixture.jsonl of the training")
        judge.add_argument("--most", type=int, default=MOST, help="statements of each set")
        fit = steps.add_parser("fit", help="weights and thresholds from what was kept")
        fit.add_argument("kept", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "fit":
            self._fit(options["kept"])
            return
        data = os.environ.get("DONOVAN_EVAL_DATA")
        if not data:
            raise CommandError("Set DONOVAN_EVAL_DATA to the folder of the evaluation data.")
        if not scratch.is_scratch():
            raise SystemExit(scratch.run_in_scratch(sys.argv[1:]))
        scratch.prepare()
        if options["step"] == "judge":
            self._judge(Path(data), options["mixture"], options["most"])
            return
        with options["out"].open("w") as stream:
            for item in ask_all(Path(data), options["most"], self.stderr.write):
                stream.write(json.dumps(asdict(item)) + "\n")
                stream.flush()

    def _judge(self, data: Path, mixture: Path, most: int) -> None:
        reader = local_reader()
        chances = {
            name: [(chance_of(one, other, reader), label) for one, other, label in cases]
            for name, cases in judged_cases(data, mixture, most).items()
        }
        at = max(calibrate.supported_at(chances[name]) for name in FITTED_ON)
        told = verdict_pairs(mixture)
        verdicts = reader.judge([(one, other) for one, other, _ in told])
        pairs = [
            (max(one.supported, one.contradicted), label == _said(one))
            for one, (_, _, label) in zip(verdicts, told, strict=True)
        ]
        report = {
            "supported": at,
            "verdict": calibrate.verdict_at(pairs),
            "passed": calibrate.passed(chances, at),
        }
        self.stdout.write(json.dumps(report, indent=1))

    def _fit(self, kept: Path) -> None:
        asked = [Asked(**json.loads(line)) for line in kept.read_text().splitlines()]
        joined = calibrate.with_sureness(asked, calibrate.join(asked))
        at = calibrate.answered_at(asked, joined)
        report = {
            "joined": dict(joined.weights),
            **at,
            "nothing": calibrate.nothing_below(asked, joined),
            "figures": calibrate.figures(asked, joined, at),
        }
        self.stdout.write(json.dumps(report, indent=1))
