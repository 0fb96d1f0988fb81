"""Labels as lessons for the reader: which words of a passage answer a question, and whether evidence bears a
claim out.

    nearest evidence that somebody accepted    the words that they accepted answer, those beside them do not
    a passage judged relevant                  some of its words answer; which of them, the reader says itself
    a passage judged not relevant              none of its words answer
    a corrected answer                         the words of its context that the answer was taken from answer
    a verdict on a claim                       its evidence supports it, or does not
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from donovan.assistant.spans import cut
from donovan.assistant.terms import stems_in
from donovan.feedback.shapes import RELEVANT_GRADE
from donovan.training.contract import TrainingRefused
from donovan.training.reader.examples import (
    LONGEST_WINDOW,
    SUPPORTED,
    UNSUPPORTED,
    JudgeExample,
    ReadExample,
    is_dense,
)

FEWEST = 8
DEV_SHARE = 0.2
MOST_WINDOWS = 6
"""Windows that one passage is divided into; the rest of a longer one is not learned from."""
FEWEST_COMMON, LEAST_COMMON = 2, 0.6
"""Words, and the share of its words, that a corrected answer must have in common with where it stands."""

Place = tuple[int, int]
_LINE = re.compile(r"^- (?:\[(?P<title>[^\]\n]{0,120})\] )?")


@dataclass(frozen=True)
class Lesson:
    """What one label teaches: windows under a question, or one statement with its evidence.

    Where `names_span` is false somebody said that a passage answers, and not with which words: all spans of
    its windows are then marked.
    """

    question: str
    reading: tuple[ReadExample, ...] = ()
    judging: JudgeExample | None = None
    names_span: bool = True
    weight: float = 1.0
    group: str = ""

    @property
    def has_answer(self) -> bool:
        return any(any(window.labels) for window in self.reading)


@dataclass(frozen=True)
class Lessons:
    """Both splits, and the languages of what is learned from."""

    train: Sequence[Lesson]
    dev: Sequence[Lesson]
    languages: frozenset[str]


def read_lessons(train: Sequence[Mapping[str, Any]], dev: Sequence[Mapping[str, Any]], seed: int) -> Lessons:
    """What the rows of a data set teach. Without a dev split a fifth of the groups of `train` takes its
    place.

    Raises TrainingRefused where they are of another task, or too few.
    """
    taught = [lesson for row in train if (lesson := _lesson(row)) and lesson.weight > 0]
    measured = [lesson for row in dev if (lesson := _lesson(row))]
    if not _teaching(measured):
        taught, measured = _divided(taught, seed)
    number = _teaching(taught)
    if number < FEWEST or not _teaching(measured):
        is_of_claims = any(lesson.judging for lesson in taught)
        words = "claims with evidence" if is_of_claims else "questions with words that answer them"
        raise TrainingRefused(
            f"There are {number} {words}; {FEWEST} are the fewest to learn from, and one more to measure "
            "with."
        )
    verdicts = {lesson.judging.label for lesson in taught if lesson.judging}
    if len(verdicts) == 1:
        raise TrainingRefused("All claims have the same verdict, so there is nothing to tell apart.")
    return Lessons(taught, measured, frozenset(_language(row) for row in (*train, *dev)))


def _teaching(lessons: Sequence[Lesson]) -> int:
    """How many different questions with an answer and different claims there are."""
    return len({(one.question, one.judging) for one in lessons if one.has_answer or one.judging})


def _lesson(row: Mapping[str, Any]) -> Lesson | None:
    """What one row teaches, or None where it teaches nothing. Raises TrainingRefused for another task."""
    reader = _LESSONS.get(str(row.get("task")))
    if reader is None:
        raise TrainingRefused(
            "A reader learns from labels of relevance, corrected answers and verdicts on claims; the data "
            f"set also holds {row.get('task')}."
        )
    return reader(row)


def _of_relevance(row: Mapping[str, Any]) -> Lesson | None:
    said, grade = row["input"], int(row["value"]["grade"])
    question, text, title = str(said["question"]).strip(), str(said["passage"]), str(said.get("title", ""))
    if not question or not text.strip() or 0 < grade < RELEVANT_GRADE:
        return None
    marked = _marked(row, text)
    if grade and marked is not None:
        return _made(row, question, (_around(question, title, text, marked),))
    windows = tuple(_windows(question, title, text, is_right=grade > 0))
    return _made(row, question, windows, names_span=grade == 0) if windows else None


def _marked(row: Mapping[str, Any], text: str) -> Place | None:
    """The words that were accepted, where they are named."""
    start, end = row["input"].get("start"), row["input"].get("end")
    if start is None and end is None:
        return None
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise TrainingRefused(
            f"The label {str(row.get('id', ''))[:40]} marks words that are not in its passage. "
            "Build or import the data set again."
        )
    return start, end


def _of_answer(row: Mapping[str, Any]) -> Lesson | None:
    """The words of the context that the corrected answer was taken from; None where none can be told."""
    said, answer = row["input"], str(row["value"]["answer"])
    question, language = str(said["question"]).strip(), _language(row)
    wanted = stems_in(answer, language) - stems_in(question, language)
    found: list[tuple[tuple[bool, int, int], str, str, Place]] = []
    for title, text in (_head(str(line)) for line in said["context"]):
        for place in cut(text):
            words = text[place[0] : place[1]]
            stems = stems_in(words, language)
            common = len(wanted & stems)
            is_whole = len(_flat(answer)) > 4 and _flat(answer) in _flat(words)
            if is_whole or common >= max(FEWEST_COMMON, LEAST_COMMON * len(wanted)):
                near = len(stems & stems_in(question, language))
                found.append(((is_whole, common, near), title, text, place))
    best = [one for one in found if one[0] == max(key for key, *_rest in found)]
    if not question or len({text[place[0] : place[1]] for _key, _title, text, place in best}) != 1:
        return None
    _key, title, text, place = best[0]
    return _made(row, question, (_around(question, title, text, place),))


def _head(line: str) -> tuple[str, str]:
    """Title and words of a line of the context, as the model was shown it."""
    match = _LINE.match(line)
    return ((match["title"] or ""), line[match.end() :]) if match else ("", line)


def _of_claim(row: Mapping[str, Any]) -> Lesson | None:
    said = row["input"]
    claim = str(said["claim"]).strip()
    evidence = " ".join(str(one).strip() for one in said["evidence"]).strip()
    if not claim or not evidence:
        return None
    # Partly supported is not supported: what is shown as fact must be supported whole.
    label = SUPPORTED if row["value"]["verdict"] == "supported" else UNSUPPORTED
    question = str(said.get("question") or claim)
    return replace(_made(row, question, ()), judging=JudgeExample("labels", claim, evidence, label))


_LESSONS: Mapping[str, Callable[[Mapping[str, Any]], Lesson | None]] = {
    "relevance": _of_relevance,
    "answer": _of_answer,
    "claim_support": _of_claim,
}


def _made(
    row: Mapping[str, Any], question: str, reading: tuple[ReadExample, ...], *, names_span: bool = True
) -> Lesson:
    group = str(row.get("group") or question)
    return Lesson(question, reading, None, names_span, float(row.get("weight", 1.0)), group)


def cut_windows(text: str) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """A text as windows of whole spans, each about as long as those that the reader was first taught on."""
    longest = LONGEST_WINDOW // 3 if is_dense(text) else LONGEST_WINDOW
    run: list[Place] = []
    for place in cut(text):
        if run and place[1] - run[0][0] > longest:
            yield _window(text, run)
            run = []
        run.append(place)
    if run:
        yield _window(text, run)


def _windows(question: str, title: str, text: str, *, is_right: bool) -> Iterator[ReadExample]:
    for words, spans in list(cut_windows(text))[:MOST_WINDOWS]:
        yield ReadExample("labels", question, title, words, spans, (is_right,) * len(spans))


def _around(question: str, title: str, text: str, marked: Place) -> ReadExample:
    """The marked words and as many spans beside them as a window holds, taken from both sides in turn."""
    longest = LONGEST_WINDOW // 3 if is_dense(text) else LONGEST_WINDOW
    before = list(cut(text[: marked[0]]))
    after = [(start + marked[1], end + marked[1]) for start, end in cut(text[marked[1] :])]
    run = [marked]
    while before or after:
        if before and run[-1][1] - before[-1][0] <= longest:
            run.insert(0, before.pop())
        else:
            before = []
        if after and after[0][1] - run[0][0] <= longest:
            run.append(after.pop(0))
        else:
            after = []
    words, spans = _window(text, run)
    return ReadExample("labels", question, title, words, spans, tuple(place == marked for place in run))


def _window(text: str, run: Sequence[Place]) -> tuple[str, tuple[Place, ...]]:
    first = run[0][0]
    return text[first : run[-1][1]], tuple((start - first, end - first) for start, end in run)


def _divided(lessons: Sequence[Lesson], seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """Train and dev, by whole groups and whole questions."""
    groups: dict[str, str] = {}
    for lesson in lessons:
        groups.setdefault(lesson.question, lesson.group)
    names = sorted(set(groups.values()))
    random.Random(seed).shuffle(names)  # noqa: S311  # a split, not a secret
    dev: set[str] = set()
    for name in names[:-1]:
        if sum(groups[lesson.question] in dev for lesson in lessons) >= DEV_SHARE * len(lessons):
            break
        dev.add(name)
    sides = [groups[lesson.question] in dev for lesson in lessons]
    return (
        [lesson for lesson, is_dev in zip(lessons, sides, strict=True) if not is_dev],
        [lesson for lesson, is_dev in zip(lessons, sides, strict=True) if is_dev],
    )


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _language(row: Mapping[str, Any]) -> str:
    return str(row.get("language") or "en").lower().split("-")[0]
