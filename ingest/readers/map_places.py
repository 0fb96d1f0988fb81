"""The places of a map file (KML, GPX): groups of records, each with its position or the points of its
line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.spots import line_of, spot
from ingest.readers.xml_tree import children_of, name_of, plain_words, words_of

_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "Track", "Model", "MultiTrack", "MultiGeometry")
_TIMES = {"when": "time", "begin": "begin", "end": "end"}
_PLAIN = ("name", "address", "phoneNumber", "description", "Snippet", "snippet")
_GPX_FIELDS = {"ele": "elevation (m)", "desc": "description", "cmt": "comment", "sym": "symbol"}


@dataclass
class Group:
    """Records that belong together: places of a map, or the points of one track."""

    name: str
    records: list[dict[str, str]] = field(default_factory=list)


def groups_of(root: Any, *, is_whole: bool) -> Iterator[Group]:
    """The groups of a KML or GPX document; `is_whole` gives every point of an outline."""
    if name_of(root).lower() == "gpx":
        yield from _gpx_groups(root)
        return
    group = Group("places")
    for folder, place in _placemarks(root, ()):
        group.records.append(_placemark(place, " / ".join(folder), is_whole=is_whole))
    if group.records:
        yield group


def title_of(root: Any) -> str:
    """What the document calls itself."""
    for path in ("./{*}name", "./{*}Document/{*}name", "./{*}metadata/{*}name", "./{*}Folder/{*}name"):
        if told := (root.findtext(path) or "").strip():
            return " ".join(told.split())[:500]
    return ""


def links_of(root: Any) -> list[str]:
    """What the map would fetch from elsewhere; nothing is."""
    found = root.iterfind(".//{*}NetworkLink//{*}href")
    return [" ".join((link.text or "").split())[:500] for link in found if (link.text or "").strip()]


def _placemarks(element: Any, folder: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for child in children_of(element):
        kind = name_of(child)
        if kind in {"Placemark", "GroundOverlay", "PhotoOverlay"}:
            yield folder, child
        elif kind in {"Folder", "Document"}:
            name = (child.findtext("./{*}name") or "").strip()
            yield from _placemarks(child, (*folder, name) if name and kind == "Folder" else folder)


def _placemark(place: Any, folder: str, *, is_whole: bool) -> dict[str, str]:
    record: dict[str, str] = {}
    for name in _PLAIN:
        if told := plain_words(place.findtext(f"./{{*}}{name}") or ""):
            record[name] = told
    if folder:
        record["folder"] = folder
    for element in place.iterfind(".//{*}ExtendedData//*"):
        kind, key = name_of(element), element.get("name") or ""
        value = (element.findtext("./{*}value") if kind == "Data" else element.text) or ""
        if kind in {"Data", "SimpleData"} and key and plain_words(value):
            record[key if key not in record else f"data.{key}"] = plain_words(value)
    for kind, label in _TIMES.items():
        for element in place.iterfind(f".//{{*}}{kind}"):
            record.setdefault(label, (element.text or "").strip())
    return record | _lies(place, is_whole=is_whole)


def _lies(place: Any, *, is_whole: bool) -> dict[str, str]:
    """The position of a place, or its shape and points."""
    found = [spot_ for element in place.iterfind(".//{*}coordinates") for spot_ in _tuples(element.text)]
    for element in place.iterfind(".//{*}coord"):
        parts = (element.text or "").split()
        found.append(spot(parts[1], parts[0]) if len(parts) >= 2 else "")
    box = place.find("./{*}LatLonBox")
    if box is not None:
        north, south, east, west = (
            box.findtext(f"./{{*}}{side}") for side in ("north", "south", "east", "west")
        )
        found += [spot(north, west), spot(south, east)]
    found = [each for each in found if each]
    if not found:
        return {}
    shapes = [name_of(child) for child in children_of(place) if name_of(child) in _SHAPES]
    if shapes == ["Point"] and len(found) == 1:
        return {"position": found[0]}
    return {"shape": shapes[0] if shapes else name_of(place), "points": line_of(found, is_whole=is_whole)}


def _tuples(text: str | None) -> Iterator[str]:
    """The positions in a list of "longitude,latitude[,height]"."""
    for part in (text or "").split():
        numbers = part.split(",")
        if len(numbers) >= 2:
            yield spot(numbers[1], numbers[0])


def _gpx_groups(root: Any) -> Iterator[Group]:
    waypoints = Group("waypoints", [_gpx_point(each) for each in root.iterfind("./{*}wpt")])
    if waypoints.records:
        yield waypoints
    for kind, points in (("rte", "./{*}rtept"), ("trk", "./{*}trkseg/{*}trkpt")):
        for number, line in enumerate(root.iterfind(f"./{{*}}{kind}"), 1):
            word = "route" if kind == "rte" else "track"
            name = " ".join((line.findtext("./{*}name") or "").split())
            group = Group(
                f"{word} {name or number}"[:200], [_gpx_point(each) for each in line.iterfind(points)]
            )
            if group.records:
                yield group


def _gpx_point(point: Any) -> dict[str, str]:
    record: dict[str, str] = {}
    if name := (point.findtext("./{*}name") or "").strip():
        record["name"] = name
    record["position"] = spot(point.get("lat"), point.get("lon"))
    for child in children_of(point):
        kind = name_of(child)
        if kind in {"name", "link"}:
            continue
        if words := plain_words(words_of(child)):
            record[_GPX_FIELDS.get(kind, kind)] = words
    return record
