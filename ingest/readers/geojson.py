"""GeoJSON: each feature a record of its properties, with its position or outline.

Coordinates stand in the file as longitude, latitude (RFC 7946).
"""

from collections.abc import Container, Iterator

from ingest.readers.fields import record_blocks
from ingest.readers.json_values import flat
from ingest.readers.pagination import Block
from ingest.readers.spots import line_of, spot

_NESTED = 6


def is_collection(value: object) -> bool:
    """Whether a value is a GeoJSON collection of features, or one feature."""
    if not isinstance(value, dict):
        return False
    if value.get("type") == "FeatureCollection":
        return isinstance(value.get("features"), list)
    return value.get("type") == "Feature" and "geometry" in value


def blocks_of(value: dict[str, object]) -> Iterator[Block]:
    """The features a record each, behind what the collection says of itself."""
    own = {key: inner for key, inner in value.items() if key not in {"type", "features", "bbox"}}
    if value.get("type") == "FeatureCollection" and own:
        yield from record_blocks(flat(own))
    for _, record in records(value):
        yield from record_blocks(record)


def records(value: dict[str, object], *, is_whole: bool = False) -> Iterator[tuple[int, dict[str, str]]]:
    """Each feature with its number from 1; `is_whole` gives every point of an outline."""
    features = value.get("features") if value.get("type") == "FeatureCollection" else [value]
    for number, feature in enumerate(features if isinstance(features, list) else [], 1):
        if isinstance(feature, dict):
            yield number, _record(feature, is_whole=is_whole)


def _record(feature: dict[str, object], *, is_whole: bool) -> dict[str, str]:
    properties = feature.get("properties")
    record: dict[str, str] = {}
    if "id" in feature:
        record.update(flat({"id": feature["id"]}))
    if isinstance(properties, dict):
        record.update(flat(properties))
    return record | _placed(feature.get("geometry"), record, is_whole=is_whole)


def _placed(geometry: object, taken: Container[str], *, is_whole: bool) -> dict[str, str]:
    """The fields that say where a geometry lies: a position, or a shape with its points."""
    if not isinstance(geometry, dict):
        return {}
    shape = str(geometry.get("type"))
    parts = geometry.get("geometries") if shape == "GeometryCollection" else None
    held = [part.get("coordinates") for part in parts if isinstance(part, dict)] if parts else []
    spots = list(_spots(held or geometry.get("coordinates"), 0))
    if not spots:
        return {}
    if shape == "Point":
        return {_free("position", taken): spots[0]}
    return {_free("shape", taken): shape[:40], _free("points", taken): line_of(spots, is_whole=is_whole)}


def _free(name: str, taken: Container[str]) -> str:
    """The name of a field that the properties do not have already."""
    return name if name not in taken else f"geometry.{name}"


def _spots(coordinates: object, depth: int) -> Iterator[str]:
    if not isinstance(coordinates, list) or depth > _NESTED:
        return
    if len(coordinates) >= 2 and not any(isinstance(part, list | dict) for part in coordinates):
        if found := spot(coordinates[1], coordinates[0]):
            yield found
        return
    for inner in coordinates:
        yield from _spots(inner, depth + 1)
