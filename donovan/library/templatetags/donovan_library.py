"""Template tags of the library pages."""

from django import template

from donovan.library.media import language_name as name_of_language

register = template.Library()
_SURE = 0.85
_FAIRLY_SURE = 0.7


@register.filter
def language_name(code: str) -> str:
    """The English name of a language code."""
    return name_of_language(code)


@register.filter
def confidence_words(value: float | None) -> str:
    """How sure the reading of a page was, in words and per cent."""
    if value is None:
        return ""
    words = (
        "sure"
        if value >= _SURE
        else "fairly sure"
        if value >= _FAIRLY_SURE
        else "unsure, check against the image"
    )
    return f"{words} ({value:.0%})"
