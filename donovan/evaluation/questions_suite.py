"""Natural questions asked as a person asks them, and what the three endings are worth.

Of every question that has an answer:

right      answered, and what is shown as supported says all it must and nothing it must not
nearest    not answered surely, but the nearest evidence that is shown, with its neighbours, does
wrong      answered, and not right
refused    neither: nothing found, or evidence that does not hold the answer

The four add up to `answerable`. A question without an answer is kept where it is not answered, whichever of
the other two endings it has: `unanswerable_kept` of `unanswerable`. In `by_kind` those that were answered
count as wrong and the others as refused; they are in none of the totals.

median_seconds     median time from the question to the kept answer
evidence_seconds   median time until the evidence is on the screen
words_shown        median number of words shown as an answer, of the answered ones: pasting whole pages
                   would satisfy any gold, so this is read beside `right`
"""

import statistics
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim

from .answers_suite import ask, evenly, load_documents
from .questions_set import NaturalQuestion, QuestionSet
from .scratch import Progress

RIGHT: Final = "right"
NEAREST: Final = "nearest"
WRONG: Final = "wrong"
REFUSED: Final = "refused"
OUTCOMES: Final = (RIGHT, NEAREST, WRONG, REFUSED)
MOST_NEAREST: Final = 5
_OFTEN: Final = 10

Keep = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class Asked:
    """A question, the answer that was kept, and which outcome that is."""

    question: NaturalQuestion
    answer: Answer
    ending: str
    shown: str
    nearest: str
    outcome: str

    def as_json(self, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
        """All that is needed to read a failure: `names` are the documents' names in the set."""
        item, answer = self.question, self.answer
        found = [
            {"document": names.get(uuid.UUID(passage["document"]), ""), "text": passage["text"]}
            for passage in answer.evidence
        ]
        return {
            "id": item.id,
            "kind": item.kind,
            "question": item.question,
            "answerable": item.is_answerable,
            "ending": self.ending,
            "outcome": self.outcome,
            "shown": self.shown,
            "nearest": self.nearest,
            "notice": answer.notice,
            "must": item.gold.must,
            "must_not": item.gold.must_not,
            "groups": {
                "shown": item.gold.groups_in(self.shown),
                "nearest": item.gold.groups_in(self.nearest),
                "passages": item.gold.groups_in("\n".join(passage["text"] for passage in found)),
            },
            "documents": item.documents,
            "cited": [
                names.get(document, "")
                for document in answer.claims.filter(is_supported=True)
                .values_list("citations__document", flat=True)
                .order_by("ordinal", "citations__pk")
                if document is not None
            ],
            "passages": found,
            "seconds": answer.seconds,
        }


def run_questions_suite(
    data: QuestionSet,
    *,
    limit: int | None = None,
    keep: Keep = lambda _: None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Load the set into a scratch installation, ask its questions and return the figures named above.

    `limit` takes so many questions at even distances, the same ones each time. `keep` is given one JSON
    object for each question, as soon as it was asked.
    """
    asker, documents = load_documents(data.documents, dates=data.dates, progress=progress)
    asked = ask_all(asker, documents, evenly(data.questions, limit), keep=keep, progress=progress)
    return figures(asked)


def ask_all(
    asker: User,
    documents: Mapping[str, uuid.UUID],
    questions: Sequence[NaturalQuestion],
    *,
    keep: Keep = lambda _: None,
    progress: Progress = lambda _: None,
) -> list[Asked]:
    """Ask the questions of a set that is loaded; `documents` are by their names in it."""
    names = {key: name for name, key in documents.items()}
    asked = []
    for number, question in enumerate(questions, start=1):
        asked.append(judged(question, ask(asker, question.question)))
        keep(asked[-1].as_json(names))
        if number % _OFTEN == 0 or number == len(questions):
            progress(f"{number} of {len(questions)} questions asked")
    return asked


def judged(question: NaturalQuestion, answer: Answer) -> Asked:
    """A kept answer beside its gold."""
    # One that broke off has no ending, and nothing of it counts.
    ending = answer.ending
    shown = shown_of(answer) if ending == Answer.Ending.ANSWERED else ""
    nearest = nearest_of(answer) if ending == Answer.Ending.NEAREST else ""
    if ending == Answer.Ending.ANSWERED:
        outcome = RIGHT if question.gold.is_satisfied_by(shown) else WRONG
    elif question.is_answerable and question.gold.is_satisfied_by(nearest):
        outcome = NEAREST
    else:
        outcome = REFUSED
    return Asked(question, answer, ending, shown, nearest, outcome)


def shown_of(answer: Answer) -> str:
    """What is shown as the answer: its text and the supported statements, each once."""
    stated = answer.claims.filter(is_supported=True).exclude(standing=Claim.Standing.SUPERSEDED)
    lines = [answer.text, *stated.values_list("text", flat=True)]
    kept: list[str] = []
    for line in lines:
        if line and not any(line in earlier for earlier in kept):
            kept.append(line)
    return "\n".join(kept)


def nearest_of(answer: Answer) -> str:
    """The nearest evidence as it is shown: the spans, each between its neighbours."""
    spans = answer.result.get("nearest", [])[:MOST_NEAREST]
    return "\n".join(
        " ".join(part for part in (span.get("before"), span["text"], span.get("after")) if part)
        for span in spans
    )


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """The report of the suite."""
    answerable = [item for item in asked if item.question.is_answerable]
    others = [item for item in asked if not item.question.is_answerable]
    kinds = dict.fromkeys(item.question.kind for item in asked)
    answered = [item for item in asked if item.ending == Answer.Ending.ANSWERED]
    return {
        "questions": len(asked),
        **_counts(answerable),
        "by_kind": {
            kind: {"n": len(of_kind), **_counts(of_kind)}
            for kind in kinds
            if (of_kind := [item for item in asked if item.question.kind == kind])
        },
        # One that broke off has no ending, and keeping still by breaking off is no merit.
        "unanswerable_kept": sum(
            item.ending in (Answer.Ending.NEAREST, Answer.Ending.NOTHING) for item in others
        ),
        "median_seconds": _median([item.answer.seconds.get("total") or 0.0 for item in asked]),
        "answerable": len(answerable),
        "unanswerable": len(others),
        "evidence_seconds": _median([item.answer.seconds.get("retrieval") or 0.0 for item in asked]),
        "words_shown": _median([len(item.shown.split()) for item in answered]),
        "model": next((item.answer.model for item in asked if item.answer.model), ""),
    }


def _counts(asked: Sequence[Asked]) -> dict[str, int]:
    return {outcome: sum(item.outcome == outcome for item in asked) for outcome in OUTCOMES}


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values or [0.0]), 3)


def readable(report: Mapping[str, Any]) -> str:
    """The report for people: the totals, a line for each kind, the rest."""
    n = report["answerable"]
    lines = [f"{report['questions']} questions, {n} with an answer"]
    lines += [f"  {name:8} {report[name]:4d}  {report[name] / max(n, 1):.2f}" for name in OUTCOMES]
    lines.append(f"unanswerable not answered: {report['unanswerable_kept']} of {report['unanswerable']}")
    lines.append(f"{'':14}{'n':>5}" + "".join(f"{name:>9}" for name in OUTCOMES))
    lines += [
        f"{kind:14}{row['n']:5d}" + "".join(f"{row[name]:9d}" for name in OUTCOMES)
        for kind, row in report["by_kind"].items()
    ]
    lines.append(
        f"median seconds: {report['evidence_seconds']} to the evidence, "
        f"{report['median_seconds']} to the whole answer; {report['words_shown']} words shown"
    )
    return "\n".join(lines)
