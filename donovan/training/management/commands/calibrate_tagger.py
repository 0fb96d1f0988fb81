"""`manage.py calibrate_tagger`: chances and thresholds of the tagger of names, and the folder that ships."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from donovan.training.names.finish import Given, finish
from retrieval.tagger import PACKAGED


class Command(BaseCommand):
    help = "Calibrate the tagger of names on what its training held out, and write the folder that ships."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sets", type=Path, help="folder of the sets")
        parser.add_argument("work", type=Path, help="folder of the training")
        parser.add_argument("--out", type=Path, default=PACKAGED)
        parser.add_argument("--card", type=Path, help="text of the card")
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        card = options["card"].read_text(encoding="utf-8") if options["card"] else ""
        finish(
            Given(options["sets"], Path(settings.MULTILINGUAL_MODEL), options["work"], options["seed"]),
            options["out"],
            card,
            self.stdout.write,
        )
