"""Whether a name is found in another spelling: 400 pairs of Wikidata in five pairs of scripts.

`names.tsv` was drawn from the test part of the lists of Merhav and Ash 2018, "Design Challenges in Named
Entity Transliteration" (CC0); the rules were set on another part. Its latin pairs are English spellings that
share one Russian one, and a few of them are two names.
"""

from pathlib import Path

import numpy as np

from retrieval.lexical import LexicalQuery
from retrieval.name_forms import is_same, script_of
from retrieval.postings import Counted, count
from retrieval.words import analysis_of
from tests.benchmarks.figures import Figure

PAIRS = Path(__file__).with_suffix(".tsv")
DEPTH = 10
_LANGUAGES = {"han": "zh", "arabic": "ar", "hebrew": "he"}


def run() -> list[Figure]:
    pairs = [line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    postings = count([_passage(name) for _, _, name in pairs])
    found: dict[str, list[bool]] = {}
    for place, (scripts, asked, _) in enumerate(pairs):
        scores = LexicalQuery(asked.capitalize(), [postings]).scores(postings)
        best = [row for row in np.argsort(-scores, kind="stable")[:DEPTH] if scores[row] > 0]
        found.setdefault(scripts, []).append(place in best)
    united = sum(is_same(asked, name) for _, asked, name in pairs)
    others = [(asked, pairs[(place + 1) % len(pairs)][2]) for place, (_, asked, _) in enumerate(pairs)]
    return [
        *(Figure(f"{scripts}: found at ten", float(np.mean(hits))) for scripts, hits in found.items()),
        Figure(
            "all: found at ten", float(np.mean([hit for hits in found.values() for hit in hits])), target=0.9
        ),
        Figure("alike enough to be one name", united / len(pairs)),
        Figure(
            "so, of names that follow each other",
            sum(is_same(*pair) for pair in others) / len(others),
            target=0.02,
            bound="at_most",
        ),
    ]


def _passage(name: str) -> Counted:
    script = script_of(name)
    is_cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in name)
    language = _LANGUAGES.get(script, "ru" if is_cyrillic else "en")
    # Chinese divides the parts of foreign names by a dot.
    shown = f"某·{name}·某" if script == "han" else name.capitalize()
    return Counted("", "", f"{shown} arrived.", analysis_of(language))
