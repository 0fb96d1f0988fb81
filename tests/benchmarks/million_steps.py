"""Searches over the rows of `million_rows`, beside bare FAISS and bm25s.

python -m tests.benchmarks.million_steps first|all

Prints one JSON object in its last line. The questions' vectors were made before: the model that makes them is
in a process of its own.
"""

import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import django

django.setup()

import faiss  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from deploy.processes import memory_of  # noqa: E402
from ingest.models import Document  # noqa: E402
from retrieval import catalogue, segments  # noqa: E402
from retrieval.building import EmbeddedText, IndexedPassage, IndexedText, build  # noqa: E402
from retrieval.dense import GRID, nearest, pack  # noqa: E402
from retrieval.lexical import K1, B, LexicalQuery  # noqa: E402
from retrieval.merging import AT_ONCE, compact  # noqa: E402
from retrieval.opened import OpenSegment, open_segment  # noqa: E402
from retrieval.results import SearchFilters  # noqa: E402
from retrieval.scope import AccessScope  # noqa: E402
from retrieval.search import open_scope, search  # noqa: E402
from tests.benchmarks.million_rows import FIRST_DAY, LABELS  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402

SCOPE = AccessScope.of(LABELS[:1])
DEPTH = 10
BEST_BY_WORDS = 200
ADDED = 8

FILTERS = {
    "no filter": SearchFilters(),
    "two languages": SearchFilters(languages=frozenset({"en", "ru"})),
    "half of the days": SearchFilters(date_from=FIRST_DAY.replace(year=2022)),
}


class Known:
    """An embedder that has made the vectors of these questions already."""

    dimensions = 384

    def __init__(self) -> None:
        folder = Path(settings.DATA_DIR)
        said = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
        self.name: str = said["embedder"]
        self.sets: dict[str, list[str]] = said["questions"]
        self.texts = [text for some in self.sets.values() for text in some]
        self._vectors = dict(zip(self.texts, np.load(folder / "questions.npy"), strict=True))

    def reads(self, language: str) -> bool:
        return True

    def familiarity(self, text: str) -> float | None:
        return 0.0

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Any:
        return np.stack([self._vectors[text] for text in texts])


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def first(embedder: Known) -> dict[str, Any]:
    """Seconds from the start of this process to its first answer."""
    found = search(embedder.texts[0], SCOPE)
    return {"seconds": time.time() - psutil.Process().create_time(), "hits": len(found.hits)}


def flat(opened: Sequence[OpenSegment]) -> Any:
    """Bare FAISS over the same vectors."""
    index = faiss.IndexFlatIP(Known.dimensions)
    for segment in opened:
        for start in range(0, len(segment.content), 50_000):
            index.add(segment.content.vectors[start : start + 50_000].astype(np.float32) / np.float32(GRID))
    return index


