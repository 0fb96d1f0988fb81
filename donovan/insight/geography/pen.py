"""How each part of a map looks: by a class of the style sheet on the screen, by attributes in a report."""

from xml.sax.saxutils import escape, quoteattr

_FONT = "'Liberation Sans', Arial, sans-serif"
_PRINTED = {
    "map-sea": {"fill": "#eaf1f6"},
    "map-land": {"fill": "#f4f1e8", "stroke": "#7d8a94", "stroke-width": "7"},
    "map-land-fill": {"fill": "#f4f1e8"},
    "map-coast": {"fill": "none", "stroke": "#7d8a94", "stroke-width": "7"},
    "map-lake": {"fill": "#eaf1f6", "stroke": "#9aabb8", "stroke-width": "5"},
    "map-river": {"fill": "none", "stroke": "#9fbfd6", "stroke-width": "6"},
    "map-border": {"fill": "none", "stroke": "#8d7f6b", "stroke-width": "8", "stroke-dasharray": "40 25"},
    "map-grid": {"fill": "none", "stroke": "#aab6c0", "stroke-width": "0.6"},
    "map-grid-label": {"fill": "#4a5560", "font-family": _FONT, "font-size": "10.5"},
    "map-frame": {"fill": "none", "stroke": "#4a5560", "stroke-width": "1"},
    "map-point": {"fill": "#1b5a94", "fill-opacity": "0.85", "stroke": "#ffffff", "stroke-width": "1.2"},
    "map-group": {"fill": "#7a4a00", "fill-opacity": "0.9", "stroke": "#ffffff", "stroke-width": "1.2"},
    "map-group-count": {
        "fill": "#ffffff", "font-family": _FONT, "font-size": "10.5", "font-weight": "700",
        "text-anchor": "middle",
    },
    "map-label": {
        "fill": "#1a2128", "font-family": _FONT, "font-size": "12", "stroke": "#ffffff",
        "stroke-width": "2.6",
        "stroke-linejoin": "round", "paint-order": "stroke",
    },
    "map-leader": {"fill": "none", "stroke": "#4a5560", "stroke-width": "0.8"},
    "map-scale": {"fill": "none", "stroke": "#1a2128", "stroke-width": "1.4"},
    "map-scale-label": {"fill": "#1a2128", "font-family": _FONT, "font-size": "11"},
    "map-inset": {"fill": "#ffffff", "stroke": "#4a5560", "stroke-width": "1"},
    "map-inset-land": {"fill": "#d9d3c3"},
    "map-inset-here": {"fill": "none", "stroke": "#a1231f", "stroke-width": "1.6"},
}  # fmt: skip


class Pen:
    """Writes SVG elements. `is_for_print` leaves out links and classes, so that the picture stands alone."""

    def __init__(self, *, is_for_print: bool) -> None:
        self.is_for_print = is_for_print

    def element(self, tag: str, look: str, inside: str = "", **attributes: float | str) -> str:
        """One element. Underscores in attribute names become hyphens; `inside` is SVG, already escaped."""
        pairs = {name.replace("_", "-"): _number(value) for name, value in attributes.items()}
        pairs |= _PRINTED[look] if self.is_for_print else {"class": look}
        written = " ".join(f"{name}={quoteattr(value)}" for name, value in pairs.items())
        return f"<{tag} {written}>{inside}</{tag}>" if inside else f"<{tag} {written}/>"

    def text(self, look: str, words: str, x: float, y: float, **attributes: float | str) -> str:
        return self.element("text", look, escape(words), x=x, y=y, **attributes)

    def link(self, address: str, inside: str, label: str) -> str:
        """`inside` as a link on the screen; on paper just itself."""
        if self.is_for_print or not address:
            return f"<g>{inside}</g>"
        return f"<a href={quoteattr(address)} aria-label={quoteattr(label)}>{inside}</a>"


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
