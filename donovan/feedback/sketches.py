"""MinHash sketches of sets of word runs: which earlier ones may be alike (datasketch; Broder 1997).

A sketch only finds candidates. Whoever asks decides with a measure of its own.
"""

from collections.abc import Iterable
from typing import Any

from donovan.insight.first_use import OnFirstUse

# It brings scipy: fifty megabytes in every process that never compares texts.
datasketch = OnFirstUse("datasketch")

SEED = 1


class Sketches:
    """The sketches so far, each under the position it was added with."""

    def __init__(self, threshold: float, permutations: int) -> None:
        """`threshold` is the Jaccard similarity (0 to 1) from which on two sets are candidates."""
        self.permutations = permutations
        self._index = datasketch.MinHashLSH(threshold=threshold, num_perm=permutations)
        self._by_position: dict[int, Any] = {}

    def sketch(self, parts: Iterable[str]) -> Any:
        """The sketch of a set of strings, the same for the same set on every machine."""
        made = datasketch.MinHash(num_perm=self.permutations, seed=SEED)
        made.update_batch([part.encode("utf-8", "surrogatepass") for part in parts])
        return made

    def candidates(self, sketch: Any) -> list[int]:
        """Positions of earlier sketches that may be alike, in order."""
        return sorted(self._index.query(sketch))

    def similarity(self, sketch: Any, position: int) -> float:
        """The estimated Jaccard similarity to the sketch at `position`."""
        return float(sketch.jaccard(self._by_position[position]))

    def add(self, position: int, sketch: Any) -> None:
        self._index.insert(position, sketch)
        self._by_position[position] = sketch
