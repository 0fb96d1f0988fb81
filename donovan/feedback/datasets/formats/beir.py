"""BEIR: corpus.jsonl, queries.jsonl, and judgements in qrels/train.tsv, dev.tsv, test.tsv or one qrels.tsv.

Each judgement becomes a row of relevance. Judgements of yes and no (no score above 1) become the grades 2 and
0, others the grade of their score, at most 3. Passages that nobody judged are not in the data set. One
question and passage have one judgement: of several the first is written, and the number of the others told.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.access.labels import marking_of
from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, is_ours, restored
from donovan.feedback.datasets.formats.reading import Found, lines_of, objects_of, text_in
from donovan.feedback.datasets.formats.splits import OTHER_NAMES
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import SPLITS, Row, short_digest
from donovan.feedback.shapes import GRADES, RELEVANT_GRADE

HEADER = ("query-id", "corpus-id", "score")
GRADED = "grades"
CORPUS, QUERIES = "corpus.jsonl", "queries.jsonl"
_SCORE = re.compile(r"(-?[0-9]{1,9})(\.0+)?")
Objects = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Judgement:
    """One line of qrels: the ids of a question and a passage, and the score that was given."""

    where: str
    split: str
    query: str
    passage: str
    score: int


def read(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The judgements of a folder. Raises BadInput."""
    if not path.is_dir():
        raise BadInput(path.name, f"BEIR is a folder with {CORPUS}, {QUERIES} and qrels.")
    corpus = _by_id(path / CORPUS, mistakes)
    queries = _by_id(path / QUERIES, mistakes)
    highest = 0
    with mistakes:
        highest = max((each.score for each in _judged(path, mistakes)), default=0)
    if mistakes:
        # What is missing from a corpus that could not be read whole is no mistake of the judgements.
        return
    is_graded = _is_graded(path) or highest > 1
    for each in _judged(path, mistakes):
        with mistakes:
            if each.query not in queries:
                raise BadInput(each.where, f"There is no question “{each.query[:60]}” in {QUERIES}.")
            if each.passage not in corpus:
                raise BadInput(each.where, f"There is no passage “{each.passage[:60]}” in {CORPUS}.")
            score = max(each.score, 0)
            grade = min(score, GRADES[-1]) if is_graded else RELEVANT_GRADE * min(score, 1)
            yield Found(each.where, _row(queries[each.query], corpus[each.passage], grade, each.split, task))


def _row(query: dict[str, Any], passage: dict[str, Any], grade: int, split: str, task: str) -> dict[str, Any]:
    of_passage, judgements = _metadata(passage), _metadata(query)
    kept = judgements.get(passage["_id"])
    title = str(passage.get("title") or "")
    row = {"marking": of_passage.get("marking", "")}
    if is_ours(kept):
        row |= restored(kept, split, task)
    else:
        row |= restored({}, split, task)
        title = title.replace("_", " ")
    row.setdefault("id", f"{query['_id']}.{passage['_id']}")
    row.setdefault("document", str(passage["_id"]))
    others = row.get("input", {"title": title, "passage_id": of_passage.get("passage_id", passage["_id"])})
    row["input"] = {"question": query["text"], "passage": passage["text"], **others}
    row["value"] = {"grade": grade}
    return row


def _metadata(given: dict[str, Any]) -> dict[str, Any]:
    metadata = given.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def write(rows: Iterable[Row], folder: Path) -> int:
    """The three parts; the number of rows whose question and passage were judged by another row already."""
    corpus: Objects = {}
    queries: Objects = {}
    labels: dict[str, set[str]] = {}
    qrels: dict[str, list[tuple[str, str, int]]] = {}
    repeated = 0
    for row in rows:
        given = row["input"]
        title, passage_id = str(given.get("title", "")), given.get("passage_id", "")
        # The same words are the same passage, whatever row they stand in.
        passage = f"p{short_digest(given['passage'], title, passage_id)}"
        query = f"q{short_digest(given['question'])}"
        asked = queries.setdefault(query, {"_id": query, "text": given["question"], "metadata": {}})
        if passage in asked["metadata"]:
            repeated += 1
            continue
        others = {name: value for name, value in given.items() if name not in ("question", "passage")}
        asked["metadata"][passage] = {**about(row), "input": others}
        labels.setdefault(passage, set()).update(row["labels"])
        corpus[passage] = {
            "_id": passage,
            "title": title,
            "text": given["passage"],
            "metadata": {"passage_id": passage_id, "marking": marking_of(labels[passage]).canonical},
        }
        qrels.setdefault(row["split"], []).append((query, passage, int(row["value"]["grade"])))
    _write_objects(folder / CORPUS, corpus.values())
    _write_objects(folder / QUERIES, queries.values())
    (folder / "qrels").mkdir()
    for split, lines in qrels.items():
        with (folder / "qrels" / f"{split}.tsv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(lines)
    (folder / "scale.json").write_text(json.dumps({GRADED: list(GRADES)}), "utf-8")
    return repeated


def _is_graded(path: Path) -> bool:
    """Whether our own export says that scores are grades, though none may be above 1."""
    return (path / "scale.json").is_file()


def _by_id(path: Path, mistakes: Mistakes) -> Objects:
    """The objects of a file by their ids, as far as they could be read."""
    kept: Objects = {}
    with mistakes:
        for line in objects_of(path, shown=path.name):
            with mistakes:
                given = line.object()
                key = text_in(given, "_id", line.where)
                text_in(given, "text", line.where)
                if key in kept:
                    raise BadInput(line.where, f"The id “{key[:60]}” stands twice.")
                kept[key] = given
    return kept


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


def _judged(path: Path, mistakes: Mistakes) -> Iterator[Judgement]:
    """The judgements of all files; empty lines and the names of the columns are passed over."""
    for split, file, shown in _qrels(path):
        for line in lines_of(file, shown=shown):
            with mistakes:
                cells = line.text().split("\t")
                if tuple(cells) != HEADER and any(cell.strip() for cell in cells):
                    yield _judgement(cells, line.where, split)


def _judgement(cells: list[str], where: str, split: str) -> Judgement:
    score = _SCORE.fullmatch(cells[2].strip()) if len(cells) == len(HEADER) else None
    if score is None:
        what = "A judgement is question, passage and a whole number, divided by tabs."
        raise BadInput(where, what, is_shape=True)
    return Judgement(where, split, cells[0], cells[1], int(score[1]))


def _write_objects(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
