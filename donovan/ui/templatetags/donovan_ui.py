"""Template tags that every room uses: slots, markings, durations and shares."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from donovan.ui.slots import fragments_in

register = template.Library()

_KINDS = {"UNCLASSIFIED": "u", "CUI": "cui", "CONFIDENTIAL": "c", "SECRET": "s", "TOP SECRET": "ts"}
_DISSEMINATION = (
    "NOFORN",
    "REL TO",
    "ORCON",
    "PROPIN",
    "IMCON",
    "RELIDO",
    "FISA",
    "FED",
    "NOCON",
    "DL ONLY",
    "CUI",
    "FGI",
    "DISPLAY ONLY",
    "LES",
    "SBU",
    "LIMDIS",
    "EXDIS",
    "NODIS",
    "STADIS",
    "SSI",
    "NNPI",
    "DISTRIBUTION",
    "RSEN",
    "DSEN",
    "RD",
    "FRD",
    "TFNI",
)


def marking_kind(canonical: str) -> str:
    """The colour class of a canonical marking: u, cui, c, s, ts or sci. What is unknown shows as ts."""
    first, *blocks = canonical.split("//")
    kind = _KINDS.get(first, "ts")
    has_compartment = any(not block.startswith(_DISSEMINATION) for block in blocks)
    return "sci" if kind == "ts" and has_compartment else kind


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, **values: object) -> SafeString:
    """What rooms above add here for whoever looks at the page, in order (`donovan/ui/slots.py`). It is given
    `values`; of the page it sees nothing else. Nobody is shown anything without having signed in.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or context.template is None:
        return SafeString()
    given = {**values, "request": request, "user": user, "csrf_token": context.get("csrf_token")}
    engine = context.template.engine
    added = fragments_in(name, str(getattr(user, "role", "")))
    return format_html_join(
        "", "{}", ((engine.get_template(one.template).render(context.new(given)),) for one in added)
    )


@register.inclusion_tag("ui/_marking_badge.html")
def marking_badge(canonical: object) -> dict[str, str]:
    """A small marking beside one thing."""
    text = str(canonical or "")
    return {"text": text, "kind": marking_kind(text) if text else ""}


@register.inclusion_tag("ui/_marking_banner.html")
def marking_banner(canonical: object, place: str = "top") -> dict[str, str]:
    """The marking of everything on the page, across its top or bottom; UNCLASSIFIED of nothing."""
    text = str(canonical or "UNCLASSIFIED")
    return {"text": text, "kind": marking_kind(text), "place": place}


@register.filter
def duration(seconds: Any) -> str:
    """Seconds as people say them: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`; empty without a number."""
    try:
        value = float(seconds)
    except (TypeError, ValueError):
        return ""
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@register.filter
def share(value: Any) -> str:
    """A share of 1 as a percentage: `94 %`; with a decimal near 0 and 100: rounding never says all."""
    try:
        number = float(value) * 100
    except (TypeError, ValueError):
        return ""
    is_extreme = 0 < number < 1 or 99 < number < 100
    if is_extreme:
        return f"{min(max(number, 0.1), 99.9):.1f} %"
    return f"{number:.0f} %"


@register.filter
def pairs(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The names and values of a mapping. `mapping.items` is another thing where a name in it is "items"."""
    return list(mapping.items())


@register.filter
def words(name: Any) -> str:
    """A field's name as words: `sessions_ended` becomes `sessions ended`."""
    return str(name).replace("_", " ")


@register.filter
def listed(value: Any) -> str:
    """A value of a record as people read it: lists with commas, yes and no, and none for what is empty."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(listed(item) for item in value) or "none"
    if isinstance(value, dict):
        return "; ".join(f"{words(key)} {listed(item)}" for key, item in value.items()) or "none"
    return "none" if value is None or value == "" else str(value)
