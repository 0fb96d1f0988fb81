"""Charts: data inside, words beside, drawn without a network, in the colours of the page."""

import io
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django.conf import LazySettings
from PIL import Image

from donovan.insight.charts import specifications
from donovan.insight.charts.drawing import draw, draw_all, inline_svg
from donovan.insight.charts.specifications import Axis, BandPoint, Event, Specification
from donovan.insight.charts.theme import COLOURS, themed
from donovan.insight.charts.words import told_number
from donovan.insight.errors import InsightError

DAYS = [date(2026, 9, 6) + timedelta(days=number) for number in range(12)]


@pytest.fixture(autouse=True)
def _pictures_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def every_kind() -> dict[str, Specification]:
    return {
        "bar": specifications.bar(
            [("Lipa", Decimal("335.5")), ("<b>Jasen", 460), ("Hrast", None)],
            category=Axis("Camp"),
            measure=Axis("Diesel", "litres"),
        ),
        "grouped bar": specifications.grouped_bar(
            [("Lipa", "f", 3), ("Lipa", "m", 2), ("Jasen", "f", 1)],
            category=Axis("Camp"),
            group=Axis("Sex"),
            measure=Axis("Cases"),
        ),
        "line": specifications.line(
            [(day, number, "Lipa") for number, day in enumerate(DAYS)], x=Axis("Day"), y=Axis("Meals")
        ),
        "band": specifications.line_with_band(
            [BandPoint(day, 40 if day == DAYS[5] else 10, 10, 8, 12, day == DAYS[5]) for day in DAYS],
            x=Axis("Day"),
            y=Axis("Water", "m3"),
        ),
        "scatter": specifications.scatter(
            [(1, 2, "a"), (2, 5, "b"), (3, None, "a")], x=Axis("Vehicles"), y=Axis("Tonnes", "t")
        ),
        "histogram": specifications.histogram([(0, 10, 4), (10, 20, 9)], x=Axis("Age", "years")),
        "timeline": specifications.timeline([Event("Bridge closed", DAYS[0], DAYS[3])]),
    }


def test_every_kind_is_drawn_and_says_itself_in_words() -> None:
    kinds = every_kind()
    for (name, specification), picture in zip(kinds.items(), draw_all(list(kinds.values())), strict=True):
        drawn = ElementTree.fromstring(picture)
        assert drawn.tag.endswith("svg"), name
        assert specification["description"].endswith("."), name
        marks = [node for node in drawn.iter() if "mark-" in (node.get("class") or "")]
        assert marks, name


def test_the_words_hold_the_figures_the_unit_and_what_is_missing() -> None:
    said = every_kind()["bar"]["description"]
    assert "Diesel (litres)" in said
    assert "Lipa 335.5" in said
    assert "Hrast missing" in said
    assert "Marked as odd: 11 Sep 2026 40" in every_kind()["band"]["description"]
    assert "1 with a missing value" in every_kind()["scatter"]["description"]


def test_text_of_documents_is_inert_and_nothing_needs_an_inline_style() -> None:
    svg = inline_svg(every_kind()["bar"])
    assert "&lt;b&gt;Jasen" in svg
    assert "style=" not in svg
    assert "<script" not in svg


def test_a_picture_in_a_page_takes_the_colours_of_the_page() -> None:
    svg = inline_svg(every_kind()["band"])
    assert "var(--chart-odd)" in svg
    assert COLOURS["--chart-ink"]["light"] not in svg


def test_the_style_sheet_has_the_same_colours() -> None:
    sheet = Path("donovan/ui/static/ui/donovan.css").read_text()
    for name, colours in COLOURS.items():
        assert f"{name}: {colours['light']};" in sheet
        assert sheet.count(f"{name}: {colours['dark']};") == 2


def test_dark_and_print_change_colours_and_no_data() -> None:
    light = every_kind()["band"]
    dark = themed(light, "dark")
    assert dark["config"]["background"] == COLOURS["--chart-ground"]["dark"]
    assert dark["datasets" if "datasets" in light else "data"] == light.get("datasets", light.get("data"))
    assert light["config"]["background"] == COLOURS["--chart-ground"]["light"]


def test_a_png_has_the_scale_that_was_asked_for() -> None:
    chart = every_kind()["histogram"]
    small = Image.open(io.BytesIO(draw(chart, "png")))
    large = Image.open(io.BytesIO(draw(chart, "png", scale=2.0)))
    assert abs(large.width - 2 * small.width) <= 1


def test_a_specification_that_names_another_machine_is_refused_or_empty() -> None:
    chart = every_kind()["bar"]
    chart["data"] = {"url": "http://192.0.2.1/data.json"}
    with pytest.raises(InsightError):
        draw(chart)


def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(InsightError) as caught:
        draw({"mark": "bar", "encoding": {"x": {"field": "a", "type": "no such type"}}, "data": {"url": 3}})
    assert "cannot be drawn" in caught.value.sentence


def test_the_drawing_engine_stays_out_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test of this process may have had it in.
    monkeypatch.delitem(sys.modules, "vl_convert", raising=False)
    draw(every_kind()["bar"])
    assert "vl_convert" not in sys.modules


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1234.50"), "1,234.50"),
        (0.1 + 0.2, "0.3"),
        (12345678, "12,345,678"),
        (float("nan"), "missing"),
        (None, "missing"),
    ],
)
def test_numbers_are_said_exactly(value: Decimal | float | None, said: str) -> None:
    assert told_number(value) == said
