"""Hits as an analyst reads them: one entry for a document, and one for what says the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.search import Hit

SHINGLE = 5
SAME = 0.8
"""Share of five-word sequences from which on two passages are copies (Broder 1997, "On the Resemblance and
Containment of Documents"). There are at most a hundred passages, so that the shares themselves are counted
and need not be estimated by hashes.
"""

_WORD = re.compile(r"\w+")


@dataclass
class Group:
    """The passages of one document among the hits, best first, and the hits that say the same as its best."""

    best: Hit
    others: list[Hit] = field(default_factory=list)
    copies: list[Hit] = field(default_factory=list)


def grouped(hits: Sequence[Hit]) -> list[Group]:
    """The hits by document, in the order of the best of each; copies are folded into the first of them."""
    groups: dict[object, Group] = {}
    folded: dict[object, Group] = {}
    said: list[tuple[Group, frozenset[tuple[str, ...]]]] = []
    for hit in hits:
        if hit.document_id in groups:
            groups[hit.document_id].others.append(hit)
            continue
        shingles = _shingles(hit.text)
        same = next((group for group, others in said if _share(shingles, others) >= SAME), None)
        if same is not None:
            if hit.document_id not in folded:
                same.copies.append(hit)
                folded[hit.document_id] = same
            continue
        groups[hit.document_id] = Group(hit)
        said.append((groups[hit.document_id], shingles))
    return list(groups.values())


def grouped_beside(texts: Sequence[str], hits: Sequence[Hit]) -> tuple[list[Hit], list[Group]]:
    """The hits that say the same as one of `texts`, one for each document, and the others by document."""
    given = [_shingles(text) for text in texts]
    same: dict[object, Hit] = {}
    others: list[Hit] = []
    for hit in hits:
        shingles = _shingles(hit.text)
        if any(_share(shingles, known) >= SAME for known in given):
            same.setdefault(hit.document_id, hit)
        else:
            others.append(hit)
    return list(same.values()), grouped(others)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    # A few words are the same by chance; they are no copy.
    return len(one & other) / len(one | other) if one and other else 0.0
