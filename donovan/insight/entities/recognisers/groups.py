"""Nationalities, faiths and peoples: “Iraqi”, “Yazidis”, where they are no part of a longer name."""

import re

from donovan.insight.entities.gazetteers.countries import adjectives
from donovan.insight.entities.identity import folded
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.shapes import is_attributive
from donovan.insight.entities.recognition import Found

NAME = "groups"
_WORDS = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(w) for w in sorted(adjectives(), key=len, reverse=True))
    + r")(?:-speaking)?(?!\w)"
)
_COUNTRY = {"U.S.": "US", "US": "US", "U.K.": "GB", "UK": "GB"}
_SHORT = re.compile(r"(?<![\w.-])(?:U\.S\.|U\.K\.|US|UK)(?![\w-])")


class GroupRecogniser:
    """Adjectives and nouns of nations, peoples and faiths."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        words = [_found(match) for match in _WORDS.finditer(text)]
        short = [_found(m) for m in _SHORT.finditer(text) if is_attributive(text, *m.span())]
        return sorted([*words, *short], key=lambda m: m.start)


def _found(match: "re.Match[str]") -> Found:
    word = match.group()
    code = adjectives().get(word) or _COUNTRY.get(word, "")
    return Found(
        *match.span(),
        Kind.NATIONALITY,
        word,
        {"US": "american", "GB": "british"}.get(code) or folded(word),
        value={"country": code} if code else {},
        confidence=0.6,
        recogniser=NAME,
    )
