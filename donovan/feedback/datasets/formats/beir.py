"""BEIR: corpus.jsonl, queries.jsonl, and judgements in qrels/train.tsv, dev.tsv, test.tsv or one qrels.tsv.

Each judgement becomes a row of relevance. Judgements of yes and no (no score above 1) become the grades 2 and
0, others the grade of their score, at most 3. Passages that nobody judged are not in the data set.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, lines_of, mapping, objects_of, text_in
from donovan.feedback.datasets.formats.splits import OTHER_NAMES
from donovan.feedback.datasets.rows import SPLITS, Row, short_digest
from donovan.feedback.shapes import GRADES, RELEVANT_GRADE

HEADER = ("query-id", "corpus-id", "score")
GRADED = "grades"
_COLUMNS = 3


def read(path: Path, task: str) -> Iterator[Found]:
    """The judgements of a folder. Raises BadInput."""
    if not path.is_dir():
        raise BadInput(path.name, "BEIR is a folder with corpus.jsonl, queries.jsonl and qrels.")
    corpus = {key: row for _, key, row in _keyed(path / "corpus.jsonl")}
    queries = {key: row for _, key, row in _keyed(path / "queries.jsonl")}
    judged = [
        (split, *judgement) for split, file, shown in _qrels(path) for judgement in _judgements(file, shown)
    ]
    is_graded = _is_graded(path) or any(score > 1 for *_, score in judged)
    for split, where, query, passage, score in judged:
        if query not in queries:
            raise BadInput(where, f"There is no question “{query[:60]}” in queries.jsonl.")
        if passage not in corpus:
            raise BadInput(where, f"There is no passage “{passage[:60]}” in corpus.jsonl.")
        grade = min(max(score, 0), GRADES[-1]) if is_graded else RELEVANT_GRADE * min(max(score, 0), 1)
        yield Found(where, _row(queries[query], corpus[passage], grade, split, task))


def _row(query: dict[str, Any], passage: dict[str, Any], grade: int, split: str, task: str) -> dict[str, Any]:
    kept, judgements = _metadata(passage), _metadata(query)
    row = restored({**kept, **(judgements.get(passage["_id"]) or {})}, split, task)
    row.setdefault("id", f"{query['_id']}.{passage['_id']}")
    row.setdefault("document", str(passage["_id"]))
    row["input"] = {
        "question": query["text"],
        "passage": passage["text"],
        "title": str(passage.get("title") or "").replace("_", " "),
        "passage_id": kept.get("passage_id", str(passage["_id"])),
    }
    row["value"] = {"grade": grade}
    return row


def _metadata(given: dict[str, Any]) -> dict[str, Any]:
    metadata = given.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def write(rows: Iterable[Row], folder: Path) -> int:
    """The three parts; every row can be written."""
    corpus: dict[str, dict[str, Any]] = {}
    queries: dict[str, dict[str, Any]] = {}
    qrels: dict[str, list[tuple[str, str, int]]] = {}
    ids: dict[tuple[str, ...], str] = {}
    for row in rows:
        given = row["input"]
        # The same words are the same passage, whatever row they stand in.
        passage = ids.setdefault(
            ("passage", given["passage"], str(given.get("title", ""))),
            f"p{short_digest(given['passage'], given.get('title', ''))}",
        )
        query = ids.setdefault(("query", given["question"]), f"q{short_digest(given['question'])}")
        corpus.setdefault(
            passage,
            {
                "_id": passage,
                "title": str(given.get("title", "")),
                "text": given["passage"],
                "metadata": {"passage_id": given.get("passage_id", ""), "marking": row["marking"]},
            },
        )
        known = queries.setdefault(query, {"_id": query, "text": given["question"], "metadata": {}})
        known["metadata"][passage] = about(row)
        qrels.setdefault(row["split"], []).append((query, passage, int(row["value"]["grade"])))
    _write_objects(folder / "corpus.jsonl", corpus.values())
    _write_objects(folder / "queries.jsonl", queries.values())
    (folder / "qrels").mkdir()
    for split, lines in qrels.items():
        with (folder / "qrels" / f"{split}.tsv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(lines)
    (folder / "scale.json").write_text(json.dumps({GRADED: list(GRADES)}), "utf-8")
    return 0


def _is_graded(path: Path) -> bool:
    """Whether our own export says that scores are grades, though none may be above 1."""
    return (path / "scale.json").is_file()


def _keyed(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    seen = set()
    for where, given in objects_of(path, shown=path.name):
        key = text_in(given, "_id", where)
        text_in(given, "text", where)
        if key in seen:
            raise BadInput(where, f"The id “{key[:60]}” stands twice.")
        seen.add(key)
        yield where, key, given


def _qrels(path: Path) -> Iterator[tuple[str, Path, str]]:
    single = path / "qrels.tsv"
    if single.is_file():
        yield "", single, single.name
        return
    found = {}
    for file in sorted((path / "qrels").glob("*.tsv")) if (path / "qrels").is_dir() else ():
        split = OTHER_NAMES.get(file.stem, file.stem)
        if split in SPLITS:
            found[split] = file
    if not found:
        raise BadInput(path.name, "There is neither qrels.tsv nor a folder qrels with train, dev or test.")
    for split in SPLITS:
        if split in found:
            yield split, found[split], f"qrels/{found[split].name}"


def _judgements(path: Path, shown: str) -> Iterator[tuple[str, str, str, int]]:
    for where, line in lines_of(path, shown=shown):
        cells = line.split("\t")
        if not line.strip() or tuple(cells) == HEADER:
            continue
        if len(cells) != _COLUMNS or not cells[2].strip().lstrip("-").isdigit():
            raise BadInput(where, "A judgement is question, passage and a whole number, divided by tabs.")
        yield where, cells[0], cells[1], int(cells[2])


def _write_objects(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(mapping(row, path.name), ensure_ascii=False) + "\n")
