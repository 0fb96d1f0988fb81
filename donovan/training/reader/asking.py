"""Questions with known answers put through the product's own search and weighing, span by span.

Run in a scratch installation: `DONOVAN_EVAL_DATA=... manage.py calibrate_reader ask --out FILE`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import UUID

from donovan.access.scope import scope_for
from donovan.assistant.evidence import score_spans
from donovan.assistant.kinds import Taken, take
from donovan.assistant.kinds.asking import asked_of
from donovan.assistant.reading import find_passages, scope_and_filters, spans_of
from donovan.evaluation.answer_metrics import holds
from donovan.evaluation.asking import Corpus, load_corpus_of
from donovan.evaluation.jsonl import read_objects
from donovan.evaluation.must import Gold
from donovan.evaluation.questions_set import read_question_set

LEFT_OUT = "natural, left out"
"""The natural questions without the papers that answer them."""
Right = Callable[[str], bool]
OnProgress = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """One question: its set and kind, whether its answer is in what was searched, and the features of each
    span that was scored. `alone` says for each which of the gold's `of_groups` groups it holds, `wide` which
    it holds together with the sentences beside it; both as bits. `taken` says whether what the kind of
    question gives by a way of its own is right, and is None where it has none.
    """

    source: str
    id: str
    kind: str
    is_answerable: bool
    features: Sequence[dict[str, float]]
    alone: Sequence[int]
    wide: Sequence[int]
    of_groups: int
    taken: bool | None = None

    @property
    def whole(self) -> int:
        """The bits of all groups."""
        return (1 << self.of_groups) - 1


def ask_all(data: Path, most: int, on_progress: OnProgress) -> Iterator[Asked]:
    """Every set that lies in the evaluation data: `most` questions of each, evenly taken."""
    yield from _natural(data / "questions" / "natural", on_progress)
    yield from _factbook(data / "questions" / "factbook", most, on_progress)
    for language in ("en", "es", "ru", "zh", "ar"):
        yield from _xquad(
            data / "retrieval" / f"xquad-{language}",
            language,
            most if language == "en" else most // 3,
            on_progress,
        )


def _natural(folder: Path, on_progress: OnProgress) -> Iterator[Asked]:
    read = read_question_set(folder)
    corpus = load_corpus_of("natural", read.documents, on_progress)
    for item in read.questions:
        if item.kind == "count":
            continue
        yield _ask(corpus, "natural", item.id, item.question, item.gold, item.is_answerable)
        if item.documents:
            # What its own papers answer is asked once more without them: mostly there is no answer then.
            left = frozenset(corpus.documents[name] for name in item.documents)
            yield _ask(corpus, LEFT_OUT, item.id, item.question, item.gold, item.is_answerable, left)


def _factbook(folder: Path, most: int, on_progress: OnProgress) -> Iterator[Asked]:
    rows = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    corpus = load_corpus_of("factbook", ((r["_id"], r["title"], r["text"]) for r in rows), on_progress)
    questions = read_objects(folder / "qa.jsonl", ("question", "answer", "doc"))
    for number, row in enumerate(questions[:: max(1, len(questions) // most)]):
        left = frozenset({corpus.documents[row["doc"]]}) if number % 3 == 2 else frozenset()
        gold = Gold(((row["answer"],),))
        yield _ask(corpus, "factbook", str(number), row["question"], gold, not left, left, row["answer"])


def _xquad(folder: Path, language: str, most: int, on_progress: OnProgress) -> Iterator[Asked]:
    rows = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    corpus = load_corpus_of(
        f"xquad-{language}", ((r["_id"], r["title"], r["text"]) for r in rows), on_progress
    )
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
    question: str,
    gold: Gold,
    is_answerable: bool,
    left_out: frozenset[UUID] = frozenset(),
    exact: str = "",
    language: str = "en",
) -> Asked:
    scope, filters = scope_and_filters(scope_for(corpus.asker), corpus.filters)
    found = find_passages(question, language, scope, filters, left_out=left_out)
    scored = score_spans(found.question, spans_of(found))

    def bits(text: str) -> int:
        if exact:
            return int(holds(text, exact))
        return sum(1 << place for place, group in enumerate(gold.must) if Gold((group,)).groups_in(text))

    asked = asked_of(found, filters, left_out, lambda: scored)
    taken = take(replace(asked, is_sure=lambda: True))
    return Asked(
        source,
        name,
        asked.kind,
        is_answerable,
        [asdict(item.features) for item in scored],
        [bits(item.span.text) for item in scored],
        [bits(item.span.with_neighbours().text) for item in scored],
        len(gold.must),
        _is_right(taken, gold, exact) if taken is not None else None,
    )


def _is_right(taken: Taken, gold: Gold, exact: str) -> bool:
    text = "\n".join(f"{told.head} {told.text}" for told in taken.statements)
    return holds(text, exact) if exact else gold.is_satisfied_by(text)
