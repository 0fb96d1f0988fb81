"""Makes a promotion or rollback that somebody asked for on a page; the worker runs it as a process."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.training import moving


class Command(BaseCommand):
    help = "Make a promotion or rollback that was asked for on a page (for the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("asked", type=uuid.UUID, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        moving.carry_out(options["asked"])
