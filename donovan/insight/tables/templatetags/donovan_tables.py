"""Small helps for the templates of tables."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def under(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands in a mapping under a key; empty without it."""
    return mapping.get(key, "")
