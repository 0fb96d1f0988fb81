"""Makes a promotion or rollback that somebody asked for on a page; the worker that holds its job runs it as a
process, with the token in the environment.
"""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.training.moving import MovesHere
from ingest.work.command import carry_out


class Command(BaseCommand):
    help = "Make a promotion or rollback that was asked for on a page (for the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", type=uuid.UUID, metavar="JOB")

    def handle(self, *args: Any, **options: Any) -> None:
        carry_out(options["job"], MovesHere())
