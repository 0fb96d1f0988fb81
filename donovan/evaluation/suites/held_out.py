"""The rows of a test split, asked of what serves in this process.

    ndcg    how high the passages that answer stand when the passages of the whole data set are searched
    rank    1 / rank of the first passage that answers among RIVALS others, as the reader reads them
    right   the claim is judged as people judged it
    said    how much of the answer that people gave is in what is shown (chrF)

Nothing of a row goes into a score's detail.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from donovan.assistant.spans import Span, cut
from donovan.assistant.verify import verify_claim
from donovan.evaluation import metrics
from donovan.evaluation.asking import Corpus, ask_for, load_corpus_of
from donovan.evaluation.chrf import chrf
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.measuring import QUICK, Item, Measured, Work
from donovan.feedback.datasets.reading import FILES, digest_of
from donovan.feedback.datasets.rows import SPLITS
from retrieval.reader import ReaderUnavailable, Window, get_reader
from retrieval.scope import AccessScope

from .retrieval import DEPTH, ranked

QUICK_PASSAGES: Final = 3_000
MOST_PASSAGES: Final = 30_000
"""Passages that are searched at most; those of the test split are always among them."""

QUICK_ITEMS: Final = 400
QUICK_ANSWERS: Final = 60
"""The most test items that the quick size asks, at even distances; answers take longest."""

RIVALS: Final = 20
NOTHING: Final = "The test split holds nothing that can be asked."

Row = Mapping[str, Any]
_Passage = tuple[str, str]


def measure(work: Work, *, metric: str, rows: Path, digest: str) -> Measured:
    """Ask the test split in the folder `rows`. Raises UnusableData where it is not that of `digest`, or holds
    nothing to ask.
    """
    measured = Measured()
    _MEASURES[metric](list(_read(rows, digest)), work, measured)
    if not measured.items:
        raise UnusableData(NOTHING)
    return measured


def questions_in(rows: Iterable[Row]) -> int:
    """How many items the test split of a data set has: its questions with an answer, else its rows."""
    tests = [row for row in rows if row["split"] == SPLITS[2]]
    if tests and tests[0]["task"] == "relevance":
        return len(_questions(tests))
    return len(tests)


def _read(folder: Path, digest: str) -> Iterator[Row]:
    try:
        files = {name: (folder / name).read_bytes() for name in FILES}
    except OSError as error:
        raise UnusableData("The files of the data set cannot be read.") from error
    if digest_of(files) != digest:
        raise UnusableData("The data set was changed after it was made.")
    for split in SPLITS:
        yield from (json.loads(line) for line in files[f"{split}.jsonl"].splitlines() if line)


@dataclass(frozen=True)
class _Question:
    """A question of the test split with the grades of its passages, by name."""

    name: str
    question: str
    language: str
    grades: Mapping[str, float]


def _named(passage: _Passage) -> str:
    return hashlib.sha256("\x1f".join(passage).encode()).hexdigest()[:24]


def _passage(row: Row) -> _Passage:
    return str(row["input"].get("title", "")), str(row["input"]["passage"])


def _questions(tests: Sequence[Row]) -> list[_Question]:
    """The questions of which some passage is graded above 0, in the order of the file."""
    grades: dict[str, dict[str, float]] = {}
    languages: dict[str, str] = {}
    for row in tests:
        question = " ".join(str(row["input"]["question"]).split())
        held = grades.setdefault(question, {})
        name = _named(_passage(row))
        held[name] = max(held.get(name, 0.0), float(row["value"]["grade"]))
        languages.setdefault(question, str(row.get("language", "")))
    return [
        _Question(f"test:{_named((question, ''))}", question, languages[question], held)
        for question, held in grades.items()
        if any(held.values())
    ]


def _split(rows: Sequence[Row], split: str) -> list[Row]:
    return [row for row in rows if row["split"] == split]


def _passages(rows: Sequence[Row], work: Work) -> dict[str, _Passage]:
    """The passages of the data set by name, those of the test split first; at most as many as the size takes,
    of the other splits at even distances.
    """
    tests = {_named(passage): passage for passage in map(_passage, _split(rows, SPLITS[2]))}
    others = {_named(passage): passage for passage in map(_passage, rows)}
    left = [name for name in others if name not in tests]
    most = QUICK_PASSAGES if work.size == QUICK else MOST_PASSAGES
    some = Work(limit=max(0, most - len(tests))).some(left, quick=len(left)) if left else []
    return tests | {name: others[name] for name in some}


def _ndcg(rows: Sequence[Row], work: Work, measured: Measured) -> None:
    asked = work.some(_questions(_split(rows, SPLITS[2])), quick=QUICK_ITEMS)
    if not asked:
        return
    passages = _passages(rows, work)
    work.on_progress(0, 0, "indexing the passages of the data set")
    corpus = load_corpus_of("held-out", ((name, title, text) for name, (title, text) in passages.items()))
    searched = hashlib.sha256("".join(sorted(passages)).encode()).hexdigest()
    _say_part(rows, passages, measured)
    for done, one in enumerate(asked, start=1):
        measured.take(
            work,
            one.name,
            one.question,
            sorted(one.grades.items()),
            searched,
            made_by=partial(_ndcg_item, one, corpus),
        )
        work.on_progress(done, len(asked), "test questions asked")


def _say_part(rows: Sequence[Row], passages: Mapping[str, _Passage], measured: Measured) -> None:
    of = len({_passage(row) for row in rows})
    measured.facts |= {"passages": len(passages), "passages_of": of}
    if len(passages) < of:
        measured.unmeasured.append(
            f"Only {len(passages):,} of the {of:,} passages of the data set were searched."
        )


def _ndcg_item(one: _Question, corpus: Corpus) -> Item:
    gold = {
        str(corpus.documents[name]): grade for name, grade in one.grades.items() if name in corpus.documents
    }
    found = ranked(one.question, AccessScope.of([corpus.label]), "fused")
    return Item(one.name, {"ndcg": metrics.ndcg(found, gold, DEPTH)}, {"language": one.language})


def _rank(rows: Sequence[Row], work: Work, measured: Measured) -> None:
    tests = _split(rows, SPLITS[2])
    asked = work.some(_questions(tests), quick=QUICK_ITEMS)
    passages = {_named(passage): passage for passage in map(_passage, tests)}
    if len(passages) <= RIVALS:
        passages |= {_named(passage): passage for passage in map(_passage, rows)}
    names = sorted(passages)
    for done, one in enumerate(asked, start=1):
        begin = int(one.name.rpartition(":")[2], 16) % len(names)
        others = [name for name in [*names[begin:], *names[:begin]] if name not in one.grades][:RIVALS]
        shown = [*one.grades, *others]
        measured.take(work, one.name, one.question, shown, made_by=partial(_rank_item, one, shown, passages))
        work.on_progress(done, len(asked), "test questions read for")


def _rank_item(one: _Question, shown: Sequence[str], passages: Mapping[str, _Passage]) -> Item:
    windows = [
        Window(title, text, tuple(cut(text)) or ((0, len(text)),))
        for title, text in (passages[name] for name in shown)
    ]
    try:
        read = get_reader().read(one.question, windows)
    except ReaderUnavailable as error:
        raise UnusableData(error.sentence) from error
    best = [max((span.score for span in spans), default=float("-inf")) for spans in read]
    right = max(score for name, score in zip(shown, best, strict=True) if one.grades.get(name))
    above = sum(score >= right for name, score in zip(shown, best, strict=True) if not one.grades.get(name))
    return Item(one.name, {"rank": 1.0 / (1 + above)}, {"language": one.language})


def _right(rows: Sequence[Row], work: Work, measured: Measured) -> None:
    asked = work.some(_split(rows, SPLITS[2]), quick=QUICK_ITEMS)
    for done, row in enumerate(asked, start=1):
        told = row["input"]
        measured.take(
            work,
            f"test:{row['id']}"[:120],
            told["claim"],
            told["evidence"],
            row["value"]["verdict"],
            made_by=partial(_right_item, row),
        )
        work.on_progress(done, len(asked), "test claims judged")


def _right_item(row: Row) -> Item:
    told, language = row["input"], str(row.get("language", ""))
    spans = [_span(str(text), language) for text in told["evidence"] if str(text).strip()]
    verdict = verify_claim(str(told["claim"]), spans, question=str(told.get("question", "")))
    right = float(verdict.is_supported == (row["value"]["verdict"] == "supported"))
    return Item(f"test:{row['id']}"[:120], {"right": right}, {"language": language})


def _span(text: str, language: str) -> Span:
    return Span(
        document_id=uuid.UUID(int=0),
        passage_id=0,
        page=1,
        start=0,
        end=len(text),
        text=text,
        language=language,
        passage_text=text,
    )


def _said(rows: Sequence[Row], work: Work, measured: Measured) -> None:
    asked = work.some(_split(rows, SPLITS[2]), quick=QUICK_ANSWERS)
    texts = {_named(("", text)): text for row in asked for text in map(str, row["input"]["context"]) if text}
    work.on_progress(0, 0, "indexing the passages of the test split")
    corpus = load_corpus_of("held-out", ((name, "", text) for name, text in texts.items()))
    for done, row in enumerate(asked, start=1):
        measured.take(
            work,
            f"test:{row['id']}"[:120],
            row["input"]["question"],
            row["value"]["answer"],
            sorted(texts),
            made_by=partial(_said_item, row, corpus),
        )
        work.on_progress(done, len(asked), "test questions answered")


def _said_item(row: Row, corpus: Corpus) -> Item:
    found = ask_for(corpus.asker, str(row["input"]["question"]), filters=corpus.filters)
    score = chrf(found.shown, str(row["value"]["answer"]))
    return Item(f"test:{row['id']}"[:120], {"said": score}, {"language": str(row.get("language", ""))})


_MEASURES: Final[Mapping[str, Callable[[Sequence[Row], Work, Measured], None]]] = {
    "ndcg": _ndcg,
    "rank": _rank,
    "right": _right,
    "said": _said,
}
