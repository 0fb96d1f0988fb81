"""Is a question refused when the documents do not answer it, and only then?

Three kinds of unanswerable questions: such that nobody could answer, such whose answer stands only in what
the asker may not read, and such whose document is left out for that one question.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from donovan.evaluation.asking import Corpus, ask_for, demo_people, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import DemoQuestion, demo_questions
from donovan.evaluation.measuring import Item, Measured, Work
from donovan.evaluation.sets import NO_FOLDER, GoldQuestion, GoldSet, around

from .answers import answered_sets, language_asked_in

QUICK_ANSWERABLE: Final = 10
ANSWERABLE: Final = "answerable"
LEFT_OUT: Final = "document left out"


def measure(work: Work) -> Measured:
    """The demonstration; the reports in each language with and without their documents; factbook and xquad
    without, where they are at hand.
    """
    measured = Measured()
    sets = answered_sets(work)
    load_demo()
    _demo(work, measured)
    for gold, quick, full, most in sets:
        asked = work.some(gold.questions, quick=quick, full=full)
        _ask_set(work, measured, gold, asked, most)
    if work.folder("questions") is None:
        measured.unmeasured.append(NO_FOLDER)
    return measured


def _demo(work: Work, measured: Measured) -> None:
    refused = [q for q in demo_questions() if not q.expected]
    answerable = [q for q in demo_questions() if q.expected]
    chosen = [
        *work.some(refused, quick=len(refused)),
        *work.some_of_each(answerable, language_asked_in, quick=QUICK_ANSWERABLE),
    ]
    for done, question in enumerate(chosen, start=1):
        measured.take(
            work,
            question.id,
            question.question,
            bool(question.expected),
            made_by=partial(_demo_item, question),
        )
        work.on_progress(done, len(chosen), "questions of the demonstration asked")


def _demo_item(question: DemoQuestion) -> Item:
    found = ask_for(demo_people()[question.person], question.question)
    if question.expected:
        kind, scores = ANSWERABLE, {"answered": float(not found.is_refused)}
    else:
        kind = "no answer anywhere" if question.kind == "unanswerable" else "answer out of scope"
        scores = {"refused": float(found.is_refused)}
    slices = {"language": language_asked_in(question), "kind": kind, "source": "demo"}
    detail = {"question": question.question, "said": found.shown[:600]}
    marking = marking_over(found.answer.labels, question.documents)
    return Item(question.id, scores, slices, detail, marking=marking)


def _ask_set(
    work: Work, measured: Measured, gold: GoldSet, asked: Sequence[GoldQuestion], most: int | None
) -> None:
    """Each question without its document; those of the reports, whose texts are few, also with it."""
    work.on_progress(0, 0, f"indexing {gold.name}")
    corpus = load_corpus_of(gold.name, around(gold, asked, most))
    source = gold.name.partition("-")[0]
    for done, question in enumerate(asked, start=1):
        slices = {"language": gold.language, "source": source}
        measured.take(
            work,
            question.id,
            question.question,
            LEFT_OUT,
            made_by=partial(_set_item, corpus, question, slices, is_left_out=True),
        )
        if source == "reports":
            measured.take(
                work,
                f"{question.id}:whole",
                question.question,
                ANSWERABLE,
                made_by=partial(_set_item, corpus, question, slices, is_left_out=False),
            )
        work.on_progress(done, len(asked), f"questions of {gold.name} asked without their document")


def _set_item(corpus: Corpus, question: GoldQuestion, slices: dict[str, str], *, is_left_out: bool) -> Item:
    left_out = frozenset({corpus.documents[question.document]}) if is_left_out else frozenset()
    found = ask_for(corpus.asker, question.question, filters=corpus.filters, left_out=left_out)
    detail = {"question": question.question, "said": found.shown[:600]}
    if is_left_out:
        scores = {"refused": float(found.is_refused)}
        return Item(question.id, scores, {**slices, "kind": LEFT_OUT}, detail)
    scores = {"answered": float(not found.is_refused)}
    return Item(f"{question.id}:whole", scores, {**slices, "kind": ANSWERABLE}, detail)
