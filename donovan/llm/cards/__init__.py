"""Cards of base models: who made them, where, under which licence, and out of which package they came.

A site that admits models of some makers only decides by these. A file that no card knows has none, and its
page says so instead of guessing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Card:
    """One base model. `digest` is the SHA-256 of its weights."""

    name: str
    title: str
    use: str
    maker: str
    country: str
    licence: str
    digest: str
    taken_from: str
    note: str


def read_cards(folders: Iterable[Path] = (FOLDER,)) -> list[Card]:
    """Every card of these folders, by file name."""
    cards = []
    for path in sorted(path for folder in folders for path in folder.glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        words = ("name", "title", "use", "maker", "country", "licence")
        facts = [str(said[word]) for word in (*words, "sha256", "taken_from", "note")]
        cards.append(Card(*facts))
    return cards
