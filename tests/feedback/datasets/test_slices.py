"""Slices by a line of words, and where errors gather."""

import pytest

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.presenting import facets_of
from donovan.feedback.datasets.slices import counts_by_slice, errors_by_slice, query_of, read_slice
from donovan.feedback.datasets.statistics import statistics_of
from tests.feedback.datasets.conftest import row

ROWS = [
    row(
        0,
        language="ru",
        date="2026-01-31",
        scan_quality="poor",
        annotators=["ana", "ben"],
        agreement=0.5,
    ),
    row(1, language="ru", date="2025-12-31", marking="SECRET//REL TO USA, GBR", split="test"),
    row(2, language="en", date="", source="logistics", weight=0.4),
    row(
        3,
        task="spans",
        input={"text": "Orlov met"},
        value={"spans": [{"start": 0, "end": 5, "label": "PER"}]},
    ),
]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1, 2, 3]),
        ("language=ru", [0, 1]),
        ("language=RU,en", [0, 1, 2, 3]),
        ("language!=ru", [2, 3]),
        ("language=ru date>=2026-01-01", [0]),
        ("date<=2025", [1]),
        ("date=2026-01", [0]),
        ('marking="SECRET//REL TO USA, GBR"', [1]),
        ("annotator=ben", [0]),
        ("class=PER", [3]),
        ("class=memo", [1]),
        ("weight<1", [2]),
        ("agreement>=0.5", [0]),
        ("words<=2", [3]),
        ("source=logistics split=train", [2]),
        ("text~orlov", [3]),
        ('scan_quality=""', [1, 2, 3]),
        ("id=r0002", [2]),
    ],
)
def test_a_query_finds_its_rows(query: str, places: list[int]) -> None:
    chosen = read_slice(query)
    assert [at for at, each in enumerate(ROWS) if chosen.matches(each)] == places
    assert counts_by_slice(ROWS, [query]) == {query: len(places)}


@pytest.mark.parametrize(
    "query",
    ["language", "colour=red", "date>=yesterday", "weight>=much", "language>=ru", "text>3", "x" * 401],
)
def test_a_query_that_means_nothing_says_so(query: str) -> None:
    with pytest.raises(DatasetError):
        read_slice(query)


def test_errors_are_counted_in_every_slice_the_worst_first() -> None:
    rows = [row(number, language="ru" if number < 10 else "en") for number in range(40)]
    wrong = {f"r{number:04d}" for number in (1, 2, 3, 4, 5, 30)}
    slices = errors_by_slice(rows, lambda each: each["id"] in wrong, facets=("language", "year"))
    assert [(each.facet, each.value, each.wrong, each.total) for each in slices] == [
        ("language", "ru", 5, 10),
        ("year", "2026", 6, 40),
        ("language", "en", 1, 30),
    ]
    assert errors_by_slice(rows, lambda _: True, least=41) == []
    for each in slices:
        assert sum(read_slice(each.query).matches(one) for one in rows) == each.total


def test_every_value_of_the_statistics_opens_as_many_rows_as_it_counts() -> None:
    for each in ROWS:
        each["group"] = each["id"]
    facets = facets_of(statistics_of(ROWS))
    assert {facet.title for facet in facets} >= {"Languages", "Values", "People", "Markings"}
    for facet in facets:
        for line in facet.lines:
            if line.name != "nobody named":
                assert sum(map(read_slice(line.query).matches, ROWS)) == line.total, line


def test_odd_values_make_queries_that_can_be_read() -> None:
    assert read_slice(query_of("class", "two words")).matches(row(1, value={"class": "two words"}))
    assert read_slice(query_of("marking", "SECRET//REL TO USA, GBR")).matches(ROWS[1])
