"""Are true statements let through, and changed ones held back? One statement a time, against its own span.

right    the verdict is right, over all statements
caught   of the changed ones: held back
passed   of the true ones: let through
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from donovan.access.labels import label_key
from donovan.access.markings import parse_marking
from donovan.assistant.spans import Span, cut
from donovan.assistant.verify import verify_claim
from donovan.evaluation.asking import marking_over
from donovan.evaluation.corruptions import NAME, Statement, names_in, statements_of
from donovan.evaluation.demo import demo_texts
from donovan.evaluation.measuring import Item, Measured, Work
from donovan.evaluation.sets import LANGUAGES, NO_FOLDER, GoldSet, factbook, reports, xquad

_SHORTEST, _LONGEST = 40, 320
_NAMES_AT_ONCE = 60


def measure(work: Work) -> Measured:
    """Sentences of the demonstration and of the reports in each language; of factbook and of xquad in five
    languages where they are at hand.
    """
    measured = Measured()
    folder = work.folder("questions")
    book = factbook(folder / "factbook") if folder and (folder / "factbook").is_dir() else None
    paths = [(folder / f"xquad.{language}.json", language) for language in LANGUAGES] if folder else []
    sets = [xquad(path, language) for path, language in paths if path.is_file()]
    texts = [
        (text.title, text.text, text.language, label_key(text.collection, parse_marking(text.marking)))
        for text in demo_texts()
    ]
    _statements(work, measured, "demo", texts, quick=50, full=None)
    for gold in reports():
        _statements(work, measured, gold.name, _texts_of(gold), quick=24, full=None)
    if book is not None:
        _statements(work, measured, book.name, _texts_of(book), quick=40, full=400)
    for gold in sets:
        _statements(work, measured, gold.name, _texts_of(gold), quick=30, full=200)
    if folder is None:
        measured.unmeasured.append(NO_FOLDER)
    return measured


def _texts_of(gold: GoldSet) -> list[tuple[str, str, str, str]]:
    return [(title, text, gold.language, "") for _, title, text in gold.documents]


def _statements(
    work: Work,
    measured: Measured,
    source: str,
    texts: Sequence[tuple[str, str, str, str]],
    *,
    quick: int,
    full: int | None,
) -> None:
    spans = list(_spans(texts))
    chosen = work.some_of_each(spans, lambda span: span.language, quick=quick, full=full)
    names = list(dict.fromkeys(name for span in chosen for name in names_in(span.text)))[:_NAMES_AT_ONCE]
    every = {span.label for span in chosen if span.label}
    for number, span in enumerate(chosen, start=1):
        # A list mark or portion mark in front is no part of the statement.
        said = " ".join(span.plain.split())
        for statement in statements_of(said, span.language, names, seed=f"{source}:{said}"):
            name = f"{source}:{number:04}:{statement.kind}"
            # A name put in its place may come from any of the texts.
            labels = every if statement.kind == NAME else {span.label} & every
            measured.take(
                work,
                name,
                statement.text,
                span.text,
                made_by=partial(_item, name, statement, span, source.partition("-")[0], labels),
            )
        work.on_progress(number, len(chosen), f"sentences of {source} judged")


def _item(name: str, statement: Statement, span: Span, source: str, labels: Iterable[str]) -> Item:
    verdict = verify_claim(statement.text, [span], question="")
    right = float(verdict.is_supported == statement.is_true)
    scores = {"right": right, ("passed" if statement.is_true else "caught"): right}
    slices = {"language": span.language, "kind": statement.kind, "source": source}
    detail = {
        "statement": statement.text,
        "span": span.text[:600],
        "supported": verdict.is_supported,
        "reason": verdict.reason,
    }
    return Item(name, scores, slices, detail, marking=marking_over(labels))


def _spans(texts: Iterable[tuple[str, str, str, str]]) -> Iterable[Span]:
    """Whole sentences that say something by themselves, of texts as (title, text, language, label)."""
    for title, text, language, label in texts:
        for start, end in cut(text):
            said = text[start:end]
            is_sentence = said.rstrip().endswith((".", "。", "؟", "!")) and "|" not in said
            if (is_sentence and _SHORTEST <= len(said) <= _LONGEST) or (
                language == "zh" and 12 < end - start < 160
            ):
                yield Span(
                    document_id=uuid.UUID(int=0),
                    passage_id=0,
                    page=1,
                    start=start,
                    end=end,
                    text=said,
                    title=title,
                    label=label,
                    language=language,
                    passage_text=said,
                )
