"""chrF: how much of a reference translation is in a translation, in character n-grams.

Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation": precision and recall of the
n-grams of 1 to 6 characters without white space, averaged over n, combined with recall counting twice
(beta 2). One sentence at a time, 0 to 1; orders for which neither side has an n-gram are left out.
"""

from collections import Counter
from typing import Final

ORDERS: Final = 6
BETA: Final = 2.0


def chrf(translation: str, reference: str) -> float:
    """The score of one sentence."""
    said, wanted = "".join(translation.split()), "".join(reference.split())
    precisions, recalls = [], []
    for order in range(1, ORDERS + 1):
        made, gold = _grams(said, order), _grams(wanted, order)
        if not made and not gold:
            continue
        common = sum((made & gold).values())
        precisions.append(common / sum(made.values()) if made else 0.0)
        recalls.append(common / sum(gold.values()) if gold else 0.0)
    if not precisions:
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if precision + recall == 0.0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, order: int) -> Counter[str]:
    return Counter(text[start : start + order] for start in range(len(text) - order + 1))
