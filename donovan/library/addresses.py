"""A search as an address: what is asked for, read from its parameters and written to them."""

from datetime import date

from django.http import QueryDict
from django.utils.dateparse import parse_date

from donovan.library.finding import Asked
from retrieval.results import Order

ORDERS: dict[str, Order] = {"newest": "newest", "oldest": "oldest"}

PARAMETERS = ("q", "like", "collection", "type", "language", "from", "to", "order")
"""What an address of a search may hold."""


def address_of_query(sent: QueryDict) -> str:
    """The query string of a search: only its own parameters, and only those that say something."""
    kept = QueryDict(mutable=True)
    for name in PARAMETERS:
        kept.setlist(name, [value for value in sent.getlist(name) if value])
    return kept.urlencode()


def asked_of(sent: QueryDict) -> tuple[Asked, str]:
    """What is asked for, and a sentence about a date that cannot be read."""
    problem = ""
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        given = sent.get(name, "").strip()
        try:
            days[name] = parse_date(given) if given else None
        except ValueError:
            days[name] = None
        if given and days[name] is None:
            problem = f"“{given[:40]}” is not a date. Write it as 2026-05-31."
    asked = Asked(
        query=sent.get("q", "").strip(),
        collection=sent.get("collection", "")[:200],
        kinds=frozenset(value for value in sent.getlist("type") if value),
        languages=frozenset(value for value in sent.getlist("language") if value),
        date_from=days["from"],
        date_to=days["to"],
        order_by=ORDERS.get(sent.get("order", ""), "best"),
    )
    return asked, problem