def searches(embedder: Known, everything: Any) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds of whole searches by filter, and of bare FAISS over all rows, turn about."""
    ours: dict[str, list[float]] = {name: [] for name in FILTERS}
    theirs: list[float] = []
    for text, name in zip(embedder.texts, cycle(FILTERS), strict=False):
        question = embedder.encode([text], is_query=True)
        ours[name].append(timed(lambda t=text, n=name: search(t, SCOPE, filters=FILTERS[n])))  # type: ignore[misc]
        theirs.append(timed(lambda q=question: everything.search(q, DEPTH)))  # type: ignore[misc]
    return ours, theirs


def recalls(embedder: Known, opened: Sequence[OpenSegment]) -> dict[str, float]:
    """The share of the nearest ten, by exact comparison, that are found; by set of questions."""
    exact, found = flat(opened), {}
    allowed = [np.ones(len(s.content), np.bool_) for s in opened]
    firsts = np.cumsum([0, *(len(s.content) for s in opened)])
    for name, texts in embedder.sets.items():
        shares = []
        for text in texts:
            question = embedder.encode([text], is_query=True)
            _, best = exact.search(pack(question).astype(np.float32) / np.float32(GRID), DEPTH)
            near = nearest([s.dense for s in opened], question[0], allowed, BEST_BY_WORDS)
            rows = np.concatenate([some + first for some, first in zip(near, firsts, strict=False)])
            shares.append(np.isin(best[0], rows).mean())
        found[name] = float(np.mean(shares))
    return found


def words_alone(embedder: Known, opened: Sequence[OpenSegment]) -> dict[str, Any]:
    """Seconds by words alone for the best 200, beside bm25s on the same postings where it is installed."""
    postings = [s.content.postings for s in opened]
    allowed = [np.ones(len(p.lengths), np.bool_) for p in postings]

    def ours(text: str) -> None:
        query = LexicalQuery(text, postings)
        rows = query.best(allowed, BEST_BY_WORDS)
        for part, some in zip(postings, rows, strict=True):
            query.scores_at(part, some)

    for text in embedder.texts:
        ours(text)
    if importlib.util.find_spec("bm25s") is None:
        return {"ours": [timed(lambda t=text: ours(t)) for text in embedder.texts], "theirs": []}  # type: ignore[misc]
    peer = _bm25s(opened)
    found: dict[str, Any] = {"ours": [], "theirs": []}
    for text in embedder.texts:
        # Its tokens are given to it ready: it has no analysis of its own for these languages.
        query = LexicalQuery(text, postings)
        keys = [f"{a}:{t}" for slot in query._slots for a, t in slot.spelling.items()]
        ids = [peer.vocab_dict[key] for key in keys if key in peer.vocab_dict]
        found["ours"].append(timed(lambda t=text: ours(t)))  # type: ignore[misc]
        found["theirs"].append(timed(lambda i=ids: _retrieve(peer, i)))  # type: ignore[misc]
    return found


def _retrieve(peer: Any, ids: list[int]) -> None:
    peer.retrieve([ids], k=BEST_BY_WORDS, show_progress=False, n_threads=0)


def _bm25s(opened: Sequence[OpenSegment]) -> Any:
    """bm25s with the scores of these postings, made ready as it makes them: one for each row and term."""
    module = importlib.import_module("bm25s")
    keys = sorted(set().union(*(s.content.postings.vocabulary for s in opened)))
    place = {key: i for i, key in enumerate(keys)}
    terms, rows, parts, base = [], [], [], 0
    held = np.zeros(len(keys), np.int64)
    for segment in opened:
        postings = segment.content.postings
        places = np.array([place[key] for key in postings.vocabulary])
        sizes = np.diff(postings.offsets)
        held[places] += sizes
        terms.append(np.repeat(places, sizes).astype(np.int32))
        rows.append((postings.rows + base).astype(np.int32))
        relative = postings.lengths / postings.lengths.mean()
        counts = postings.counts.astype(np.float32)
        parts.append(
            (counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative[postings.rows]))).astype(np.float32)
        )
        base += len(segment.content)
    term_of = np.concatenate(terms)
    order = np.argsort(term_of, kind="stable")
    idf = np.log(1 + (base - held + 0.5) / (held + 0.5)).astype(np.float32)
    peer = module.BM25()
    peer.vocab_dict = place
    peer.nonoccurrence_array = None
    peer.unique_token_ids_set = set(place.values())
    peer.scores = {
        "data": (np.concatenate(parts) * idf[term_of])[order],
        "indices": np.concatenate(rows)[order],
        "indptr": np.concatenate([[0], np.cumsum(held)]).astype(np.int64),
        "num_docs": base,
    }
    return peer


def added(embedder: Known) -> float:
    """Seconds until a new document of eight passages is searched: its segment, the merging and a search."""
    label, text = LABELS[0], embedder.texts[0]
    document = Document.objects.filter(label=LABELS[1]).order_by("-pk").values_list("pk", flat=True)[0]
    passages = tuple(IndexedPassage(i, "", f"{text} {i}", "en") for i in range(ADDED))
    vectors = pack(np.repeat(embedder.encode([text], is_query=True), ADDED, axis=0))

    def work() -> None:
        indexed = IndexedText(document, label, "A new report", passages)
        segment = build(label, embedder.name, [EmbeddedText(indexed, vectors, embedder.name)])
        catalogue.publish(segment, *segments.write(segment))
        compact(label, most=AT_ONCE)
        search(text, SCOPE)

    return timed(work)


def left(embedder: Known) -> float:
    """Seconds from taking a document out of the largest segment to the next answer. It stays in after all."""
    row = max(catalogue.current(LABELS[:1]), key=lambda row: row.passage_count)
    document = UUID(open_segment(row).content.documents[0])

    def work() -> None:
        catalogue.take_out([document])
        search(embedder.texts[0], SCOPE)

    with transaction.atomic():
        seconds = timed(work)
        transaction.set_rollback(True)
    return seconds


def everything(embedder: Known) -> dict[str, Any]:
    for text, name in zip(embedder.texts, cycle(FILTERS), strict=False):
        search(text, SCOPE, filters=FILTERS[name])
    memory = memory_of(psutil.Process().pid)
    mapped = psutil.Process().memory_info().shared
    say("all questions were asked once; now beside bare FAISS")
    opened = open_scope(SCOPE, [])
    words = words_alone(embedder, opened)
    recall = recalls(embedder, opened)
    rows = catalogue.current(LABELS)
    index = flat([open_segment(row) for row in rows])
    ours, theirs = searches(embedder, index)
    return {
        "rows": index.ntotal,
        "scope": sum(len(s.content) for s in opened),
        "resident": memory.resident,
        "mapped": mapped,
        "words": words,
        "recall": recall,
        "searches": ours,
        "faiss": theirs,
        "left": left(embedder),
        "added": [added(embedder) for _ in range(3)],
    }


if __name__ == "__main__":
    known = Known()
    with patch("retrieval.search.get_embedder", lambda: known):
        print(json.dumps(first(known) if sys.argv[1] == "first" else everything(known)))
