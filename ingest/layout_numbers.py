"""Running line numbers in the margin (depositions, drafts, contracts): found by their place, so that no
sentence holds them.
"""

from collections.abc import Sequence
from itertools import pairwise

from ingest.layout import Row, Word, letter_size, rows_of, segments_of

_FEWEST = 5
_LONGEST = 4
_MOST_WORDS = 20_000


def without_line_numbers(words: Sequence[Word]) -> list[Word]:
    """The words without a column of numbers that counts the lines of running text at their left or right.

    The first column of a table stays: what stands beside it does not go on from line to line, or the page
    has words as far out as the numbers.
    """
    if not _FEWEST <= len(words) <= _MOST_WORDS:
        return list(words)
    size = letter_size(words)
    rows = rows_of(segments_of(words, size), size)
    for side in (0, -1):
        numbers = _numbers(rows, side, size)
        if numbers:
            return [word for word in words if id(word) not in numbers]
    return list(words)


def _outer(row: Row, side: int) -> Word:
    return (
        min(row.words, key=lambda word: word.left)
        if side == 0
        else max(row.words, key=lambda word: word.right)
    )


def _numbers(rows: Sequence[Row], side: int, size: float) -> set[int]:
    """The identities of the words that number lines; empty where there is no such column."""
    counted: list[tuple[int, Word]] = []
    for index, row in enumerate(rows):
        word = _outer(row, side)
        if word.text.isascii() and word.text.isdigit() and len(word.text) <= _LONGEST:
            counted.append((index, word))
    if len(counted) < _FEWEST:
        return set()
    step = _step([int(word.text) for _, word in counted])
    if not step:
        return set()
    inner = max(word.right for _, word in counted) if side == 0 else min(word.left for _, word in counted)
    widest = max(word.right - word.left for _, word in counted)
    edges = [word.left if side else word.right for _, word in counted]
    if max(edges) - min(edges) > widest + 0.5 * size:
        return set()
    numbers = {id(word) for _, word in counted}
    rest = [[word for word in row.words if id(word) not in numbers] for row in rows]
    beside = [row for row in rest if row]
    outside = sum(any(w.left < inner if side == 0 else w.right > inner for w in row) for row in beside)
    if outside > 0.05 * len(beside):
        return set()
    first, last = counted[0][0], counted[-1][0]
    between = last - first + 1
    if step == 1 and len(counted) < 0.8 * between:
        return set()
    texts = [row for row in rest[first : last + 1] if row]
    following = [row[0].text for row in texts[1:]]
    goes_on = sum(text[:1].islower() for text in following)
    wordy = sum(len(row) >= 4 for row in texts)
    if not following or goes_on < 0.25 * len(following) or wordy < 0.5 * len(texts):
        return set()
    return numbers


def _step(values: Sequence[int]) -> int:
    """By how much the numbers grow from each to the next, 1 or 5; 0 where they do not."""
    steps = [b - a for a, b in pairwise(values)]
    for step in (1, 5):
        if sum(found == step for found in steps) >= 0.9 * len(steps) and values[0] <= max(step, 1):
            return step
    return 0
