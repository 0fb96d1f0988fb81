"""Statements with evidence and people's judgement: (statement, evidence, is supported), by set."""

import csv
import json
import random
from pathlib import Path

from donovan.training.reader import mixture as mixtures
from donovan.training.reader.examples import SUPPORTED, UNSUPPORTED

FITTED_ON = ("held out", "begin cmu-dog", "begin topicalchat")
"""The sets that the threshold is set on; the others are only reported."""
MOST = 250

Pair = tuple[str, str, bool]


def judged_pairs(data: Path, mixture: Path) -> dict[str, list[Pair]]:
    """At most MOST of each set, drawn with a fixed seed."""
    held = mixtures.read(mixture).judging_held
    sets: dict[str, list[Pair]] = {
        "held out": [(one.statement, one.evidence, one.label == SUPPORTED) for one in held]
    }
    for part in ("cmu-dog", "topicalchat", "wow"):
        path = data / "verification" / "begin" / part / "dev.tsv"
        rows = csv.DictReader(path.open(), delimiter="\t", quoting=csv.QUOTE_NONE)
        sets[f"begin {part}"] = [
            (row["response"], row["knowledge"], row["begin_label"] == "Fully attributable") for row in rows
        ]
    sets["wice"] = [
        (row["claim"], _nearest_sentences(row["claim"], row["evidence"]), row["label"] == "supported")
        for row in map(json.loads, (data / "verification" / "wice" / "dev.jsonl").read_text().splitlines())
    ]
    return {name: random.Random(1).sample(pairs, min(MOST, len(pairs))) for name, pairs in sets.items()}  # noqa: S311


def verdict_pairs(mixture: Path, most: int = 600) -> list[tuple[str, str, int]]:
    """(statement, evidence, label) of the held-out examples of which it is known whether the evidence bears
    the statement out, denies it or does not tell.
    """
    held = [one for one in mixtures.read(mixture).judging_held if one.label != UNSUPPORTED]
    return [(one.statement, one.evidence, one.label) for one in held[:most]]


def _nearest_sentences(claim: str, evidence: list[str], most: int = 4) -> str:
    """The sentences that share most words with the claim, in their order."""
    words = set(claim.casefold().split())
    order = sorted(range(len(evidence)), key=lambda i: -len(words & set(evidence[i].casefold().split())))
    return " ".join(evidence[i] for i in sorted(order[:most]))
