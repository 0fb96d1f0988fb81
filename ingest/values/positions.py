"""Coordinates in the notations of the field, all on WGS 84: degrees, MGRS and UTM.

    position("28S DF 72233 93253"), position("36°59.1′N 15°18.7′W"), position("33T 500000 4649776")
    Position(36.985, -15.312).mgrs()  ->  "28S DF 72233 93253"

The conversions are GEOTRANS (package mgrs, NGA) and the series of Karney and Krüger (package utm).
"""

import math
import re
from dataclasses import dataclass

import mgrs as geotrans
import utm as transverse

_CONVERTER = geotrans.MGRS()
_MGRS = re.compile(r"^(?P<zone>\d{1,2})?(?P<band>[A-Z])(?P<square>[A-Z]{2})(?P<digits>\d*)$")
_UTM = re.compile(
    r"^(?:ZONE\s*)?(?P<zone>\d{1,2})\s*(?P<band>[A-Z])\s+(?P<easting>\d{6,7}(?:\.\d+)?)\s*M?E?[\s,]+"
    r"(?P<northing>\d{1,8}(?:\.\d+)?)\s*M?N?$"
)


def _angle_pattern(number: int) -> str:
    """Degrees, minutes and seconds, the last two optional; the groups are numbered."""
    return (
        rf"(?P<sign{number}>[+-])?(?P<degrees{number}>\d{{1,3}}(?:\.\d+)?)\s*(?:°|º|DEG|\s|-)?\s*"
        rf"(?:(?P<minutes{number}>\d{{1,2}}(?:\.\d+)?)\s*(?:'|′|’|MIN|\s|-)?\s*"
        rf"(?:(?P<seconds{number}>\d{{1,2}}(?:\.\d+)?)\s*(?:\"|″|”|''|SEC)?\s*)?)?"
    )


_NORTH, _EAST = _angle_pattern(1), _angle_pattern(2)
_AFTER = re.compile(rf"^{_NORTH}(?P<side1>[NS])[\s,;/]*{_EAST}(?P<side2>[EW])$")
_BEFORE = re.compile(rf"^(?P<side1>[NS])\s*{_NORTH}[\s,;/]*(?P<side2>[EW])\s*{_EAST}$")
_COMPACT = re.compile(
    r"^(?P<latitude>\d{4}(?:\d{2})?(?:\.\d+)?)(?P<side1>[NS])\s*(?P<longitude>\d{5}(?:\d{2})?(?:\.\d+)?)(?P<side2>[EW])$"
)
_PLAIN = re.compile(
    r"^(?P<latitude>[+-]?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(?P<longitude>[+-]?\d{1,3}(?:\.\d+)?)$"
)
_LONGEST = 120
_HAIR = 0.00002
"""Degrees; about two metres."""
_HOW = (
    "Write it as 36.985, -15.312 or 36°59′N 15°18′W, as MGRS (28S DF 72233 93253) "
    "or as UTM (28S 472233 4093253)."
)


