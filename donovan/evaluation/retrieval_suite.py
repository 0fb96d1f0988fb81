"""How good search is against gold: a BEIR folder, indexed and searched by the code that serves users."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from retrieval.results import Mode
from retrieval.scope import AccessScope
from retrieval.search import search

from . import metrics
from .errors import UnusableData
from .jsonl import read_lines, read_objects
from .scratch import Progress, load_passages

LABEL: Final = "evaluation"
DEPTH: Final = 100
MODES: Final[tuple[Mode, ...]] = ("dense", "bm25", "fused")
_PROGRESS_SECONDS = 2.0


@dataclass(frozen=True)
class RetrievalSet:
    """Documents as (id, title, text), queries by id, and for each the grade of each relevant document."""

    documents: list[tuple[str, str, str]]
    queries: dict[str, str]
    gold: dict[str, dict[str, float]]


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` (with a header row). Raises UnusableData."""
    if not folder.is_dir():
        raise UnusableData(f"There is no folder {folder}.")
    corpus = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    queries = {q["_id"]: q["text"] for q in read_objects(folder / "queries.jsonl", ("_id", "text"))}
    documents = [(d["_id"], d["title"], d["text"]) for d in corpus]
    known = {name for name, _, _ in documents}
    if len(known) != len(documents):
        raise UnusableData(f"{folder / 'corpus.jsonl'}: two documents have the same _id.")
    gold = _read_gold(folder / "qrels.tsv", known, queries)
    return RetrievalSet(documents, queries, gold)


def _read_gold(path: Path, documents: set[str], queries: Mapping[str, str]) -> dict[str, dict[str, float]]:
    gold: dict[str, dict[str, float]] = {}
    for position, (number, line) in enumerate(read_lines(path)):
        if position == 0:
            if _grade(line.split("\t")[-1]) is not None:
                raise UnusableData(
                    f"{path}, line {number}: the header row query-id, corpus-id, score is missing."
                )
            continue
        parts = line.split("\t")
        grade = _grade(parts[-1])
        if len(parts) != 3 or grade is None:
            raise UnusableData(
                f"{path}, line {number}: expected query-id, corpus-id and a number, divided by tabs."
            )
        if parts[0] not in queries:
            raise UnusableData(f"{path}, line {number}: there is no query {parts[0]!r} in queries.jsonl.")
        if parts[1] not in documents:
            raise UnusableData(f"{path}, line {number}: there is no document {parts[1]!r} in corpus.jsonl.")
        if grade > 0:
            gold.setdefault(parts[0], {})[parts[1]] = grade
    if not gold:
        raise UnusableData(f"{path} names no relevant document, so there is nothing to measure.")
    return gold


def _grade(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def run_retrieval_suite(data: RetrievalSet, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Index the corpus in this scratch installation, ask every query with gold, and score the three modes.

    A document ranks where its best passage does.
    """
    began = time.monotonic()
    made = load_passages(data.documents, LABEL, progress=progress)
    name_of = {document: name for name, document in made.items()}
    figures: dict[Mode, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    passages = 0
    told = time.monotonic()
    for asked, (query, gold) in enumerate(data.gold.items(), start=1):
        for mode in MODES:
            ranked, passages = _ranked_documents(data.queries[query], mode, name_of)
            figures[mode].append((metrics.ndcg(ranked, gold), metrics.recall(ranked, gold)))
        if time.monotonic() - told > _PROGRESS_SECONDS:
            progress(f"{asked} of {len(data.gold)} questions asked")
            told = time.monotonic()
    return {
        **{mode: _summary(figures[mode]) for mode in MODES},
        "queries": len(data.gold),
        "passages": passages,
        "seconds": round(time.monotonic() - began, 2),
    }


def _ranked_documents(query: str, mode: Mode, name_of: Mapping[uuid.UUID, str]) -> tuple[list[str], int]:
    """Names of the documents found, best first, as many as are judged, and how many passages were looked
    through.
    """
    most = DEPTH
    while True:
        result = search(query, AccessScope.of([LABEL]), limit=most, mode=mode)
        ranked = list(dict.fromkeys(name_of[hit.document_id] for hit in result.hits))
        if len(ranked) >= DEPTH or len(result.hits) < most:
            return ranked[:DEPTH], result.passages_searched
        most *= 2


def _summary(figures: list[tuple[float, float]]) -> dict[str, float]:
    return {
        "ndcg@10": round(fmean(ndcg for ndcg, _ in figures), 4),
        "recall@100": round(fmean(recall for _, recall in figures), 4),
    }


def readable(report: Mapping[str, Any]) -> str:
    """The report as a small table."""
    lines = [f"{report['queries']} questions over {report['passages']} passages in {report['seconds']} s", ""]
    lines.append(f"{'':8}{'nDCG@10':>10}{'recall@100':>12}")
    for mode in MODES:
        lines.append(f"{mode:8}{report[mode]['ndcg@10']:>10.4f}{report[mode]['recall@100']:>12.4f}")
    return "\n".join(lines)
