"""The pictures of a report, for paper: charts and maps as PNG or SVG.

A picture that cannot be drawn costs the report nothing else: its words and a sentence stand in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from donovan.insight.charts.drawing import Form, draw, draw_all, pngs_of
from donovan.insight.errors import InsightError
from donovan.insight.geography.drawing import map_svg
from donovan.insight.geography.labels import MapPlace
from donovan.reports.content import FigureBlock, MapBlock
from donovan.reports.export.printed import Printed, PrintedPicture
from donovan.reports.export.text import clean

# 96 pixels an inch, three times over: sharp on paper.
SCALE = 3.0
MAP_WIDTH, MAP_HEIGHT = 720, 460


@dataclass(frozen=True)
class Picture:
    """The bytes of a picture, or the sentence that says why there is none."""

    data: bytes = b""
    failure: str = ""

    @property
    def media_type(self) -> str:
        return "image/png" if self.data.startswith(b"\x89PNG") else "image/svg+xml"


def pictures_of(report: Printed, form: Form, map_form: Form | None = None) -> Mapping[int, Picture]:
    """Every picture of the report by the number of its figure; maps in `map_form` where one is given."""
    found: dict[int, Picture] = {}
    charts = [each for each in report.pictures if isinstance(each.block, FigureBlock)]
    found |= dict(zip((each.number for each in charts), _charts(charts, form), strict=True))
    maps = [each for each in report.pictures if isinstance(each.block, MapBlock)]
    found |= dict(zip((each.number for each in maps), _maps(maps, map_form or form), strict=True))
    return found


def _charts(charts: list[PrintedPicture], form: Form) -> list[Picture]:
    specifications = [each.block.specification for each in charts if isinstance(each.block, FigureBlock)]
    try:
        drawn = draw_all(specifications, form, SCALE if form == "png" else 1.0, "print")
        return [Picture(data) for data in drawn]
    except InsightError:
        # One of them is at fault; the others are drawn all the same.
        return [_chart(specification, form) for specification in specifications]


def _chart(specification: Mapping[str, object], form: Form) -> Picture:
    try:
        return Picture(draw(specification, form, SCALE if form == "png" else 1.0, "print"))
    except InsightError as error:
        return Picture(failure=error.sentence)


def _maps(maps: list[PrintedPicture], form: Form) -> list[Picture]:
    svgs = [_map(each.block, each) for each in maps if isinstance(each.block, MapBlock)]
    if form == "svg":
        return [Picture(svg.encode()) for svg in svgs]
    try:
        return [Picture(data) for data in pngs_of(svgs, SCALE)]
    except InsightError as error:
        return [Picture(failure=error.sentence) for _ in svgs]


def _map(block: MapBlock, printed: PrintedPicture) -> str:
    places = [
        MapPlace(clean(place.name), place.latitude, place.longitude, place.count) for place in block.places
    ]
    return map_svg(
        places,
        width=MAP_WIDTH,
        height=MAP_HEIGHT,
        title=printed.caption,
        name=f"figure-{printed.number}",
        is_for_print=True,
    )
