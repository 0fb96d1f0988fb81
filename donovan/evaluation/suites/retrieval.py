"""Does search find the passage that answers? nDCG@10 for each question, fused and by vectors alone."""

from collections.abc import Sequence
from functools import partial

from donovan.access.scope import scope_for
from donovan.evaluation import metrics
from donovan.evaluation.asking import demo_people, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import demo_questions
from donovan.evaluation.measuring import QUICK, Item, Measured, Work
from donovan.evaluation.sets import LANGUAGES, NO_FOLDER, GoldQuestion, GoldSet, reports, xquad
from retrieval.results import Mode
from retrieval.scope import AccessScope
from retrieval.search import search

from .answers import language_asked_in

DEPTH = 10
PERSON = "ana"
QUICK_QUESTIONS = 40
QUICK_TEXTS = 80


def measure(work: Work) -> Measured:
    """The questions of the demonstration as Ana asks them, and the reports in each language; xquad where it
    is at hand.
    """
    measured = Measured()
    folder = work.folder("questions")
    larger = [xquad(folder / f"xquad.{language}.json", language) for language in LANGUAGES] if folder else []
    _demo(work, measured)
    for gold in reports():
        _ask(work, measured, gold, gold.documents, work.some(gold.questions, quick=QUICK_QUESTIONS))
    for gold in larger:
        texts, asked = gold.documents, gold.questions
        if work.size == QUICK:
            # The first third of the set, whole articles, so that like stands beside like.
            texts = gold.documents[:QUICK_TEXTS]
            names = {name for name, _, _ in texts}
            asked = tuple(question for question in gold.questions if question.document in names)
        _ask(work, measured, gold, texts, work.some(asked, quick=QUICK_QUESTIONS))
    if folder is None:
        measured.unmeasured.append(NO_FOLDER)
    return measured


def _demo(work: Work, measured: Measured) -> None:
    work.on_progress(0, 0, "indexing the built-in texts")
    documents = load_demo()
    asked = [q for q in demo_questions() if q.person == PERSON and q.documents]
    scope = scope_for(demo_people()[PERSON])
    chosen = work.some(asked, quick=len(asked))
    for done, question in enumerate(chosen, start=1):
        gold = {str(documents[name]): 1.0 for name in question.documents}
        slices = {"language": language_asked_in(question), "source": "demo"}
        marking = marking_over((), question.documents)
        measured.take(
            work,
            question.id,
            question.question,
            question.documents,
            made_by=partial(_item, question.id, question.question, scope, gold, slices, marking=marking),
        )
        work.on_progress(done, len(chosen), "questions of the demonstration asked")


def _ask(
    work: Work,
    measured: Measured,
    gold: GoldSet,
    texts: Sequence[tuple[str, str, str]],
    asked: Sequence[GoldQuestion],
) -> None:
    work.on_progress(0, 0, f"indexing {gold.name}")
    corpus = load_corpus_of(gold.name, texts)
    scope = AccessScope.of([corpus.label])
    slices = {"language": gold.language, "source": gold.name.partition("-")[0]}
    for done, question in enumerate(asked, start=1):
        relevant = {str(corpus.documents[question.document]): 1.0}
        measured.take(
            work,
            question.id,
            question.question,
            question.document,
            made_by=partial(_item, question.id, question.question, scope, relevant, slices),
        )
        if done % 5 == 0 or done == len(asked):
            work.on_progress(done, len(asked), f"questions of {gold.name} asked")


def _item(
    name: str,
    question: str,
    scope: AccessScope,
    gold: dict[str, float],
    slices: dict[str, str],
    *,
    marking: str = "",
) -> Item:
    scores = {
        "ndcg": metrics.ndcg(ranked(question, scope, "fused"), gold, DEPTH),
        "ndcg_dense": metrics.ndcg(ranked(question, scope, "dense"), gold, DEPTH),
    }
    return Item(name, scores, slices, {"question": question}, marking=marking)


def ranked(question: str, scope: AccessScope, mode: Mode) -> list[str]:
    """Documents in the order of their best passages, at least as many as are judged where there are."""
    result = search(question, scope, limit=5 * DEPTH, mode=mode)
    return list(dict.fromkeys(str(hit.document_id) for hit in result.hits))[:DEPTH]