class NoPosition(ValueError):
    """It is no position; `sentence` says which part is wrong."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Position:
    """Degrees of latitude (north positive) and longitude (east positive).

    `square` is the side in metres of the square that was named, whose middle this is; 1 where a point was.
    It is never written more finely than that. `named` is its MGRS reference without blanks: at the edge of a
    zone the middle of a square may lie in the next one.
    """

    latitude: float
    longitude: float
    square: int = 1
    named: str = ""

    def degrees(self) -> str:
        """`36.98500° N, 15.31200° W`: five decimals are about a metre, a larger square has fewer."""
        decimals = 5 - _zeros(self.square)
        north = f"{abs(self.latitude):.{decimals}f}° {'N' if self.latitude >= 0 else 'S'}"
        return f"{north}, {abs(self.longitude):.{decimals}f}° {'E' if self.longitude >= 0 else 'W'}"

    def minutes(self) -> str:
        """`36°59′06.0″ N, 015°18′43.2″ W`: degrees, minutes and seconds, those from a square of 100 m whole,
        and left out from one of a kilometre.
        """
        step = 1 if self.square < 100 else 10 if self.square < 1000 else 600
        return f"{_sexagesimal(self.latitude, 2, 'NS', step)}, {_sexagesimal(self.longitude, 3, 'EW', step)}"

    def mgrs(self, digits: int = 5) -> str:
        """`28S DF 72233 93253`: `digits` (0 to 5) of easting and of northing; 5 is a square of one metre."""
        if not 0 <= digits <= 5:
            raise ValueError("MGRS has zero to five digits a side")
        digits = min(digits, 5 - _zeros(self.square))
        if self.named:
            text, split = self.named, len(self.named) - 2 * (5 - _zeros(self.square))
            east, north = text[split : (split + len(text)) // 2], text[(split + len(text)) // 2 :]
            text = text[:split] + east[:digits] + north[:digits]
        else:
            text = str(_CONVERTER.toMGRS(self.latitude, self.longitude, MGRSPrecision=digits))
        split = len(text) - 2 * digits
        parts = [
            text[: split - 2],
            text[split - 2 : split],
            text[split : split + digits],
            text[split + digits :],
        ]
        return " ".join(part for part in parts if part)

    def utm(self) -> str:
        """`28S 472233 4093253`: zone and band, easting and northing in metres; empty near the poles.

        Of a larger square they are those of its south-west corner, as its name has them.
        """
        if not -80 <= self.latitude <= 84:
            return ""
        easting, northing, zone, band = transverse.from_latlon(self.latitude, self.longitude)
        if self.square == 1:
            return f"{zone}{band} {round(easting)} {round(northing)}"
        corner = (int(easting // self.square) * self.square, int(northing // self.square) * self.square)
        return f"{zone}{band} {corner[0]} {corner[1]}"

    @property
    def extent(self) -> str:
        """`a square of 1 km`, empty for a point."""
        if self.square == 1:
            return ""
        length = f"{self.square // 1000} km" if self.square >= 1000 else f"{self.square} m"
        return f"a square of {length}"


def position(text: str) -> Position:
    """The position that `text` writes in any of the notations.

    An MGRS reference names a square; its middle is returned, with its size. Raises NoPosition with a sentence
    when it cannot be read, contradicts itself or does not lie on the globe.
    """
    given = " ".join(text.upper().split())
    if not given or len(given) > _LONGEST:
        raise NoPosition(f"That is not a coordinate. {_HOW}")
    found = _degrees(given)
    if found is not None:
        return found
    in_metres = _UTM.match(given)
    if in_metres:
        return _from_utm(in_metres)
    squeezed = re.sub(r"^MGRS:?|\s", "", given)
    in_squares = _MGRS.match(squeezed)
    if in_squares:
        return from_mgrs(squeezed)
    raise NoPosition(f"“{text.strip()[:40]}” is not a coordinate. {_HOW}")


def from_mgrs(text: str) -> Position:
    """The middle of the square that an MGRS reference names, with or without blanks.

    Raises NoPosition with a sentence that says which part is wrong.
    """
    squeezed = re.sub(r"\s", "", text.upper())
    match = _MGRS.match(squeezed)
    if match is None:
        raise NoPosition(f"“{text.strip()[:40]}” is not an MGRS reference. Write it as 28S DF 72233 93253.")
    zone, band, digits = match["zone"], match["band"], match["digits"]
    is_polar = zone is None
    if "I" in band + match["square"] or "O" in band + match["square"]:
        raise NoPosition("MGRS does not use the letters I and O. Look whether a 1 or 0 is meant.")
    if is_polar != (band in "ABYZ"):
        raise NoPosition("The letters A, B, Y and Z are for the poles, without a zone; all others need one.")
    if zone is not None and not 1 <= int(zone) <= 60:
        raise NoPosition(f"MGRS zones go from 1 to 60, not {int(zone)}.")
    if len(digits) % 2 or len(digits) > 10:
        raise NoPosition(
            f"An MGRS reference has as many digits of easting as of northing, at most five each; "
            f"this one has {len(digits)} in all."
        )
    try:
        latitude, longitude = _CONVERTER.toLatLon(
            squeezed.zfill(len(squeezed) + (zone is not None and len(zone) == 1))
        )
    except geotrans.core.MGRSError:
        raise NoPosition(
            f"There is no square {match['square']} in zone {zone or ''}{band} of MGRS. Look at the letters."
        ) from None
    there = _checked(float(latitude), float(longitude))
    return Position(there.latitude, there.longitude, 10 ** (5 - len(digits) // 2), squeezed)


def _from_utm(match: re.Match[str]) -> Position:
    zone, band = int(match["zone"]), match["band"]
    easting, northing = float(match["easting"]), float(match["northing"])
    if not 1 <= zone <= 60 or band in "ABIOYZ":
        raise NoPosition(
            f"“{zone}{band}” is not a zone of UTM: zones are 1 to 60, bands C to X without I and O."
        )
    try:
        latitude, longitude = transverse.to_latlon(easting, northing, zone, band)
        lies_in = transverse.latitude_to_zone_letter(latitude)
        # On the line between two bands rounding decides, and either is right.
        beside = {transverse.latitude_to_zone_letter(latitude + off) for off in (-_HAIR, _HAIR)}
    except transverse.OutOfRangeError:
        raise NoPosition(
            "UTM eastings lie between 100000 and 999999 metres, northings between 0 and 10000000."
        ) from None
    if band not in {lies_in, *beside}:
        raise NoPosition(
            f"A northing of {northing:g} metres does not lie in band {band} but in {lies_in or 'none'}. "
            "One of the two is wrong"
            + (f"; if {band} only means the hemisphere, write {zone}{lies_in}." if band in "NS" else ".")
        )
    return _checked(float(latitude), float(longitude))


def _degrees(given: str) -> Position | None:
    plain = _PLAIN.match(given)
    if plain:
        return _checked(float(plain["latitude"]), float(plain["longitude"]))
    compact = _COMPACT.match(given)
    if compact:
        return _checked(
            _uncompacted(compact["latitude"], 2, compact["side1"]),
            _uncompacted(compact["longitude"], 3, compact["side2"]),
        )
    match = _AFTER.match(given) or _BEFORE.match(given)
    if match is None:
        return None
    return _checked(_angle(match, 1), _angle(match, 2))


def _angle(match: re.Match[str], number: int) -> float:
    degrees, minutes, seconds = (
        float(match[f"{part}{number}"] or 0) for part in ("degrees", "minutes", "seconds")
    )
    if match[f"sign{number}"]:
        raise NoPosition("Give a sign or a letter (N, S, E, W), not both.")
    return _summed(degrees, minutes, seconds, match[f"side{number}"])


def _uncompacted(digits: str, degree_digits: int, side: str) -> float:
    whole = digits.partition(".")[0]
    degrees = float(digits[:degree_digits])
    if len(whole) == degree_digits + 4:
        return _summed(
            degrees,
            float(digits[degree_digits : degree_digits + 2]),
            float(digits[degree_digits + 2 :]),
            side,
        )
    return _summed(degrees, float(digits[degree_digits:]), 0.0, side)


def _summed(degrees: float, minutes: float, seconds: float, side: str) -> float:
    if minutes >= 60 or seconds >= 60:
        raise NoPosition("Minutes and seconds of a coordinate are below 60.")
    size = degrees + minutes / 60 + seconds / 3600
    return -size if side in "SW" else size


def _checked(latitude: float, longitude: float) -> Position:
    if not (math.isfinite(latitude) and abs(latitude) <= 90):
        raise NoPosition(
            f"A latitude of {latitude:g} degrees does not exist: it goes from 90 south to 90 north."
        )
    if not (math.isfinite(longitude) and abs(longitude) <= 180):
        raise NoPosition(
            f"A longitude of {longitude:g} degrees does not exist: it goes from 180 west to 180 east."
        )
    return Position(latitude, longitude)


def _zeros(square: int) -> int:
    """How many powers of ten a square's side has."""
    return len(str(square)) - 1


def _sexagesimal(value: float, digits: int, sides: str, step: int) -> str:
    """`step` in tenths of a second: what is finer is rounded away."""
    tenths = round(abs(value) * 36000 / step) * step
    minutes, tenth_seconds = divmod(tenths, 600)
    degrees, minutes = divmod(minutes, 60)
    side = sides[0] if value >= 0 else sides[1]
    whole = f"{degrees:0{digits}d}°{minutes:02d}′"
    if step >= 600:
        return f"{whole} {side}"
    seconds = f"{tenth_seconds / 10:04.1f}" if step == 1 else f"{tenth_seconds // 10:02d}"
    return f"{whole}{seconds}″ {side}"
