"""Is the right answer among what is shown as supported, with the right page?"""

import uuid
from collections.abc import Mapping, Sequence
from functools import partial

from donovan.access.models import User
from donovan.assistant.questions import language_of_question
from donovan.evaluation.asking import ask_for, demo_people, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import DemoQuestion, demo_questions
from donovan.evaluation.measuring import FULL, Item, Measured, Work
from donovan.evaluation.sets import (
    LANGUAGES,
    NO_FOLDER,
    GoldQuestion,
    GoldSet,
    around,
    factbook,
    reports,
    xquad,
)

QUICK_TEXTS = 80
QUICK_REPORTS = 12
QUICK_OF_A_LANGUAGE = 16


def measure(work: Work) -> Measured:
    """The demonstration as Ana, Ben and Chloe ask it, and the reports in each language; factbook and xquad
    where they are at hand.
    """
    measured = Measured()
    sets = answered_sets(work)
    _demo(work, measured)
    for gold, quick, full, most in sets:
        _ask_set(work, measured, gold, work.some(gold.questions, quick=quick, full=full), most)
    if work.folder("questions") is None:
        measured.unmeasured.append(NO_FOLDER)
    return measured


def answered_sets(work: Work) -> list[tuple[GoldSet, int, int | None, int | None]]:
    """The sets with answers, how many questions of each (quick, full), and how many texts around them.

    All are read before anything is measured, so that a file that cannot be read is said at once.
    """
    is_full = work.size == FULL
    sets: list[tuple[GoldSet, int, int | None, int | None]] = [
        (gold, QUICK_REPORTS, None, None) for gold in reports()
    ]
    folder = work.folder("questions")
    if folder is None:
        return sets
    if (folder / "factbook").is_dir():
        sets.append((factbook(folder / "factbook"), 16, 200, None if is_full else QUICK_TEXTS))
    for language in LANGUAGES:
        path = folder / f"xquad.{language}.json"
        if path.is_file():
            sets.append((xquad(path, language), 8, 60, None if is_full else 30))
    return sets


def _demo(work: Work, measured: Measured) -> None:
    documents = load_demo()
    asked = [question for question in demo_questions() if question.expected]
    chosen = work.some_of_each(asked, language_asked_in, quick=QUICK_OF_A_LANGUAGE)
    for number, question in enumerate(chosen, start=1):
        measured.take(
            work,
            question.id,
            question.question,
            question.expected,
            made_by=partial(
                answer_item,
                question.id,
                demo_people()[question.person],
                question.question,
                question.expected,
                gold=frozenset(documents[name] for name in question.documents),
                slices={"language": language_asked_in(question), "source": "demo"},
                texts=question.documents,
            ),
        )
        work.on_progress(number, len(chosen), "questions of the demonstration answered")


def language_asked_in(question: DemoQuestion) -> str:
    """The language of a question of the demonstration."""
    return language_of_question(question.question) or "en"


def _ask_set(
    work: Work, measured: Measured, gold: GoldSet, asked: Sequence[GoldQuestion], most: int | None
) -> None:
    work.on_progress(0, 0, f"indexing {gold.name}")
    corpus = load_corpus_of(gold.name, around(gold, asked, most))
    for done, question in enumerate(asked, start=1):
        measured.take(
            work,
            question.id,
            question.question,
            question.expected,
            made_by=partial(
                answer_item,
                question.id,
                corpus.asker,
                question.question,
                question.expected,
                gold=frozenset({corpus.documents[question.document]}),
                slices={"language": gold.language, "source": gold.name.partition("-")[0]},
                filters=corpus.filters,
            ),
        )
        work.on_progress(done, len(asked), f"questions of {gold.name} answered")


def answer_item(
    name: str,
    asker: User,
    question: str,
    expected: Sequence[str],
    *,
    gold: frozenset[uuid.UUID],
    slices: Mapping[str, str],
    filters: Mapping[str, str] | None = None,
    texts: Sequence[str] = (),
) -> Item:
    """One question asked, and what the answer is worth. `texts` of the demonstration hold it."""
    found = ask_for(asker, question, filters=filters, gold=gold)
    scores = {"gold": float(found.holds_any(expected))}
    citations, borne_out = found.citations_right(expected), found.borne_out()
    if citations is not None:
        scores["citations"] = citations
    if borne_out is not None:
        scores["borne_out"] = borne_out
    detail = {
        "question": question,
        "expected": list(expected),
        "said": found.shown[:600],
        "refused": found.is_refused,
    }
    return Item(name, scores, slices, detail, marking=marking_over(found.answer.labels, texts))
