"""Whether a name is found in another spelling: 400 pairs of Wikidata in five pairs of scripts.

`names.tsv` was drawn from the test part of the lists of Merhav and Ash 2018, "Design Challenges in Named
Entity Transliteration" (CC0); the rules were set on another part. Its latin pairs are English spellings that
share one Russian one, and a few of them are two names.
"""

from itertools import combinations
from pathlib import Path

import numpy as np

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.name_variants import are_one
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
    full = [_full_names([pair for pair in pairs if pair[0] == scripts]) for scripts in ("russian", "latin")]
    one_by_itself = [are_one(*two) for names in full for two in names]
    both = [name for names in full for two in names for name in two]
    two_people = [
        are_one(one, other)
        for (place, one), (beside, other) in combinations(enumerate(both), 2)
        if place // 2 != beside // 2
    ]
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
        Figure("full names, Russian and Latin: one person by itself", float(np.mean(one_by_itself))),
        Figure(
            f"so, of {len(two_people)} pairs of two people",
            float(np.mean(two_people)),
            target=0.02,
            bound="at_most",
        ),
    ]


def _full_names(pairs: list[list[str]]) -> list[tuple[str, str]]:
    """Each name with the next as a surname, in both spellings, in the normal form of entities."""
    following = [*pairs[1:], pairs[0]]
    return [
        (normal_name(f"{one[1]} {two[1]}"), normal_name(f"{one[2]} {two[2]}"))
        for one, two in zip(pairs, following, strict=True)
    ]


def _passage(name: str) -> Counted:
    script = script_of(name)
    is_cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in name)
    language = _LANGUAGES.get(script, "ru" if is_cyrillic else "en")
    # Chinese divides the parts of foreign names by a dot.
    shown = f"某·{name}·某" if script == "han" else name.capitalize()
    return Counted("", "", f"{shown} arrived.", analysis_of(language))
