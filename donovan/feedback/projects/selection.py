"""Which items to label next: pure functions over vectors and chances, used by the queue and its measurement.

An order mixes four reasons, each item with its own in a word:

1. person and machine differ, or two versions of the model do;
2. the model is unsure: the margin between its two likeliest answers is small (Scheffer et al. 2001);
3. the items are unlike those labelled already: farthest first (Gonzalez 1985; the core-set approach of Sener
   and Savarese 2018), so that a batch is not twenty times the same doubt;
4. chance: a fixed share, because a sample that is chosen by a model alone measures nothing else.

Vectors have unit length, shape (items, dimensions). Everything is determined by its arguments and `seed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

AT_RANDOM = "chosen at random"
DISAGREED = "models, or model and person, disagree"
UNSURE = "the model is unsure"
NEW = "unlike what is labelled"
VARIED = "unlike those before it"
"""In place of NEW while nothing is labelled."""

POOL_PER_ITEM = 2
"""Of so many times the batch, the least certain, the batch is spread out."""


@dataclass(frozen=True)
class Choice:
    """An item by its place, and why it comes now."""

    place: int
    why: str


def margins(chances: Floats) -> Floats:
    """How unsure each row of `chances` (items, classes) is: 1 for two equally likely answers, 0 for none."""
    if chances.shape[1] < 2:
        return np.zeros(len(chances))
    two = np.sort(chances, axis=1)[:, -2:]
    return np.asarray(1.0 - (two[:, 1] - two[:, 0]))


def farthest_first(
    vectors: Floats, count: int, *, beside: Floats | None = None, weights: Floats | None = None
) -> list[int]:
    """`count` places, each as far as possible from those before it and from `beside`.

    The distance is 1 minus the cosine, times `weights` where given. Without `beside` it begins with the most
    central item.
    """
    if not len(vectors) or count <= 0:
        return []
    weight = np.ones(len(vectors)) if weights is None else weights
    chosen: list[int] = []
    if beside is not None and len(beside):
        distance = 1.0 - np.max(vectors @ beside.T, axis=1)
    else:
        first = int(np.argmax(vectors @ vectors.mean(axis=0)))
        chosen.append(first)
        distance = 1.0 - vectors @ vectors[first]
        distance[first] = -np.inf
    while len(chosen) < min(count, len(vectors)):
        place = int(np.argmax(np.where(np.isfinite(distance), distance * weight, -np.inf)))
        chosen.append(place)
        distance = np.minimum(distance, 1.0 - vectors @ vectors[place])
        distance[chosen] = -np.inf
    return chosen[:count]


def choose(
    vectors: Floats,
    waiting: Sequence[int],
    labelled: Sequence[int],
    *,
    count: int,
    seed: int,
    chances: Floats | None = None,
    disagree: Sequence[int] = (),
    random_share: float = 0.1,
) -> list[Choice]:
    """The next `count` of `waiting` (places in `vectors`), in order.

    `chances` (items, classes) are those of the current model, None where there is none; `disagree` are the
    places where person and machine, or two versions, differ.
    """
    count = min(count, len(waiting))
    generator = np.random.default_rng(seed)
    left = list(waiting)
    chosen: list[Choice] = []

    def take(places: Sequence[int], why: str) -> None:
        for place in places:
            if len(chosen) < count and place in remaining:
                remaining.discard(place)
                chosen.append(Choice(place, why))

    remaining = set(left)
    at_random = round(count * random_share)
    take([int(place) for place in generator.permutation(left)[:at_random]], AT_RANDOM)
    take([place for place in disagree if place in remaining], DISAGREED)
    beside = vectors[[*labelled, *(choice.place for choice in chosen)]] if labelled or chosen else None
    if chances is not None:
        rest = [place for place in left if place in remaining]
        doubt = margins(chances[rest])
        wanted = count - len(chosen)
        pool = np.argsort(-doubt, kind="stable")[: wanted * POOL_PER_ITEM]
        places = [rest[index] for index in pool]
        spread = farthest_first(vectors[places], wanted, beside=beside, weights=doubt[pool])
        take([places[index] for index in spread], UNSURE)
    rest = [place for place in left if place in remaining]
    new = farthest_first(vectors[rest], count - len(chosen), beside=beside)
    take([rest[index] for index in new], NEW if labelled else VARIED)
    return _mixed(chosen, generator)


def _mixed(chosen: list[Choice], generator: np.random.Generator) -> list[Choice]:
    """The random ones spread evenly among the others, so that any part of the order has its share."""
    by_chance = [choice for choice in chosen if choice.why == AT_RANDOM]
    others = [choice for choice in chosen if choice.why != AT_RANDOM]
    places = sorted(generator.choice(len(chosen), size=len(by_chance), replace=False)) if by_chance else []
    mixed = list(others)
    for place, choice in zip(places, by_chance, strict=True):
        mixed.insert(int(place), choice)
    return mixed
