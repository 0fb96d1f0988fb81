"""`manage.py verify_audit`: can the record of actions be trusted?"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donovan.audit.verification import verify_chain


class Command(BaseCommand):
    help = "Verify the chain of audit records and its checkpoints. Exit 0 when intact, 1 when not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--copy", type=Path, help="file or folder of checkpoints carried elsewhere")

    def handle(self, *_args: Any, **options: Any) -> None:
        copy: Path | None = options["copy"]
        if copy is not None and not copy.exists():
            raise CommandError(f"There is no {copy}. Name a file of checkpoints or their folder.")
        report = verify_chain(copy=copy)
        if options["json"]:
            result = {
                "intact": report.is_intact,
                "records": report.records,
                "checkpoints": report.checkpoints,
                "problems": [asdict(problem) for problem in report.problems],
            }
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(report.sentence)
            for problem in report.problems[1:]:
                self.stdout.write(f"  {problem.sentence}")
        if not report.is_intact:
            sys.exit(1)
