"""SQuAD 1.1 and 2.0: questions on paragraphs, with the answer as a stretch of the paragraph.

A question becomes a row of the task “answer” (or “relevance”: the paragraph answers it). One that its
paragraph does not answer (2.0) becomes an answer that says so (or a paragraph that is only about the same).
Only answers that stand word for word in their context can be written; how many could not is told.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, is_ours, restored
from donovan.feedback.datasets.formats.reading import (
    Found,
    document_of,
    list_in,
    mapping,
    text_in,
    unharmed,
    usable,
)
from donovan.feedback.datasets.formats.splits import files_by_split
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import Row, short_digest

NOT_ANSWERED = "The context does not say."
ANSWERS_IT, ALIKE = 3, 1
JOINT = "\n"


def read(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The questions of a file, or of a folder with train.json, dev.json and test.json."""
    for split, file, shown in files_by_split(path, "json"):
        with mistakes:
            begin = f"{shown} " if shown else ""
            document = mapping(document_of(file, shown=shown), shown or file.name)
            for at, given in enumerate(list_in(document, "data", shown or file.name), start=1):
                with mistakes:
                    where = f"{begin}article {at}"
                    yield from _of_article(mapping(given, where), where, split, task, mistakes)


def _of_article(
    article: dict[str, Any], where: str, split: str, task: str, mistakes: Mistakes
) -> Iterator[Found]:
    title = article.get("title")
    title = usable(title, where) if isinstance(title, str) else ""
    for number, part in enumerate(list_in(article, "paragraphs", where), start=1):
        with mistakes:
            here = f"{where}, paragraph {number}"
            paragraph = mapping(part, here)
            context = text_in(paragraph, "context", here)
            for place, question in enumerate(list_in(paragraph, "qas", here), start=1):
                with mistakes:
                    spot = f"{here}, question {place}"
                    given = unharmed(mapping(question, spot), spot)
                    yield Found(spot, _row(given, context, title, spot, split, task))


def _row(  # noqa: PLR0917 - the parts of one question, as the format nests them
    given: dict[str, Any], context: str, title: str, where: str, split: str, task: str
) -> dict[str, Any]:
    kept = given.get("about")
    row = restored(kept if isinstance(kept, Mapping) else {}, split, task)
    row.setdefault("document", short_digest("paragraph", context))
    question = text_in(given, "question", where)
    row.setdefault("id", str(given.get("id") or short_digest(question, context)))
    is_impossible = given.get("is_impossible") or False
    if not isinstance(is_impossible, bool):
        raise BadInput(where, "“is_impossible” must be true or false.", is_shape=True)
    if task == "relevance":
        passage = {"question": question, "passage": context, "title": title, "passage_id": row["document"]}
        return {**row, "input": passage, "value": {"grade": ALIKE if is_impossible else ANSWERS_IT}}
    answers = [_answer(each, context, where) for each in list_in(given, "answers", where)]
    if not answers and not is_impossible:
        raise BadInput(where, "There is no answer, and nothing that says there is none.", is_shape=True)
    row.setdefault("input", {"question": question, "context": [context], "draft": "", "title": title})
    row["value"] = {"answer": NOT_ANSWERED if is_impossible else answers[0]["text"]}
    told = {"answers": [] if is_impossible else answers, "is_impossible": is_impossible}
    return row | {name: said for name, said in told.items() if name in row or not is_ours(kept)}


def _answer(given: Any, context: str, where: str) -> dict[str, Any]:
    given = mapping(given, where)
    text, start = text_in(given, "text", where), given.get("answer_start")
    if not isinstance(start, int) or isinstance(start, bool):
        raise BadInput(where, "“answer_start” is missing or not a whole number.", is_shape=True)
    if not _stands({"text": text, "answer_start": start}, context):
        raise BadInput(where, "The answer does not stand where “answer_start” says.")
    return {"text": text, "answer_start": start}


def _stands(answer: Mapping[str, Any], context: str) -> bool:
    text, start = str(answer["text"]), int(answer["answer_start"])
    return start >= 0 and context[start : start + len(text)] == text


def write(rows: Iterable[Row], folder: Path) -> int:
    """One file a split; the number of rows whose answer does not stand in their context."""
    left_out = 0
    by_split: dict[str, dict[tuple[str, str], list[dict[str, Any]]]] = {}
    for row in rows:
        context = JOINT.join(str(part) for part in row["input"]["context"])
        question = _question(row, context)
        if question is None:
            left_out += 1
            continue
        place = (str(row["input"].get("title") or ""), context)
        by_split.setdefault(row["split"], defaultdict(list))[place].append(question)
    markings = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for split, paragraphs in by_split.items():
        articles: dict[str, list[dict[str, Any]]] = {}
        for (title, context), questions in paragraphs.items():
            articles.setdefault(title, []).append({"context": context, "qas": questions})
        data = {
            "marking": markings["marking"],
            "notice": markings["notice"],
            "version": "v2.0",
            "data": [{"title": title, "paragraphs": parts} for title, parts in articles.items()],
        }
        (folder / f"{split}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    return left_out


def _question(row: Mapping[str, Any], context: str) -> dict[str, Any] | None:
    answer = row["value"]["answer"]
    is_impossible = answer == NOT_ANSWERED and bool(row.get("is_impossible", True))
    answers = [] if is_impossible else list(row.get("answers") or [])
    # A label that was corrected since has an answer that those of the file it came from do not have.
    is_known = answers and answers[0]["text"].strip() == answer
    if not is_impossible and not (is_known and all(_stands(each, context) for each in answers)):
        start = context.find(answer)
        if start < 0:
            return None
        answers = [{"text": answer, "answer_start": start}]
    return {
        "id": row["id"],
        "question": row["input"]["question"],
        "answers": answers,
        "is_impossible": is_impossible,
        "about": {**about(row), "input": row["input"]},
    }
