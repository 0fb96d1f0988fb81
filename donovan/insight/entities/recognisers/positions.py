"""Coordinates: degrees in decimal or sexagesimal form, MGRS and UTM, kept only when they lie on the globe."""

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found
from ingest.values.positions_in_text import positions_in

NAME = "coordinates"


class CoordinateRecogniser:
    """Positions in any of the notations, with their degrees on WGS 84."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        found = []
        for start, end, place, confidence in positions_in(text):
            value = {"latitude": round(place.latitude, 6), "longitude": round(place.longitude, 6)}
            found.append(
                Found(
                    start,
                    end,
                    Kind.COORDINATE,
                    text[start:end],
                    f"{place.latitude:.4f} {place.longitude:.4f}",
                    value={**value, "square": place.square, "mgrs": place.named} if place.named else value,
                    confidence=confidence,
                    recogniser=NAME,
                )
            )
        return sorted(found, key=lambda m: (m.start, -m.end))
