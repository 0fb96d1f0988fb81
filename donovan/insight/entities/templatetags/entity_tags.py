"""What the fragments of entities ask for on pages of rooms below."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.urls import reverse

from donovan.insight.entities.standing_out import StandingName, standing_names

register = template.Library()


@register.simple_tag(takes_context=True)
def names_standing_out(
    context: dict[str, Any], documents: Sequence[UUID], query: str, is_language: bool
) -> list[tuple[StandingName, str]]:
    """The names that set documents apart, each with an address: of a query of the language the search that
    demands the name too, else the page of the name.
    """
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    rows = []
    for one in standing_names(request.scope, list(documents)):
        address = reverse("entities:entity", args=[one.id])
        if is_language and one.query:
            asked = urlencode({"q": f"({query}) AND {one.query}"})
            address = f"{reverse('library:search')}?{asked}"
        rows.append((one, address))
    return rows
