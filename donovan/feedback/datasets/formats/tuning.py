"""What libraries for tuning language models read: messages for supervised tuning, chosen and rejected for
preferences. One JSON object a line, a file a split.

Beside what those libraries read, each line holds what is needed to have the same row back.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, found_in, list_in, mapping, text_in
from donovan.feedback.datasets.formats.splits import files_by_split, write_by_split
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import Row, short_digest

_CONTEXT, _QUESTION = "Context:\n", "\n\nQuestion: "


def prompt_of(question: str, context: list[Any]) -> str:
    """The user's message: the context as it was shown, one paragraph each, then the question."""
    if not context:
        return question
    return _CONTEXT + "\n".join(str(part) for part in context) + _QUESTION + question


def write_messages(rows: Iterable[Row], folder: Path) -> int:
    """{"messages": [{"role": "user", ...}, {"role": "assistant", ...}], ...} for corrected answers."""

    def lines() -> Iterator[tuple[str, str]]:
        for row in rows:
            given = row["input"]
            messages = [
                {"role": "user", "content": prompt_of(given["question"], given["context"])},
                {"role": "assistant", "content": row["value"]["answer"]},
            ]
            yield row["split"], _line({"messages": messages, **about(row), "input": given})

    write_by_split(folder, "jsonl", lines())
    return 0


def read_messages(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """Conversations: the last message is the answer, the user's message before it the question, and what
    the system and earlier messages said the context.
    """
    for split, file, shown in files_by_split(path, "jsonl"):
        yield from found_in(file, partial(_conversation, split, task), mistakes, shown=shown)


def _conversation(split: str, task: str, line: dict[str, Any], where: str) -> dict[str, Any]:
    row = restored(line, split, task)
    said = [
        (text_in(one, "role", where), text_in(one, "content", where))
        for one in (mapping(each, where) for each in list_in(line, "messages", where))
    ]
    if len(said) < 2 or said[-1][0] != "assistant" or said[-2][0] != "user":
        what = "The last two messages should be the user's and the assistant's."
        raise BadInput(where, what, is_shape=True)
    row["value"] = {"answer": said[-1][1]}
    if not isinstance(line.get("input"), Mapping):
        context = [content for _, content in said[:-2]]
        row["input"] = {**_asked(said[-2][1], context), "draft": ""}
    return row


def write_preferences(rows: Iterable[Row], folder: Path) -> int:
    """{"prompt", "chosen", "rejected", ...}. A tie prefers nothing and is left out; their number is given."""
    ties = 0

    def lines() -> Iterator[tuple[str, str]]:
        nonlocal ties
        for row in rows:
            given, preferred = row["input"], row["value"]["preferred"]
            if preferred == "tie":
                ties += 1
                continue
            other = "b" if preferred == "a" else "a"
            kept = {name: value for name, value in given.items() if name not in ("a", "b")}
            yield (
                row["split"],
                _line(
                    {
                        "prompt": prompt_of(given["question"], given["context"]),
                        "chosen": given[preferred],
                        "rejected": given[other],
                        **about(row),
                        "input": kept,
                        "preferred": preferred,
                        "strength": row["value"]["strength"],
                        "why": row["value"]["why"],
                    }
                ),
            )

    write_by_split(folder, "jsonl", lines())
    return ties


def read_preferences(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """Which of the two stands first is drawn from the line's own words where the line does not say, so that
    nothing can be learnt from the order.
    """
    for split, file, shown in files_by_split(path, "jsonl"):
        yield from found_in(file, partial(_comparison, split, task), mistakes, shown=shown)


def _comparison(split: str, task: str, line: dict[str, Any], where: str) -> dict[str, Any]:
    row = restored(line, split, task)
    *before, prompt = _said(line.get("prompt"), where)
    chosen, rejected = (_said(line.get(name), where)[-1] for name in ("chosen", "rejected"))
    preferred = line.get("preferred")
    if preferred not in ("a", "b"):
        preferred = "a" if int(short_digest(prompt, chosen, rejected), 16) % 2 else "b"
    kept = dict(line["input"]) if isinstance(line.get("input"), Mapping) else _asked(prompt, before)
    first, second = (chosen, rejected) if preferred == "a" else (rejected, chosen)
    row["input"] = {**kept, "a": first, "b": second}
    row["value"] = {
        "preferred": preferred,
        "strength": line.get("strength", 1),
        "why": line.get("why", ""),
    }
    return row


def _asked(prompt: str, context: list[str]) -> dict[str, Any]:
    """Question and context of a prompt that `prompt_of` made, or of any other."""
    if prompt.startswith(_CONTEXT) and _QUESTION in prompt:
        inside, _, question = prompt.removeprefix(_CONTEXT).rpartition(_QUESTION)
        return {"question": question, "context": [*context, *inside.split("\n")]}
    return {"question": prompt, "context": context}


def _said(value: Any, where: str) -> list[str]:
    """A text, or the messages of a conversation, in which some sets keep prompts and answers."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and value:
        *before, last = (mapping(each, where) for each in value)
        others = [each["content"] for each in before if isinstance(each.get("content"), str)]
        return [*others, text_in(last, "content", where)]
    what = "“prompt”, “chosen” and “rejected” must be texts or lists of messages."
    raise BadInput(where, what, is_shape=True)


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
