"""Embeds everything with the model that the settings choose and lets it serve; the worker that holds the job
runs this as a process, with the token in the environment.
"""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ingest.work.command import carry_out
from retrieval.base_moves import MovesHere


class Command(BaseCommand):
    help = "Embed everything with the model that the settings choose (for the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", type=uuid.UUID, metavar="JOB")

    def handle(self, *args: Any, **options: Any) -> None:
        carry_out(options["job"], MovesHere())
