"""SQuAD 1.1 and 2.0: questions on paragraphs, with the answer as a stretch of the paragraph.

A question becomes a row of the task “answer” (or “relevance”: the paragraph answers it). One that its
paragraph does not answer (2.0) becomes an answer that says so. Only answers that stand word for word in their
context can be written; how many could not is told.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, document_of, list_in, mapping, text_in
from donovan.feedback.datasets.formats.splits import files_by_split
from donovan.feedback.datasets.rows import Row, short_digest

NOT_ANSWERED = "The context does not say."
ANSWERS_IT = 3
JOINT = "\n"


def read(path: Path, task: str) -> Iterator[Found]:
    """The questions of a file, or of a folder with train.json, dev.json and test.json."""
    for split, file, shown in files_by_split(path, "json"):
        document = mapping(document_of(file), shown or file.name)
        begin = f"{shown} " if shown else ""
        for at, given in enumerate(list_in(document, "data", begin + file.name), start=1):
            article = mapping(given, f"{begin}article {at}")
            yield from _of_article(article, f"{begin}article {at}", split, task)


def _of_article(article: dict[str, Any], where: str, split: str, task: str) -> Iterator[Found]:
    title = str(article.get("title") or "")
    for number, part in enumerate(list_in(article, "paragraphs", where), start=1):
        here = f"{where}, paragraph {number}"
        paragraph = mapping(part, here)
        context = text_in(paragraph, "context", here)
        for place, question in enumerate(list_in(paragraph, "qas", here), start=1):
            spot = f"{here}, question {place}"
            yield Found(spot, _row(mapping(question, spot), context, title, spot, split, task))


def _row(  # noqa: PLR0917 - the parts of one question, as the format nests them
    given: dict[str, Any], context: str, title: str, where: str, split: str, task: str
) -> dict[str, Any]:
    kept = mapping(given.get("about") or {}, where)
    row = restored(kept, split, task)
    row.setdefault("document", short_digest("paragraph", context))
    question = text_in(given, "question", where)
    row.setdefault("id", str(given.get("id") or short_digest(question, context)))
    if task == "relevance":
        passage = {"question": question, "passage": context, "title": title, "passage_id": row["document"]}
        return {**row, "input": passage, "value": {"grade": ANSWERS_IT}}
    answers = [_answer(each, context, where) for each in list_in(given, "answers", where)]
    is_impossible = bool(given.get("is_impossible"))
    if not answers and not is_impossible:
        raise BadInput(where, "There is no answer, and nothing that says there is none.")
    answer = NOT_ANSWERED if is_impossible else answers[0]["text"]
    row.setdefault("input", {"question": question, "context": [context], "draft": "", "title": title})
    row["value"] = {"answer": answer}
    row["answers"] = [] if is_impossible else answers
    row["is_impossible"] = is_impossible
    return row


def _answer(given: Any, context: str, where: str) -> dict[str, Any]:
    given = mapping(given, where)
    text, start = text_in(given, "text", where), given.get("answer_start")
    if not isinstance(start, int) or isinstance(start, bool):
        raise BadInput(where, "“answer_start” is missing or not a whole number.")
    if context[start : start + len(text)] != text or start < 0:
        raise BadInput(where, "The answer does not stand where “answer_start” says.")
    return {"text": text, "answer_start": start}


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
    is_impossible = bool(row.get("is_impossible", answer == NOT_ANSWERED))
    answers = list(row.get("answers") or [])
    if not is_impossible and not answers:
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
