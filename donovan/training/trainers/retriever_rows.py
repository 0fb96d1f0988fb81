"""Relevance labels as questions over passages: what a retriever and a re-ranker learn from."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from donovan.training.contract import TrainingRefused
from retrieval.embedding import passage_text

FEWEST_QUESTIONS = 8
MOST_CORPUS = 20_000
DEV_SHARE = 0.2


@dataclass(frozen=True)
class Passage:
    """One passage as search holds it. `whole` is what is embedded of it."""

    title: str
    text: str
    language: str

    @property
    def whole(self) -> str:
        return passage_text(self.title, "", self.text)


@dataclass(frozen=True)
class Question:
    """A question and its judged passages: positions in `Judged.passages`. Grades are 1 to 3."""

    text: str
    language: str
    grades: Mapping[int, int]
    rejected: tuple[int, ...] = ()
    weight: float = 1.0
    group: str = ""


@dataclass(frozen=True)
class Judged:
    """Everything a training sees: passages, each once, and the questions of both splits in reading order."""

    passages: Sequence[Passage]
    train: Sequence[Question]
    dev: Sequence[Question]
    languages: frozenset[str] = field(default_factory=frozenset)


class _Pool:
    """Passages by their text: the same words under two ids are one passage."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self._place: dict[tuple[str, str], int] = {}

    def place(self, title: str, text: str, language: str) -> int:
        key = (title, text)
        if key not in self._place:
            self._place[key] = len(self.passages)
            self.passages.append(Passage(title, text, language))
        return self._place[key]


def read_judged(
    train: Sequence[Mapping[str, Any]],
    dev: Sequence[Mapping[str, Any]],
    corpus: Iterable[Any],
    seed: int,
) -> Judged:
    """Read examples of the task "relevance". A question without a passage that answers it teaches nothing and
    is left out.

    Without a dev split a fifth of the groups of `train` takes its place. `corpus` holds further passages,
    as text or as {"passage", "title", "language"}. Raises TrainingRefused.
    """
    wrong = next((one for one in [*train, *dev] if one.get("task") != "relevance"), None)
    if wrong is not None:
        raise TrainingRefused(
            f"A retriever learns from labels of relevance; the data set also holds {wrong.get('task')}."
        )
    pool = _Pool()
    taught, measured = _questions(train, pool), _questions(dev, pool)
    if not measured:
        taught, measured = _split(taught, seed)
    if len(taught) < FEWEST_QUESTIONS or not measured:
        raise TrainingRefused(
            f"There are {len(taught)} questions with a passage that answers them; "
            f"{FEWEST_QUESTIONS} are the fewest to learn from, and one more to measure with."
        )
    for count, extra in enumerate(corpus):
        if count >= MOST_CORPUS:
            break
        if isinstance(extra, str):
            pool.place("", extra, "")
        else:
            pool.place(
                str(extra.get("title", "")), str(extra.get("passage", "")), str(extra.get("language", ""))
            )
    languages = frozenset(question.language for question in [*taught, *measured])
    return Judged(pool.passages, taught, measured, languages)


def _questions(rows: Sequence[Mapping[str, Any]], pool: _Pool) -> list[Question]:
    """The questions of a split in the order they come first. Of several grades for one passage the mean
    counts, rounded down: half a yes is no yes.
    """
    grades: dict[tuple[str, str], dict[int, list[tuple[int, float]]]] = {}
    groups: dict[tuple[str, str], str] = {}
    for row in rows:
        said, language = row["input"], _code(row.get("language"))
        key = (str(said["question"]).strip(), language)
        place = pool.place(str(said.get("title", "")), str(said["passage"]), language)
        judgement = (int(row["value"]["grade"]), float(row.get("weight", 1.0)))
        grades.setdefault(key, {}).setdefault(place, []).append(judgement)
        groups.setdefault(key, str(row.get("group", "")))
    found = []
    for (text, language), of_passage in grades.items():
        mean = {
            place: int(sum(g * w for g, w in given) / max(sum(w for _, w in given), 1e-9))
            for place, given in of_passage.items()
        }
        good = {place: grade for place, grade in mean.items() if grade >= 1}
        if good and text:
            weight = max(w for place in good for _, w in of_passage[place])
            rejected = tuple(place for place in mean if place not in good)
            found.append(Question(text, language, good, rejected, weight, groups[text, language]))
    return found


def _code(language: object) -> str:
    return str(language or "en").lower().split("-")[0]


def _split(questions: Sequence[Question], seed: int) -> tuple[list[Question], list[Question]]:
    """Train and dev, so that no passage that answers is on both sides."""
    together: dict[int, int] = {}

    def root(place: int) -> int:
        while together.setdefault(place, place) != place:
            place = together[place]
        return place

    by_group: dict[str, int] = {}
    for question in questions:
        places = [*question.grades]
        if question.group:
            places.append(by_group.setdefault(question.group, places[0]))
        for place in places[1:]:
            together[root(place)] = root(places[0])
    roots = sorted({root(next(iter(question.grades))) for question in questions})
    random.Random(seed).shuffle(roots)  # noqa: S311  # a split, not a secret
    dev: set[int] = set()
    share = DEV_SHARE * len(questions)
    size = {one: sum(root(next(iter(q.grades))) == one for q in questions) for one in roots}
    for one in roots[:-1]:
        if sum(size[d] for d in dev) >= share:
            break
        dev.add(one)
    sides = [root(next(iter(question.grades))) in dev for question in questions]
    return (
        [q for q, is_dev in zip(questions, sides, strict=True) if not is_dev],
        [q for q, is_dev in zip(questions, sides, strict=True) if is_dev],
    )
