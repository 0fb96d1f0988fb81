"""Is a question refused when the documents do not answer it, and only then?

Three kinds of unanswerable questions: such that nobody could answer, such whose answer stands only in what
the asker may not read, and such whose document is left out for that one question.
"""

from collections.abc import Sequence

from donovan.assistant.questions import language_of_question
from donovan.evaluation.asking import ask_for, demo_people, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import demo_questions
from donovan.evaluation.measuring import Item, Measured, Work
from donovan.evaluation.sets import NO_FOLDER, GoldQuestion, GoldSet, around

from .answers import answered_sets


def measure(work: Work) -> Measured:
    """The demonstration; factbook and xquad with their documents left out, where they are at hand."""
    measured = Measured()
    load_demo()
    _demo(work, measured)
    if work.folder("questions") is None:
        measured.unmeasured.append(NO_FOLDER)
        return measured
    for gold, quick, full, most in answered_sets(work):
        asked = work.some(gold.questions, quick=quick, full=full)
        _leave_out(work, measured, gold, asked, most)
    return measured


def _demo(work: Work, measured: Measured) -> None:
    refused = [q for q in demo_questions() if not q.expected]
    answered = work.some([q for q in demo_questions() if q.expected], quick=10)
    chosen = [*work.some(refused, quick=len(refused)), *answered]
    for done, question in enumerate(chosen, start=1):
        measured.ask(question.id, question.question, bool(question.expected))
        found = ask_for(demo_people()[question.person], question.question)
        if question.expected:
            kind, scores = "answerable", {"answered": float(not found.is_refused)}
        else:
            kind = "no answer anywhere" if question.kind == "unanswerable" else "answer out of scope"
            scores = {"refused": float(found.is_refused)}
        slices = {
            "language": language_of_question(question.question) or "en",
            "kind": kind,
            "source": "demo",
        }
        detail = {"question": question.question, "said": found.shown[:600]}
        marking = marking_over(found.answer.labels, question.documents)
        measured.items.append(Item(question.id, scores, slices, detail, marking=marking))
        work.tell(done, len(chosen), "questions of the demonstration asked")


def _leave_out(
    work: Work, measured: Measured, gold: GoldSet, asked: Sequence[GoldQuestion], most: int | None
) -> None:
    work.tell(0, 0, f"indexing {gold.name}")
    corpus = load_corpus_of(gold.name, around(gold, asked, most))
    for done, question in enumerate(asked, start=1):
        measured.ask(question.id, question.question, "left out")
        found = ask_for(
            corpus.asker,
            question.question,
            filters=corpus.filters,
            left_out=frozenset({corpus.documents[question.document]}),
        )
        slices = {
            "language": gold.language,
            "kind": "document left out",
            "source": gold.name.partition("-")[0],
        }
        detail = {"question": question.question, "said": found.shown[:600]}
        measured.items.append(Item(question.id, {"refused": float(found.is_refused)}, slices, detail))
        work.tell(done, len(asked), f"questions of {gold.name} asked without their document")
