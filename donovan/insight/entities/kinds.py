"""What kinds of things are recognised, and which of them are one and the same thing across documents."""

from typing import Final

from django.db import models


class Kind(models.TextChoices):
    """The kinds of entities."""

    PERSON = "person", "person"
    ORGANISATION = "organisation", "organisation"
    PLACE = "place", "place"
    NATIONALITY = "nationality", "nationality or group"
    DATE = "date", "date"
    COORDINATE = "coordinate", "coordinate"
    EQUIPMENT = "equipment", "equipment"
    PHONE = "phone", "phone"
    MAIL = "mail", "mail or web address"
    DOCUMENT_NUMBER = "document_number", "document number"
    MONEY = "money", "money"
    QUANTITY = "quantity", "quantity"


class Level(models.TextChoices):
    """How a mention refers, in the terms of the ACE annotation guidelines: by name, or by description."""

    NAMED = "named", "by name"
    NOMINAL = "nominal", "by description"


# Two bare amounts are not one thing because they are equal; nor are two dates that no calendar holds
# (services).
UNLINKED: Final = frozenset({Kind.QUANTITY})
# Who takes part in events: what a graph of acquaintance shows.
ACTORS: Final = (Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.EQUIPMENT)
