"""Many wholes made by chance, as the product and as the oracle of the public rules have them."""

import random
from collections import Counter

from donovan.access.markings import Marking, least_upper_bound, parse_marking
from tests.access.roll_up_oracle import LEVELS, Part, combination, differs, ruled, written


def told(marking: Marking) -> Part:
    """The product's marking in the words of the oracle."""
    blocks: dict[str, set[str]] = {"AEA": set(), "DISSEM": set(), "NON-IC": set()}
    for control in marking.controls:
        blocks[control.block].add(control.name)
    return Part(
        level=LEVELS.index(marking.level.words),
        sci=marking.compartments,
        aea=frozenset(blocks["AEA"]),
        fgi=frozenset("FGI" if name == "CONCEALED" else name for name in marking.fgi),
        dissem=frozenset(blocks["DISSEM"]),
        other=frozenset(blocks["NON-IC"]),
        cui=marking.categories if marking.is_controlled else None,
        nf=marking.is_noforn,
        rel=frozenset() if marking.is_noforn else (marking.nations or frozenset()) - {"USA"},
        display=marking.display,
        relido=marking.is_relido,
    )


def compared(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How often the product differs from the rules, by reason; and the combinations without one."""
    chance, reasons, unexplained = random.Random(seed), Counter[str](), []
    for _ in range(count):
        parts = combination(chance)
        texts = [written(part) for part in parts]
        whole = least_upper_bound(parse_marking(text) for text in texts)
        difference = differs(ruled(parts), told(whole))
        reasons[difference or "same"] += 1
        if difference == "no reason":
            unexplained.append(f"{texts} gives {whole}, by the rules {written(ruled(parts).whole)}")
    return reasons, unexplained
