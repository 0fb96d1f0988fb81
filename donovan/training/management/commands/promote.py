"""Measure, approve and promote a candidate; each says what is still missing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.training import approvals, evaluating, promotion
from donovan.training.approvals import NEEDED, approvers
from donovan.training.bases import disabled_by
from donovan.training.console import candidate_named, person_named, sentences
from donovan.training.gate import ask_gate
from donovan.training.models import Candidate, GateReport, Move


class Command(BaseCommand):
    help = (
        "Let a candidate serve, once the gate passes it and two people approved what the gate found. "
        "--evaluate measures what is missing, --approve says yes, --check only asks the gate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("candidate", metavar="CANDIDATE", help="its id, name or role/name")
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="who does it")
        parser.add_argument("--evaluate", action="store_true", help="run the suites that are missing, first")
        parser.add_argument("--full", action="store_true", help="with --evaluate: the full suites")
        parser.add_argument(
            "--approve", action="store_true", help="say yes to what the gate finds, and no more"
        )
        parser.add_argument(
            "--refuse", metavar="WHY", default="", help="say no, with the reason, and no more"
        )
        parser.add_argument(
            "--check", action="store_true", help="ask the gate and no more; ends with 1 where it refuses"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_named(options["username"])
        candidate = candidate_named(person, options["candidate"])
        move: Move | None = None
        with sentences():
            if options["evaluate"]:
                size = "full" if options["full"] else "quick"
                evaluating.evaluate(candidate, person, on_progress=self.stderr.write, size=size)
            if options["approve"] or options["refuse"]:
                approvals.say(
                    person,
                    candidate.pk,
                    ask_gate(person, candidate.pk).digest,
                    is_yes=not options["refuse"],
                    remark=options["refuse"],
                )
            elif not options["check"] and not options["evaluate"]:
                move = promotion.promote(person, candidate.pk, on_progress=self._passages)
            report = candidate.gate_reports.first() if move else ask_gate(person, candidate.pk)
        candidate.refresh_from_db()
        self._tell(candidate, report, move, as_json=options["json"])
        if options["check"] and not (report and report.is_passed):
            raise CommandError("The gate refuses this candidate.", returncode=1)

    def _passages(self, done: int, total: int) -> None:
        if total and (done == total or done % 500 == 0):
            self.stderr.write(f"{done} of {total} passages read")

    def _tell(
        self, candidate: Candidate, report: GateReport | None, move: Move | None, *, as_json: bool
    ) -> None:
        checks = report.content["checks"] if report else []
        said_yes = [one.get_username() for one in approvers(candidate, report)] if report else []
        if as_json:
            said = {
                "candidate": str(candidate.pk),
                "role": candidate.role,
                "name": candidate.name,
                "digest": candidate.digest,
                "state": candidate.state,
                "gate": {
                    "report": report.digest if report else "",
                    "passed": report.is_passed if report else False,
                    "checks": [
                        {"key": one["key"], "passed": one["is_passed"], "reason": one["reason"]}
                        for one in checks
                    ],
                },
                "approved_by": said_yes,
                "approvals_needed": NEEDED,
                "serves": move is not None,
                "instead_of": move.instead_of.name if move and move.instead_of else None,
                "disables": disabled_by(candidate),
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
            return
        for check in checks:
            self.stdout.write(
                f"{'pass' if check['is_passed'] else 'FAIL'}  {check['title']}: {check['reason']}"
            )
        names = ", ".join(said_yes) or "nobody yet"
        self.stdout.write(f"Approved by {names}; {NEEDED} different people are needed.")
        if move is not None:
            self.stdout.write(f"{candidate} serves now.")
