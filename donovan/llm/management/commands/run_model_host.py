"""`manage.py run_model_host`: the process that holds the language model."""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.llm.hosted import host_plan
from donovan.llm.interface import ModelUnavailable
from donovan.llm.launch import become_host


class Command(BaseCommand):
    help = "Run the language model behind its socket. One runs at a time; another waits for its turn."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-wait", action="store_true", help="end at once if another model host is at work"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        logging.basicConfig(
            level=logging.INFO, stream=sys.stderr, format="%(asctime)s model host: %(message)s"
        )
        try:
            plan = host_plan()
        except ModelUnavailable as error:
            self.stderr.write(error.sentence)
            sys.exit(1)
        if not become_host(plan, waits=not options["no_wait"]):
            self.stderr.write("A model host is already at work.")
