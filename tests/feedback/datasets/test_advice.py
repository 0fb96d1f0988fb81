"""What a test split cannot show is said in words."""

import pytest

from donovan.feedback.datasets.advice import warnings_of


def lines(**tests: int) -> list[dict[str, object]]:
    return [{"name": name, "total": 9, "test": count} for name, count in tests.items()]


@pytest.mark.parametrize(
    ("counts", "divided", "expected"),
    [
        ({"train": 90, "dev": 9, "test": 30}, {"values": lines(memo=20, order=10)}, []),
        ({"train": 0, "dev": 0, "test": 0}, {}, []),
        ({"train": 9, "test": 0}, {"values": lines(memo=0)}, ["There is no test row"]),
        ({"train": 9, "test": 1}, {}, ["1 test row can hardly prove a gain"]),
        (
            {"train": 19, "dev": 7, "test": 5},
            {"values": lines(report=5, record=0, order=0), "language": lines(en=5, es=0)},
            ["5 test rows can", "No test row has the value record or order.", "in the language es."],
        ),
        (
            {"train": 9, "test": 40},
            {"values": [*lines(**{f"c{n}": 0 for n in range(10)}), {"name": "3 others", "is_rest": True}]},
            ["c7 or 2 others."],
        ),
        ({"train": 9, "test": 40}, {"language": [{"name": "not known", "test": 0}], "values": []}, []),
    ],
)
def test_too_few_rows_and_what_none_of_them_is_of_are_named(counts, divided, expected) -> None:
    found = warnings_of(counts, divided)
    assert len(found) == len(expected)
    assert all(words in sentence for words, sentence in zip(expected, found, strict=True))
