"""`manage.py incident`: what the log keeps under the number that a page or a notice of a failure named."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donovan.ui.error_log import kept_files


class Command(BaseCommand):
    help = "Print what the log keeps of an incident. Exit 0 when something was found, 1 when not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="as the page or the notice names it: 7F3K-92QD")

    def handle(self, *_args: Any, **options: Any) -> None:
        number = options["number"].strip().rstrip(".").upper()
        found = _lines_of(number)
        for line in found:
            place = f" ({line['method']} {line['route']})" if line.get("route") else ""
            self.stdout.write(f"{line['at']} {line['level']} {line['logger']}: {line['message']}{place}")
            for frame in line.get("frames", ()):
                self.stdout.write(f"  {frame}")
            for error in line.get("error", ()):
                self.stdout.write(f"  {error}")
        if not found:
            self.stdout.write(
                f"The log keeps nothing under {number}. Check the number; old lines are turned over."
            )
            sys.exit(1)


def _lines_of(number: str) -> list[dict[str, Any]]:
    found = []
    for path in kept_files():
        with path.open(encoding="utf-8", errors="replace") as stream:
            for text in stream:
                if number not in text:
                    continue
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if line.get("incident") == number:
                    found.append(line)
    return found
