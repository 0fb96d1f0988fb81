"""From examples of data sets to the conversations that an adapter learns.

Each prompt is made as the product makes it. It is then made short, because a processor reads a few hundred
tokens a second: of every passage the lines stay that share most words with the answer, in their order.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.llm.interface import Message
from donovan.llm.prompts import load_prompt
from donovan.training.contract import TrainingRefused
from donovan.training.trainers.language_model.options import ASK

ANSWER = "answer"
PREFERENCE = "preference"
PLAIN_SYSTEM = "Answer the question from the passages in one sentence."
"""The plain way: what a first attempt tells a model. No prompt of the product."""

LEAST_SUPPORTED = 0.6
"""Share of the words of an answer that must stand in what the model was shown, or in the question. An
answer from elsewhere teaches a model to invent."""

SHORT_WORD = 3
"""Words up to this length ("is", "the") say nothing of where an answer comes from."""

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\n]+?(?:[.!?](?=\s)|\n|$)")
_DIVIDER = "\n---\n"
_QUOTED = "- "
_FACT = re.compile(r"- \[(?P<title>[^\]\n]+)\] (?P<line>.+)", re.DOTALL)
LONGEST_TITLE = 80
LONGEST_FACT = 320
MOST_FACTS_CHARACTERS = 700
"""As in the product's prompt (donovan.assistant.drafting)."""


@dataclass(frozen=True)
class Answered:
    """A question with what was shown to the model and the answer that a person wrote or accepted."""

    id: str
    question: str
    context: tuple[str, ...]
    answer: str
    weight: float = 1.0


@dataclass(frozen=True)
class Preferred:
    """Two answers to the same prompt, the better one first. `weight` grows with how clear the choice was."""

    id: str
    question: str
    context: tuple[str, ...]
    better: str
    worse: str
    weight: float = 1.0


@dataclass(frozen=True)
class Read:
    """The examples that can be learned from, and how many were left out, by reason."""

    answered: tuple[Answered, ...]
    preferred: tuple[Preferred, ...]
    left_out: Mapping[str, int]


def read_rows(rows: Sequence[Mapping[str, Any]]) -> Read:
    """Sort examples of the tasks "answer" and "preference". Raises TrainingRefused for any other task, or
    for a row that is not of its task's shape.
    """
    answered, preferred = [], []
    left_out = {"not supported by what was shown": 0, "empty": 0, "no preference": 0}
    for row in rows:
        task, said = row.get("task"), row.get("input") or {}
        try:
            question, context = str(said["question"]).strip(), tuple(str(text) for text in said["context"])
            weight = float(row.get("weight") or 1.0)
            if task == ANSWER:
                answer = str(row["value"]["answer"]).strip()
                if not answer or not question:
                    left_out["empty"] += 1
                elif context and share_supported(answer, (question, *context)) < LEAST_SUPPORTED:
                    left_out["not supported by what was shown"] += 1
                else:
                    answered.append(Answered(str(row["id"]), question, context, answer, weight))
                continue
            if task != PREFERENCE:
                raise TrainingRefused(
                    f"The language model learns from corrected answers and preferences; this is {task}."
                )
            choice = row["value"]["preferred"]
            a, b = str(said["a"]).strip(), str(said["b"]).strip()
            weight *= float(row["value"].get("strength") or 1) / 2
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingRefused(f"The example {row.get('id', '?')} is not of its task's shape.") from error
        if choice not in ("a", "b") or a == b or not a or not b:
            left_out["no preference"] += 1
            continue
        better, worse = (a, b) if choice == "a" else (b, a)
        preferred.append(Preferred(str(row["id"]), question, context, better, worse, weight))
    return Read(tuple(answered), tuple(preferred), {why: count for why, count in left_out.items() if count})


def share_supported(answer: str, context: Sequence[str]) -> float:
    """The share of the figures and longer words of an answer that stand in what was shown; 1 without any."""
    said = {word for word in _words(answer) if len(word) > SHORT_WORD or any(map(str.isdigit, word))}
    return len(said & _words(" ".join(context))) / len(said) if said else 1.0


def messages(form: str, question: str, context: Sequence[str]) -> tuple[Message, ...]:
    """The conversation that asks `question`, in the product's own form or the plain one."""
    if form == ASK:
        lines = "\n".join(line for text in context for line in _as_facts(text))
        rendered = load_prompt("ask").render(evidence=lines, question=_one_line(question))
        system, _divider, user = rendered.partition(_DIVIDER)
        return Message("system", system.strip()), Message("user", user.strip())
    passages = "\n\n".join(_as_passages(context))
    return Message("system", PLAIN_SYSTEM), Message("user", f"{passages}\n\nQuestion: {question}")


def _as_facts(text: str) -> Iterator[str]:
    """A passage (its title, then lines) as the quotations of the product's prompt: "- [title] line"."""
    if text.startswith(_QUOTED):
        yield _one_line(text)
        return
    title, divided, rest = text.strip().partition("\n")
    if not divided:
        yield f"{_QUOTED}{_one_line(title)}"
        return
    for line in rest.splitlines():
        if line.strip():
            yield f"{_QUOTED}[{_one_line(title)[:LONGEST_TITLE]}] {_one_line(line)[:LONGEST_FACT]}"


def _as_passages(context: Sequence[str]) -> Iterator[str]:
    """Quotations as passages: those that follow each other under one title together below it."""
    title, lines = "", list[str]()
    for text in context:
        fact = _FACT.fullmatch(text)
        if fact is not None and fact["title"] == title:
            lines.append(fact["line"])
            continue
        if lines:
            yield "\n".join([title, *lines])
        title, lines = (fact["title"], [fact["line"]]) if fact is not None else ("", [])
        if fact is None:
            yield text.removeprefix(_QUOTED)
    if lines:
        yield "\n".join([title, *lines])


def cropped(context: Sequence[str], question: str, answer: str, characters: int) -> tuple[str, ...]:
    """What was shown, in at most about `characters`: the lines that bear the answer before those that do
    not, and of the rest those nearest to the question; all in their order.
    """
    total = sum(len(text) for text in context)
    if total <= characters:
        return tuple(context)
    asked, said = _words(question), _words(answer)
    pieces = [(number, piece) for number, text in enumerate(context) for piece in _pieces(text)]

    def worth(index: int) -> tuple[float, float, str]:
        number, piece = pieces[index]
        words = _words(piece)
        # The title of a passage says what it is about: it goes before everything.
        is_title = index == 0 or pieces[index - 1][0] != number
        near = len(words & said) / max(len(said), 1) + 0.3 * len(words & asked) / max(len(asked), 1)
        chance = hashlib.sha256(f"{question}\n{piece}".encode()).hexdigest()
        return (1.5 if is_title else 0.0) + near, 0.0, chance

    kept: set[int] = set()
    room = characters
    for index in sorted(range(len(pieces)), key=worth, reverse=True):
        size = min(len(pieces[index][1]), characters)
        if size <= room:
            kept.add(index)
            room -= size
    return tuple(
        text
        for number in range(len(context))
        if (text := "".join(pieces[i][1] for i in sorted(kept) if pieces[i][0] == number).strip())
    )


def _pieces(text: str) -> Iterator[str]:
    yield from (found.group() for found in _PIECE.finditer(text))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _one_line(text: str) -> str:
    return " ".join(text.split())
