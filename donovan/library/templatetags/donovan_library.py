"""Template tags of the library pages."""

from django import template
from django.template import TemplateDoesNotExist
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from donovan.library.media import language_name as name_of_language

register = template.Library()
_SURE = 0.85
_FAIRLY_SURE = 0.7


@register.simple_tag(takes_context=True)
def include_if_present(context: Context, name: str, **values: object) -> SafeString | str:
    """Another room's fragment, rendered with `values`, or nothing when that room is not installed."""
    try:
        found = get_template(name)
    except TemplateDoesNotExist:
        return ""
    inner: dict[str, object] = {str(key): value for key, value in context.flatten().items()}
    return found.render(inner | values, context.get("request"))


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
