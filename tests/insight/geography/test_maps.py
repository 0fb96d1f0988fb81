"""Maps: what they show, where, and to whom; without a network and without a library for plots."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donovan.insight.errors import InsightError
from donovan.insight.geography.bounds import WORLD, Bounds
from donovan.insight.geography.drawing import map_svg, seen_in
from donovan.insight.geography.labels import MapPlace
from donovan.insight.geography.projection import Projection

SVG = "{http://www.w3.org/2000/svg}"
SARAJEVO = MapPlace("Sarajevo", 43.856, 18.413, 12, "/entities/1/")
SPLIT = MapPlace("Split", 43.508, 16.440, 4, "/entities/2/")
SUVA = MapPlace("Suva", -18.14, 178.44)
APIA = MapPlace("Apia", -13.83, -171.77)


def tree_of(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def circles(svg: str) -> list[ElementTree.Element]:
    return list(tree_of(svg).iter(f"{SVG}circle"))


def labels(svg: str) -> set[str]:
    return {node.text or "" for node in tree_of(svg).iter(f"{SVG}text") if node.get("class") == "map-label"}


def test_each_place_is_a_point_with_its_name_and_a_link_to_its_page() -> None:
    svg = map_svg([SARAJEVO, SPLIT])
    assert len(circles(svg)) == 2
    assert labels(svg) == {"Sarajevo", "Split"}
    links = {link.get("href"): link.get("aria-label") for link in tree_of(svg).iter(f"{SVG}a")}
    assert links == {"/entities/1/": "Sarajevo, 12 mentions", "/entities/2/": "Split, 4 mentions"}
    east, west = (float(node.get("cx", "")) for node in circles(svg))
    assert west < east


def test_the_map_says_in_words_what_it_shows() -> None:
    tree = tree_of(map_svg([SARAJEVO, SPLIT], title="Places named"))
    assert tree.findtext(f"{SVG}title") == "Places named"
    assert "2 of 2 places" in (tree.findtext(f"{SVG}desc") or "")
    assert tree.get("aria-labelledby") == tree.find(f"{SVG}title").get("id")  # type: ignore[union-attr]


def test_land_is_where_land_is() -> None:
    """Sarajevo lies on land; the middle of the Atlantic does not."""
    assert "no land here" not in map_svg([SARAJEVO])
    assert "no land here" in map_svg([MapPlace("Nowhere", 37.0, -40.0)], Bounds(-41, 36, -39, 38))


def test_names_that_are_markup_stay_names() -> None:
    svg = map_svg([MapPlace('<script>"&', 10, 10, 1, 'javascript:"x"')], title="<b>", is_for_print=False)
    assert "<script" not in svg and "<b>" not in svg
    assert labels(svg) == {'<script>"&'}


def test_for_print_it_stands_alone() -> None:
    svg = map_svg([SARAJEVO, SPLIT], is_for_print=True)
    assert "class=" not in svg and "<a " not in svg and "style=" not in svg
    root = tree_of(svg)
    assert (root.get("width"), root.get("height"), root.get("role")) == ("880", "560", "img")


def test_a_page_gets_no_inline_style_which_its_policy_forbids() -> None:
    assert "style=" not in map_svg([SARAJEVO]) and "<style" not in map_svg([SARAJEVO])


def test_places_on_both_sides_of_the_antimeridian_are_near_each_other() -> None:
    bounds = Bounds.around([(SUVA.latitude, SUVA.longitude), (APIA.latitude, APIA.longitude)])
    assert bounds.width < 20
    assert bounds.holds(SUVA.latitude, SUVA.longitude) and bounds.holds(APIA.latitude, APIA.longitude)
    apia, suva = (float(node.get("cx", "")) for node in circles(map_svg([SUVA, APIA], bounds)))
    assert suva < apia


def test_places_too_close_to_be_told_apart_are_one_point_that_leads_nearer() -> None:
    near = MapPlace("Baščaršija", 43.8595, 18.4310, 2)
    svg = map_svg([SARAJEVO, near, SPLIT], group_address=lambda bounds: f"?bounds={bounds.text}")
    group = next(link for link in tree_of(svg).iter(f"{SVG}a") if "bounds" in (link.get("href") or ""))
    assert "2 places close together: Sarajevo, Baščaršija" in (group.get("aria-label") or "")
    zoomed = Bounds.from_text((group.get("href") or "").removeprefix("?bounds="))
    assert labels(map_svg([SARAJEVO, near, SPLIT], zoomed)) == {"Sarajevo", "Baščaršija"}


def test_labels_never_cover_each_other_or_points() -> None:
    places = [
        MapPlace(f"Place {n}", 40 + (n * 37 % 50) / 10, 10 + (n * 53 % 90) / 10, n + 1) for n in range(60)
    ]
    root = tree_of(map_svg(places))
    boxes = []
    for node in root.iter(f"{SVG}text"):
        if node.get("class") == "map-label":
            x, y, size = float(node.get("x", "")), float(node.get("y", "")), 6.0 * len(node.text or "")
            left = x - size if node.get("text-anchor") == "end" else x
            boxes.append((left, y - 9, left + size, y))
    assert len(boxes) > 20
    for number, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert not (left < other[2] and other[0] < right and top < other[3] and other[1] < bottom)


def test_without_places_the_world_is_shown() -> None:
    svg = map_svg([])
    assert circles(svg) == []
    assert "No place is placed" in svg
    assert Bounds.around([]) == WORLD


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "10,50,5,60", "0,60,10,50", "0,0,1e9,1", "0,-91,1,1"]
)
def test_edges_that_are_none_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InsightError) as raised:
        Bounds.from_text(text)
    assert raised.value.sentence.endswith("All places are shown.")


@given(
    places=st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=8),
    steps=st.lists(st.sampled_from(["in", "out", "east", "west", "north", "south"]), max_size=12),
)
def test_all_places_are_seen_first_and_wherever_one_goes_the_map_is_drawn(
    places: list[tuple[float, float]], steps: list[str]
) -> None:
    shown = [MapPlace(f"{n}", latitude, longitude) for n, (latitude, longitude) in enumerate(places)]
    bounds = Bounds.around(places)
    if all(abs(latitude) < 84 for latitude, _ in places):
        assert len(seen_in(shown, bounds)) == len(shown)
    for step in steps:
        match step:
            case "in":
                bounds = bounds.zoomed(0.5)
            case "out":
                bounds = bounds.zoomed(2)
            case _:
                turn = {"east": (0.5, 0), "west": (-0.5, 0), "north": (0, 0.5), "south": (0, -0.5)}[step]
                bounds = bounds.moved(*turn)
        assert -90 <= bounds.south < bounds.north <= 90 and -180 <= bounds.west <= 180
        assert bounds.west < bounds.east <= bounds.west + 360.001
        again = Bounds.from_text(bounds.text)
        assert abs(again.west - bounds.west) < 0.001
    projection = Projection.fitting(bounds, 400, 300)
    for latitude, longitude in places:
        x, y = projection.pixel(latitude, longitude)
        is_seen = projection.bounds.holds(latitude, longitude)
        if is_seen and abs(latitude) < 84:
            assert -1 <= x <= 401 and -1 <= y <= 301


def test_the_scale_bar_is_true() -> None:
    """Between two places 111.2 km apart on a meridian there are as many pixels as the bar says."""
    bounds = Bounds(17, 43, 20, 45)
    projection = Projection.fitting(bounds, 800, 600)
    _, north = projection.pixel(44.5, 18.5)
    _, south = projection.pixel(43.5, 18.5)
    assert (south - north) * projection.kilometres_per_pixel == pytest.approx(111.2, rel=0.01)
    svg = map_svg([], bounds, 800, 600)
    length = float(re.search(r">([\d.,]+) km", svg).group(1).replace(",", ""))  # type: ignore[union-attr]
    pixels = float(re.search(r"v5h([\d.]+)v-5", svg).group(1))  # type: ignore[union-attr]
    assert length / pixels == pytest.approx(projection.kilometres_per_pixel, rel=0.01)


def test_no_library_for_plots_is_loaded() -> None:
    program = (
        "import sys; from donovan.insight.geography.drawing import map_svg; map_svg([]);"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'matplotlib', 'pandas', 'scipy'}))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
