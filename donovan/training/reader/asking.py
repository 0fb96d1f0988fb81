"""Questions with known answers put through the product's own search and weighing, span by span.

Run in a scratch installation: `DONOVAN_EVAL_DATA=... manage.py calibrate_reader ask --out FILE`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from donovan.access.scope import scope_for
from donovan.assistant.evidence import weigh
from donovan.assistant.reading import find_passages, scope_and_filters, spans_of
from donovan.evaluation.answer_metrics import holds
from donovan.evaluation.asking import Corpus, load_corpus_of
from donovan.evaluation.jsonl import read_objects
from donovan.evaluation.must import Gold
from donovan.evaluation.questions_set import read_question_set

Right = Callable[[str], bool]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """One question: its set and kind, whether its answer is in what was searched, and for each span that was
    weighed the features and whether it holds the answer. `groups` says for each span how many of the gold's
    groups it holds, out of `of_groups`.
    """

    source: str
    id: str
    kind: str
    is_answerable: bool
    features: Sequence[dict[str, float]]
    right: Sequence[bool]
    groups: Sequence[int]
    of_groups: int


def ask_all(data: Path, most: int, tell: Tell) -> Iterator[Asked]:
    """Every set that lies in the evaluation data: `most` questions of each, evenly taken."""
    yield from _natural(data / "questions" / "natural", tell)
    yield from _factbook(data / "questions" / "factbook", most, tell)
    for language in ("en", "es", "ru", "zh", "ar"):
        yield from _xquad(
            data / "retrieval" / f"xquad-{language}", language, most if language == "en" else most // 3, tell
        )


def _natural(folder: Path, tell: Tell) -> Iterator[Asked]:
    read = read_question_set(folder)
    corpus = load_corpus_of("natural", read.documents, tell)
    for item in read.questions:
        if item.kind != "count":
            yield _ask(corpus, "natural", item.id, item.kind, item.question, item.gold, item.is_answerable)


def _factbook(folder: Path, most: int, tell: Tell) -> Iterator[Asked]:
    rows = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    corpus = load_corpus_of("factbook", ((r["_id"], r["title"], r["text"]) for r in rows), tell)
    questions = read_objects(folder / "qa.jsonl", ("question", "answer", "doc"))
    for number, row in enumerate(questions[:: max(1, len(questions) // most)]):
        left = frozenset({corpus.documents[row["doc"]]}) if number % 3 == 2 else frozenset()
        gold = Gold(((row["answer"],),))
        yield _ask(
            corpus, "factbook", str(number), "fact", row["question"], gold, not left, left, row["answer"]
        )


def _xquad(folder: Path, language: str, most: int, tell: Tell) -> Iterator[Asked]:
    rows = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    corpus = load_corpus_of(f"xquad-{language}", ((r["_id"], r["title"], r["text"]) for r in rows), tell)
    place = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, _grade = line.split("\t")
        place[query] = document
    asked = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    for number, row in enumerate(asked[:: max(1, len(asked) // most)]):
        left = frozenset({corpus.documents[place[row["_id"]]]}) if number % 3 == 2 else frozenset()
        answer = row["answers"][0]
        gold = Gold(((answer,),))
        yield _ask(
            corpus,
            f"xquad-{language}",
            row["_id"],
            "fact",
            row["text"],
            gold,
            not left,
            left,
            answer,
            language,
        )


def _ask(  # noqa: PLR0917
    corpus: Corpus,
    source: str,
    name: str,
    kind: str,
    question: str,
    gold: Gold,
    is_answerable: bool,
    left_out: frozenset[UUID] = frozenset(),
    exact: str = "",
    language: str = "en",
) -> Asked:
    scope, filters = scope_and_filters(scope_for(corpus.asker), corpus.filters)
    found = find_passages(question, language, scope, filters, left_out=left_out)
    weighed = weigh(found.question, spans_of(found))
    texts = [item.span.text for item in weighed]
    right = [holds(text, exact) if exact else gold.is_satisfied_by(text) for text in texts]
    groups = [int(r) if exact else gold.groups_in(text) for r, text in zip(right, texts, strict=True)]
    features = [asdict(item.features) for item in weighed]
    return Asked(source, name, kind, is_answerable, features, right, groups, len(gold.must))
