"""`manage.py create_person`: the first administrator of a new site, and people by script."""

import getpass
import os
import re
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from donovan.access.markings import LEVEL_WORDS, owner_nation
from donovan.access.models import Affiliation, Collection, Role, User
from donovan.access.people_services import PersonAttributes, create_person


class Command(BaseCommand):
    help = (
        "Make a person. The first password is asked for, or taken from DONOVAN_PASSWORD in the environment; "
        "the person chooses another at the first sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.ANALYST)
        parser.add_argument("--clearance", choices=LEVEL_WORDS, default=LEVEL_WORDS[0])
        parser.add_argument("--compartment", action="append", default=[])
        parser.add_argument("--nationality", default=owner_nation(), help="country code of three letters")
        parser.add_argument("--affiliation", choices=Affiliation.values, default=Affiliation.GOVERNMENT)
        parser.add_argument("--cui", action="store_true", help="may read CUI")
        parser.add_argument(
            "--collection", action="append", default=[], help="short name; may be given again"
        )
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        username = options["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise CommandError(f"There is already a person called {username}. Choose another name.")
        nationality = options["nationality"].upper()
        if not re.fullmatch("[A-Z]{3}", nationality):
            raise CommandError("Write the country code of three letters, such as USA or GBR.")
        unknown = sorted(set(options["collection"]) - set(Collection.objects.values_list("slug", flat=True)))
        if unknown:
            raise CommandError(
                f"There is no collection {', '.join(unknown)}. Make it on the People page first."
            )
        password = os.environ.get("DONOVAN_PASSWORD") or getpass.getpass(f"First password of {username}: ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        collections = frozenset(options["collection"])
        attributes = PersonAttributes(
            first_name=options["first_name"],
            last_name=options["last_name"],
            role=options["role"],
            clearance=options["clearance"],
            compartments=tuple(sorted({name.upper() for name in options["compartment"]})),
            nationality=nationality,
            affiliation=options["affiliation"],
            may_read_controlled=options["cui"],
            collections=collections,
            uploads_to=collections,
        )
        create_person(None, username, password, attributes)
        self.stdout.write(f"{username} can now sign in, and then chooses a new password.")
