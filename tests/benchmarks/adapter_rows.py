"""Corrected answers, made of questions whose answer is known, as people would correct them.

A person who is shown a wrong answer and the passages under it opens the right page and writes one sentence
with the words of that page. Countries are kept apart: none of a training answer is asked about later.
"""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from donovan.evaluation.answer_metrics import plain
from ingest.passages import cut

TRAINING = 300
PASSAGE_CHARACTERS = 900

_SENTENCES = (
    (r"How long is (.*)", "{subject} is {answer}."),
    (r"When did (.*) gain independence", "{subject} gained independence on {answer}."),
    (r"Which languages are spoken in (.*)", "The languages spoken in {subject} are {answer}."),
    (r"(?:What|Who) is (.*)", "{subject} is {answer}."),
    (r"What are (.*)", "{subject} are {answer}."),
)

Question = Mapping[str, str]
Passage = tuple[str, str]


def by_country(questions: Sequence[Question], seed: int) -> tuple[list[Question], list[Question]]:
    """The questions of one half of the countries and those of the other, each in an order drawn by `seed`."""
    draw = random.Random(seed)
    countries = sorted({country_of(item) for item in questions})
    draw.shuffle(countries)
    half = set(countries[: len(countries) // 2])
    seen = [item for item in questions if country_of(item) in half]
    unseen = [item for item in questions if country_of(item) not in half]
    draw.shuffle(seen)
    draw.shuffle(unseen)
    return seen, unseen


def country_of(item: Question) -> str:
    return item["doc"].split("/")[0]


def corrected(item: Question, shown: Sequence[Passage], page: Passage, draw: random.Random) -> dict[str, Any]:
    """An example of the task "answer": what was shown, the right page in a place of it, and the answer."""
    context = list(shown)
    if page not in context:
        context = context or [page]
        context[draw.randrange(len(context))] = page
    return {
        "id": item["question"],
        "task": "answer",
        "input": {
            "question": item["question"],
            "context": [f"{title}\n{text}" for title, text in context],
            "draft": "",
        },
        "value": {"answer": in_a_sentence(item["question"], item["answer"])},
        "weight": 1.0,
    }


def page_with(answer: str, document: Mapping[str, str]) -> Passage | None:
    """The passage of a document in which the answer stands, as the plain way would show it."""
    for start, end in cut(document["text"]):
        text = document["text"][start:end][:PASSAGE_CHARACTERS]
        if f" {plain(answer)} " in f" {plain(text)} ":
            return document.get("title", ""), text
    return None


def in_a_sentence(question: str, answer: str) -> str:
    """Question and answer as one sentence that stands for itself."""
    asked, answer = question.rstrip("?"), answer.rstrip(".")
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, asked)
        if found:
            subject = found[1][0].upper() + found[1][1:] if sentence.startswith("{") else found[1]
            return sentence.format(subject=subject, answer=answer)
    return f"{answer}."
