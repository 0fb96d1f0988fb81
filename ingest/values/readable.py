"""Text as figures are read from it: digits of every script as 0 to 9, and the unseen marks of writing
direction left out.
"""

import unicodedata

_UNSEEN = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def readable(text: str) -> tuple[str, list[int]]:
    """The text with ASCII digits and without unseen marks, and for each of its characters the place in
    `text`; one place more says where it ends.
    """
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in _UNSEEN:
            continue
        is_foreign = not character.isascii() and character.isdecimal()
        kept.append(str(unicodedata.decimal(character)) if is_foreign else character)
        places.append(place)
    places.append(len(text))
    return "".join(kept), places


def place_of_end(places: list[int], end: int) -> int:
    """Where in the original text a stretch ends that ends before character `end` of the readable one."""
    return places[end - 1] + 1 if end else 0
