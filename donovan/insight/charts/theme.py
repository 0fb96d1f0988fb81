"""The colours of charts: those of the style sheet, for light and dark screens and for paper.

Specifications are made in the light colours. `themed` gives the same one in others; `follow_the_page` lets a
drawn picture take its colours from the style sheet, so that one drawing serves every theme.
"""

import copy
import re
from collections.abc import Mapping
from typing import Any, Literal

Theme = Literal["light", "dark", "print"]

# A name of the style sheet (donovan.css, section Charts) -> its colour in each theme.
COLOURS: dict[str, dict[str, str]] = {
    "--chart-ground": {"light": "#ffffff", "dark": "#1a2026", "print": "#fffffe"},
    "--chart-ink": {"light": "#1a2128", "dark": "#e3e8ec", "print": "#000000"},
    "--chart-ink-quiet": {"light": "#525d67", "dark": "#a3afba", "print": "#333333"},
    "--chart-line": {"light": "#d5dade", "dark": "#343e47", "print": "#cccccc"},
    "--chart-1": {"light": "#1b5a94", "dark": "#86bdf0", "print": "#174d7e"},
    "--chart-2": {"light": "#b35c00", "dark": "#f0a860", "print": "#9c5000"},
    "--chart-3": {"light": "#17653a", "dark": "#7fd09c", "print": "#145732"},
    "--chart-4": {"light": "#5b3d8f", "dark": "#c5aef2", "print": "#4d3379"},
    "--chart-5": {"light": "#0f7b83", "dark": "#6fd0d6", "print": "#0c656c"},
    "--chart-6": {"light": "#8a4a6b", "dark": "#e3a4c4", "print": "#753f5b"},
    "--chart-7": {"light": "#6b6413", "dark": "#d4ca6a", "print": "#5a5410"},
    "--chart-8": {"light": "#5a6672", "dark": "#b4bfc9", "print": "#4b5560"},
    "--chart-odd": {"light": "#a1231f", "dark": "#ff9d95", "print": "#8d1e1b"},
    "--chart-band": {"light": "#a9c6e2", "dark": "#2f5377", "print": "#c3d6e9"},
}
SERIES = tuple(COLOURS[f"--chart-{number}"]["light"] for number in range(1, 9))
# Groups differ in more than their colour.
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (10, 4), (4, 2), (1, 3), (12, 3, 3, 3))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "stroke")
FONT = "Liberation Sans"


def light(name: str) -> str:
    """The light colour behind a name of the style sheet."""
    return COLOURS[name]["light"]


def configuration() -> dict[str, Any]:
    """Vega-Lite's `config`: quiet lines, readable sizes, and only fonts that every installation has."""
    ink, quiet, line = light("--chart-ink"), light("--chart-ink-quiet"), light("--chart-line")
    words = {"labelColor": quiet, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "font": FONT,
        "background": light("--chart-ground"),
        "view": {"stroke": None},
        "title": {"color": ink, "fontSize": 14, "anchor": "start", "fontWeight": "bold", "offset": 10},
        "axis": {
            **words,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "labelLimit": 190,
            "domainColor": quiet,
            "tickColor": quiet,
            "gridColor": line,
        },
        "legend": {**words, "titleFontWeight": "bold", "symbolSize": 90, "labelLimit": 190},
        "range": {"category": list(SERIES)},
    }


def themed(specification: Mapping[str, Any], theme: Theme) -> dict[str, Any]:
    """The same specification in the colours of a theme."""
    to = {colours["light"]: colours[theme] for colours in COLOURS.values()}
    kept = {key: value for key, value in specification.items() if key not in ("data", "datasets")}
    recoloured = _recoloured(copy.deepcopy(kept), to)
    data = {key: specification[key] for key in ("data", "datasets") if key in specification}
    return {**recoloured, **data}


def _recoloured(node: Any, to: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _recoloured(value, to) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_recoloured(value, to) for value in node]
    return to.get(node, node) if isinstance(node, str) else node


def follow_the_page(svg: str) -> str:
    """A picture drawn in light colours whose colours are names of the style sheet instead."""
    names = {colours["light"]: name for name, colours in COLOURS.items()}

    def name_of(found: re.Match[str]) -> str:
        name = names.get(found["colour"].lower())
        return f'{found["what"]}="var({name})"' if name else found[0]

    return re.sub(r'(?P<what>fill|stroke)="(?P<colour>#[0-9a-fA-F]{6})"', name_of, svg)
