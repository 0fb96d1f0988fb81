"""Does search find the passage that answers? nDCG@10 for each question, fused and by vectors alone."""

from collections.abc import Sequence

from donovan.access.scope import scope_for
from donovan.assistant.questions import language_of_question
from donovan.evaluation import metrics
from donovan.evaluation.asking import Corpus, demo_people, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import demo_questions
from donovan.evaluation.measuring import Item, Measured, Work
from donovan.evaluation.sets import LANGUAGES, NO_FOLDER, GoldQuestion, xquad
from retrieval.results import Mode
from retrieval.scope import AccessScope
from retrieval.search import search

DEPTH = 10
PERSON = "ana"
QUICK_QUESTIONS = 40
QUICK_TEXTS = 80


def measure(work: Work) -> Measured:
    """The questions of the demonstration as Ana asks them, and xquad where it is at hand."""
    measured = Measured()
    _demo(work, measured)
    folder = work.folder("questions")
    if folder is None:
        measured.unmeasured.append(NO_FOLDER)
        return measured
    for language in LANGUAGES:
        gold = xquad(folder / f"xquad.{language}.json", language)
        asked = work.some(gold.questions, quick=QUICK_QUESTIONS)
        work.tell(0, 0, f"indexing {gold.name}")
        texts = gold.documents
        if work.size == "quick":
            # The first third of the set, whole articles, so that like stands beside like.
            texts = gold.documents[:QUICK_TEXTS]
            names = {name for name, _, _ in texts}
            asked = work.some([q for q in gold.questions if q.document in names], quick=QUICK_QUESTIONS)
        corpus = load_corpus_of(gold.name, texts)
        _ask(work, measured, corpus, asked, language)
    return measured


def _demo(work: Work, measured: Measured) -> None:
    work.tell(0, 0, "indexing the built-in texts")
    documents = load_demo()
    asked = [q for q in demo_questions() if q.person == PERSON and q.documents]
    scope = scope_for(demo_people()[PERSON])
    chosen = work.some(asked, quick=len(asked))
    for done, question in enumerate(chosen, start=1):
        measured.ask(question.id, question.question, question.documents)
        gold = {str(documents[name]): 1.0 for name in question.documents}
        slices = {"language": language_of_question(question.question) or "en", "source": "demo"}
        marking = marking_over((), question.documents)
        measured.items.append(_item(question.id, question.question, scope, gold, slices, marking=marking))
        work.tell(done, len(chosen), "questions of the demonstration asked")


def _ask(
    work: Work, measured: Measured, corpus: Corpus, asked: Sequence[GoldQuestion], language: str
) -> None:
    scope = AccessScope.of([corpus.label])
    for done, question in enumerate(asked, start=1):
        measured.ask(question.id, question.question, question.document)
        gold = {str(corpus.documents[question.document]): 1.0}
        slices = {"language": language, "source": "xquad"}
        measured.items.append(_item(question.id, question.question, scope, gold, slices))
        if done % 5 == 0 or done == len(asked):
            work.tell(done, len(asked), f"questions of xquad ({language}) asked")


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
        "ndcg": metrics.ndcg(_ranked(question, scope, "fused"), gold, DEPTH),
        "ndcg_dense": metrics.ndcg(_ranked(question, scope, "dense"), gold, DEPTH),
    }
    return Item(name, scores, slices, {"question": question}, marking=marking)


def _ranked(question: str, scope: AccessScope, mode: Mode) -> list[str]:
    """Documents in the order of their best passages, at least as many as are judged where there are."""
    result = search(question, scope, limit=5 * DEPTH, mode=mode)
    return list(dict.fromkeys(str(hit.document_id) for hit in result.hits))[:DEPTH]
