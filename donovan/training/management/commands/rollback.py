"""Go back to what served before."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donovan.training import promotion
from donovan.training.console import person_named, sentences
from retrieval.model_folders import ROLES


class Command(BaseCommand):
    help = "Let serve again what served in a role before the last promotion."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=ROLES)
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="who does it")
        parser.add_argument("--base", action="store_true", help="go back to the base model, past all others")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_named(options["username"])
        with sentences():
            move = promotion.roll_back(person, options["role"], to_base=options["base"])
        was = move.instead_of.name if move.instead_of else "base"
        if options["json"]:
            said = {"role": move.role, "serves": move.served.name, "digest": move.served.digest, "was": was}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{move.served.name} serves as {move.role} again, instead of {was}.")
