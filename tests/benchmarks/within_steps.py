"""Questions asked within one document, in a scratch installation that the environment names.

python -m tests.benchmarks.within_steps policies|contexts FILE LIMIT

Prints one JSON object in its last line.
"""

import json
import math
import sys
import uuid
from pathlib import Path
from statistics import mean, median
from typing import Any

import django
from django.conf import settings

django.setup()

from donovan.access.models import Collection, Membership, User  # noqa: E402
from donovan.access.scope import scope_for  # noqa: E402
from donovan.assistant.ask import answer_events  # noqa: E402
from donovan.assistant.models import Answer, Citation  # noqa: E402
from donovan.assistant.services import start_question  # noqa: E402
from donovan.evaluation import scratch  # noqa: E402
from donovan.evaluation.answer_metrics import holds  # noqa: E402
from donovan.evaluation.answers_suite import evenly, load_documents  # noqa: E402
from donovan.evaluation.questions_suite import nearest_of, shown_of  # noqa: E402
from donovan.insight.tables.services import extract_tables  # noqa: E402
from donovan.library import services  # noqa: E402
from ingest import pipeline  # noqa: E402
from ingest.models import Document, Status  # noqa: E402
from retrieval.indexing import index_pending  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402
from tests.benchmarks.within_gold import (  # noqa: E402
    Counts,
    Within,
    contexts,
    is_right_within,
    lies_together,
    policies,
    words_in_common,
)

COLLECTION = "evaluation"
QUESTIONS_A_CONTEXT = 6
KINDS = ("span", "multi-span", "count", "arithmetic")


def ask_within_policies(path: Path, limit: int) -> dict[str, Any]:
    """Questions of PolicyQA, each within its policy."""
    documents, questions = policies(path)
    asker, loaded = load_documents(documents, progress=say)
    held = nearest = answered = in_place = 0
    f1, words, seconds = [], [], []
    asked = evenly(questions, limit)
    for number, item in enumerate(asked, start=1):
        answer = ask(asker, item, loaded[item.document])
        shown, near = seen(answer)
        is_held = any(holds(shown, gold) for gold in item.gold)
        held += is_held
        nearest += not is_held and any(holds(near, gold) for gold in item.gold)
        if shown:
            answered += 1
            quotes = Citation.objects.filter(claim__answer=answer, claim__is_supported=True)
            in_place += any(lies_together(quote.quote, item.gold) for quote in quotes)
            f1.append(words_in_common(shown, item.gold))
            words.append(len(shown.split()))
        seconds.append(answer.seconds["total"])
        _tell(number, len(asked))
    return {
        "questions": len(asked),
        "held": held,
        "nearest": nearest,
        "answered": answered,
        "in_place": in_place,
        "f1": round(mean(f1 or [0.0]), 3),
        "words": median(words or [0]),
        "seconds": round(median(seconds or [0.0]), 2),
    }


def ask_within_contexts(path: Path, limit: int) -> dict[str, Any]:
    """Questions of TAT-QA, each within its context; whole contexts, until there are about `limit`."""
    chosen = evenly(contexts(path), math.ceil(limit / QUESTIONS_A_CONTEXT))
    asker, loaded = take_in([(name, page) for name, page, _ in chosen])
    questions = [question for _, _, asked in chosen for question in asked]
    kinds = {kind: Counts() for kind in KINDS}
    places: dict[str, Counts] = {}
    words, seconds = [], []
    for number, item in enumerate(questions, start=1):
        answer = ask(asker, item, loaded[item.document])
        shown, near = seen(answer)
        is_right, is_near = is_right_within(item, shown), is_right_within(item, near)
        rows = [kinds[item.kind]]
        if item.kind != "arithmetic":
            rows.append(places.setdefault(item.place, Counts()))
        for row in rows:
            row.add(is_right=is_right, is_near=is_near, is_answered=bool(shown))
        if shown:
            words.append(len(shown.split()))
        seconds.append(answer.seconds["total"])
        _tell(number, len(questions))
    return {
        "kinds": {kind: row.as_json() for kind, row in kinds.items()},
        "places": {place: row.as_json() for place, row in sorted(places.items())},
        "words": median(words or [0]),
        "seconds": round(median(seconds or [0.0]), 2),
    }


def take_in(pages: list[tuple[str, str]]) -> tuple[User, dict[str, uuid.UUID]]:
    """Hand in pages of HTML, read them and their tables; who may read them, and the document of each name."""
    collection, _ = Collection.objects.get_or_create(slug=COLLECTION, defaults={"title": "Evaluation"})
    asker, _ = User.objects.get_or_create(username="evaluation")
    Membership.objects.get_or_create(user=asker, collection=collection)
    label = services.label_for_operator(COLLECTION, "UNCLASSIFIED")
    made = {}
    for number, (name, page) in enumerate(pages, start=1):
        file = handing_in_folder() / f"{name}.html"
        file.write_text(page, encoding="utf-8")
        with file.open("rb") as stream:
            submission = services.take_in(stream, name=file.name, label=label, actor="benchmark")
        file.unlink()
        pipeline.process(submission.document_id)
        made[name] = submission.document_id
        if number % 10 == 0:
            say(f"{number} of {len(pages)} pages taken in")
    while index_pending(limit=200):
        pass
    left = Document.objects.exclude(status=Status.READY)
    if left.exists():
        raise RuntimeError(f"{left.count()} pages could not be read, the first: {left[0].error}")
    for document_id in made.values():
        extract_tables(document_id)
    return asker, made


def ask(asker: User, item: Within, document: uuid.UUID) -> Answer:
    """One question asked of one document; the answer as it was kept."""
    answer = start_question(asker, item.question, filters={"document": str(document)})
    for _event in answer_events(answer.pk, scope=scope_for(asker)):
        pass
    return Answer.objects.get(pk=answer.pk)


def seen(answer: Answer) -> tuple[str, str]:
    """What is shown as the answer, and what as the nearest evidence: one of them is empty."""
    if answer.ending == Answer.Ending.ANSWERED:
        return shown_of(answer), ""
    return "", nearest_of(answer) if answer.ending == Answer.Ending.NEAREST else ""


def handing_in_folder() -> Path:
    """A folder of this scratch installation to write files in."""
    folder = Path(settings.DATA_DIR) / "handed-in"
    folder.mkdir(exist_ok=True)
    return folder


def _tell(number: int, total: int) -> None:
    if number % 10 == 0:
        say(f"{number} of {total} questions asked")


if __name__ == "__main__":
    scratch.prepare()
    work = {"policies": ask_within_policies, "contexts": ask_within_contexts}[sys.argv[1]]
    print(json.dumps(work(Path(sys.argv[2]), int(sys.argv[3]))))
