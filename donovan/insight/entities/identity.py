"""Normal forms and ids: when two spellings are the same thing by themselves, without further evidence."""

import re
import unicodedata
import uuid
from functools import lru_cache

from donovan.llm.transliteration import to_latin

LONGEST_NORMAL = 200
_NAMESPACE = uuid.UUID("5b0c7e0e-3f5d-5d1e-9a51-7a6a3c3f1d10")
_ARTICLE = re.compile(r"^(?:the|a|an|el|la|los|las)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
# Letters of Russian, Ukrainian and Bulgarian that Serbian does not have, as the BGN/PCGN tables write them.
_EAST_CYRILLIC = str.maketrans(
    {
        "я": "ya", "ю": "yu", "щ": "shch", "ы": "y", "э": "e", "ё": "yo", "й": "y", "ь": "", "ъ": "",
        "і": "i", "ї": "yi", "є": "ye", "ґ": "g",
    }
)  # fmt: skip
# Letters that do not decompose into a base letter and a mark.
_PLAIN = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ħ": "h"}
)
_ARABIC_ARTICLE = re.compile(r"\b(al|ar|as|ad|at|an|el|ash|az)[\s\-](?=\w)")
_MARKS = re.compile(r"[^\w\s]+")


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Small Latin letters without accents or punctuation, words divided by one space.

    Cyrillic is transliterated; other scripts are left as they are. “Al-Raqqah”, “al Raqqah” are one.
    """
    lowered = to_latin(unicodedata.normalize("NFKC", text).lower().translate(_EAST_CYRILLIC)).translate(
        _PLAIN
    )
    bare = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    bare = _ARABIC_ARTICLE.sub(r"\1 ", bare.replace("’", "'"))
    bare = re.sub(r"(?<=\w)[.'](?=\w|\s|$)|(?<=\w)['](?=\w)", "", bare)
    return " ".join(_MARKS.sub(" ", bare).split())


def normal_name(text: str) -> str:
    """The normal form of a name: folded, without leading article or possessive ending."""
    return folded(_ARTICLE.sub("", _POSSESSIVE.sub("", " ".join(text.split()))))[:LONGEST_NORMAL]


def entity_id(kind: str, normal: str) -> uuid.UUID:
    """The id of an entity, computed from its kind and normal form alone (RFC 9562, version 5)."""
    return uuid.uuid5(_NAMESPACE, f"{kind}\n{normal}")
