"""The clauses of a sentence: what stands in one is said of nothing in another."""

import re
from itertools import pairwise

from donovan.assistant.speech_words import RELATIVES


def clauses_of(text: str, language: str) -> list[tuple[int, int]]:
    """Start and end of the clauses of a text: a relative clause between commas is one of its own."""
    relatives = RELATIVES.get(language.lower().split("-")[0], "").split()
    begins = "|".join(relatives)
    cuts = {0, len(text)}
    cuts |= {match.end() for match in re.finditer(r"[;；。.!?！？](?=\s|$)|[。；！？\n()（）]", text)}
    if begins:
        for match in re.finditer(rf",\s+(?=(?:[a-z]+\s+)?(?:{begins})\b)", text):
            cuts.add(match.end())
            close = text.find(",", match.end())
            if close >= 0:
                cuts.add(close + 1)
    elif language.startswith("zh"):
        cuts |= {match.end() for match in re.finditer("，", text)}
    places = sorted(cuts)
    return [(start, end) for start, end in pairwise(places) if text[start:end].strip()]
