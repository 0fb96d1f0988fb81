"""Are true statements let through, and changed ones held back? One statement a time, against its own span.

right    the verdict is right, over all statements
caught   of the changed ones: held back
passed   of the true ones: let through
"""

import uuid
from collections.abc import Iterable, Sequence

from donovan.access.labels import label_key
from donovan.access.markings import parse_marking
from donovan.assistant.spans import Span, cut
from donovan.assistant.verify import verify_claim
from donovan.evaluation.asking import marking_over
from donovan.evaluation.corruptions import NAME, names_in, statements_of
from donovan.evaluation.demo import demo_texts
from donovan.evaluation.measuring import FULL, Item, Measured, Work
from donovan.evaluation.sets import LANGUAGES, NO_FOLDER, factbook, xquad

_SHORTEST, _LONGEST = 40, 320
_NAMES_AT_ONCE = 60


def measure(work: Work) -> Measured:
    """Sentences of the demonstration; of factbook and of xquad in five languages where they are at hand."""
    measured = Measured()
    texts = [
        (text.title, text.text, text.language, label_key(text.collection, parse_marking(text.marking)))
        for text in demo_texts()
    ]
    _statements(work, measured, "demo", texts, quick=50, full=None)
    folder = work.folder("questions")
    if folder is None:
        measured.unmeasured.append(NO_FOLDER)
        return measured
    if (folder / "factbook").is_dir():
        book = factbook(folder / "factbook")
        _statements(
            work,
            measured,
            "factbook",
            [(title, text, "en", "") for _, title, text in book.documents],
            quick=40,
            full=400,
        )
    for language in LANGUAGES:
        path = folder / f"xquad.{language}.json"
        if path.is_file():
            gold = xquad(path, language)
            texts = [(title, text, language, "") for _, title, text in gold.documents]
            _statements(work, measured, gold.name, texts, quick=30, full=200)
    return measured


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
    chosen = work.some(spans, quick=quick, full=full if work.size == FULL else quick)
    names = list(dict.fromkeys(name for span in chosen for name in names_in(span.text)))[:_NAMES_AT_ONCE]
    every = {span.label for span in chosen if span.label}
    for number, span in enumerate(chosen, start=1):
        # A list mark or portion mark in front is no part of the statement.
        said = " ".join(span.plain.split())
        for statement in statements_of(said, span.language, names, seed=f"{source}:{said}"):
            name = f"{source}:{number:04}:{statement.kind}"
            measured.ask(name, statement.text, span.text)
            verdict = verify_claim(statement.text, [span], question="")
            right = float(verdict.is_supported == statement.is_true)
            scores = {"right": right, ("passed" if statement.is_true else "caught"): right}
            slices = {
                "language": span.language,
                "kind": statement.kind,
                "source": source.partition("-")[0],
            }
            detail = {
                "statement": statement.text,
                "span": span.text[:600],
                "supported": verdict.is_supported,
                "reason": verdict.reason,
            }
            # A name put in its place may come from any of the texts.
            labels = every if statement.kind == NAME else {span.label} & every
            measured.items.append(Item(name, scores, slices, detail, marking=marking_over(labels)))
        work.tell(number, len(chosen), f"sentences of {source} judged")


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
