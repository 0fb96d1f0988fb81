"""How wide the columns of a table are: by what they hold, numbers stay on a line and words get room."""

from collections.abc import Sequence

_NARROWEST, _WIDEST = 5.0, 42.0


def shares_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """The share of each column, from 0 to 1 and 1 together."""
    wanted = []
    for place, head in enumerate(heads):
        lengths = sorted(len(row[place]) for row in rows) or [0]
        longest_word = max((len(word) for word in head.split()), default=0)
        # One very long cell shall not take the room of all others: nine tenths of them decide.
        usual = lengths[min(len(lengths) - 1, int(len(lengths) * 0.9))]
        wanted.append(min(_WIDEST, max(_NARROWEST, longest_word + 2.5, float(usual) + 1.5)))
    total = sum(wanted) or 1.0
    return [each / total for each in wanted]
