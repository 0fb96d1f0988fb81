"""`manage.py unlock_person`: let a person who was locked out by failed sign-ins try again at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donovan.access.sign_in import unlock


class Command(BaseCommand):
    help = "Take away the lock that failed sign-ins put on a name. It goes on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        name = options["username"]
        is_locked = unlock(name) > 0
        self.stdout.write(f"{name} can try again." if is_locked else f"Nothing was locked for {name}.")
