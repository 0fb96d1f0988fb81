"""Whether the day of a paper is the one that it gives: right, left open, or wrong."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from ingest.dates import document_date
from ingest.language import languages_of_pages
from tests.benchmarks.date_papers import FITTED, Paper, papers
from tests.benchmarks.figures import Figure

CAME_IN = date(2026, 11, 30)
MADE = "D:20260101120000Z"
RIGHT_OR_OPEN, WRONG = 0.97, 0.01


def found_on(paper: Paper) -> date | None:
    """The day that the product takes for that of the paper; its language is the one that is recognised."""
    _, languages = languages_of_pages([paper.text])
    language = languages[0] if languages else ""
    return document_date(paper.text, MADE, CAME_IN, trust_stated=False, language=language)


def verdict(found: date | None, expected: date | None) -> str:
    """right (the day, or none where none is given), open (none where one is given), or wrong."""
    return "right" if found == expected else "open" if found is None else "wrong"


def run() -> list[Figure]:
    told = [(paper, verdict(found_on(paper), paper.day)) for paper in papers()]
    kept_back = [(paper, words) for paper, words in told if paper.form not in FITTED]
    return [Figure("papers", len(told)), *_figures("all", told), *_figures("kept back", kept_back)]


def _figures(name: str, told: Iterable[tuple[Paper, str]]) -> list[Figure]:
    count = Counter(words for _, words in told)
    total = sum(count.values())
    return [
        Figure(f"{name}: right", count["right"] / total),
        Figure(f"{name}: right or open", 1 - count["wrong"] / total, target=RIGHT_OR_OPEN),
        Figure(f"{name}: open", count["open"] / total),
        Figure(f"{name}: wrong", count["wrong"] / total, target=WRONG, bound="at_most"),
    ]
