"""Questions answered with yes or no: the verdict first, then the words that it rests on.

    statement that "yes" stands for -> each span that may answer judged: supported, contradicted, not told
    -> what a later paper, a correction or a version supersedes counts no more, nor does a plan -> verdict

Without a reader there is no verdict, nor where a newer statement of the matter is not judged surely: the
ordinary way then tells what is current and quotes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from donovan.assistant.kinds.registry import Asked, Candidate, QuestionKind, Statement, Taken
from donovan.assistant.kinds.statements import statements_of
from donovan.assistant.models import Claim
from donovan.assistant.questions import read_question
from donovan.assistant.reconciliation.groups import Resolution, Standing
from donovan.assistant.reconciliation.resolving import resolve
from donovan.assistant.reconciliation.tense import asked_time
from donovan.assistant.spans import overlap
from retrieval.reader import ReaderUnavailable

NAME = "yes or no"
SPANS_JUDGED = 8
MOST_QUOTED = 3

_WORDS: dict[str, tuple[str, str, str]] = {
    "en": ("Yes.", "No.", "The sources differ."),
    "es": ("Sí.", "No.", "Las fuentes difieren."),
    "fr": ("Oui.", "Non.", "Les sources divergent."),
    "de": ("Ja.", "Nein.", "Die Quellen widersprechen sich."),
    "ru": ("Да.", "Нет.", "Источники расходятся."),
    "ar": ("نعم.", "لا.", "المصادر مختلفة."),
    "zh": ("是。", "否。", "来源说法不一。"),
}


@dataclass(frozen=True)
class _Held:
    """What the reader holds of one span: the chances that it bears the statement out, and denies it."""

    candidate: Candidate
    supported: float
    contradicted: float

    @property
    def says_yes(self) -> bool:
        return self.supported > self.contradicted

    @property
    def sureness(self) -> float:
        return max(self.supported, self.contradicted)


def answer(asked: Asked) -> Taken | None:
    """A verdict with the words for it, or None where nothing in reach settles the question."""
    statements = statements_of(asked.text, asked.language)
    if asked.judge is None or not statements:
        return None
    found = list(asked.seek(asked.text))
    held = _judged(asked, statements, found[:SPANS_JUDGED])
    sure = [each for each in held if each.sureness >= asked.least_support]
    if not sure:
        return None
    question = read_question(asked.text, asked.language)
    related = [(each.span, each.chance) for each in found]
    resolution = resolve(question, [each.candidate.span for each in sure], related, asked.scope)
    standing = _still_standing(sure, resolution, of_plans=asked_time(question).is_future)
    if not standing:
        return None
    verdict, shown = _verdict(standing)
    words = _WORDS.get(asked.language, _WORDS["en"])[verdict]
    spans = tuple(each.candidate.span for each in shown)
    quoted = (Statement(span.text, Claim.Origin.QUOTED, (span,)) for span in spans)
    return Taken(
        kind=NAME,
        form="verdict",
        statements=(Statement(words, Claim.Origin.COMPUTED, spans), *quoted),
        notices=(
            f"Read as: “{statements[0]}” The words below are what was judged.",
            *resolution.notices,
        ),
        facts={
            "verdict": ("yes", "no", "differ")[verdict],
            "statement": statements[0],
            "chances": [[round(each.supported, 3), round(each.contradicted, 3)] for each in shown],
        },
        labels=resolution.labels,
    )


def _still_standing(sure: Sequence[_Held], resolution: Resolution, *, of_plans: bool) -> list[_Held]:
    """What counts for the verdict. Empty where a statement that stands in place of another was not judged
    surely, so that no verdict rests on the older one alone.
    """
    counted = (Standing.CURRENT, Standing.DISPUTED) + ((Standing.PLANNED,) if of_plans else ())
    groups = [group for group in resolution.current if group.standing in counted]
    successors = {id(group.by) for group in resolution.superseded}
    for group in groups:
        is_judged = any(overlap(span, each.candidate.span) for span in group.spans for each in sure)
        if not is_judged and any(id(account) in successors for account in group.accounts):
            return []
    return [
        each
        for each in sure
        if any(overlap(span, each.candidate.span) for group in groups for span in group.spans)
    ]


def _judged(asked: Asked, statements: Sequence[str], candidates: Sequence[Candidate]) -> list[_Held]:
    """Each span with the chances under the wording of the statement that the reader is surest of."""
    if asked.judge is None or not candidates:
        return []
    pairs = [(statement, _evidence(each)) for each in candidates for statement in statements]
    try:
        judged = list(asked.judge(pairs))
    except ReaderUnavailable:
        return []
    held = []
    for number, candidate in enumerate(candidates):
        mine = judged[number * len(statements) : (number + 1) * len(statements)]
        best = max(mine, key=lambda each: max(each.supported, each.contradicted))
        held.append(_Held(candidate, best.supported, best.contradicted))
    return held


def _evidence(candidate: Candidate) -> str:
    span = candidate.span
    return f"{span.context} — {span.before}{span.text}" if span.context else f"{span.before}{span.text}"


def _verdict(sure: Sequence[_Held]) -> tuple[int, list[_Held]]:
    """0 for yes, 1 for no, 2 where two documents say different things; and the spans to show."""
    by_sureness = sorted(sure, key=lambda each: each.sureness, reverse=True)
    best = by_sureness[0]
    same = [each for each in by_sureness if each.says_yes == best.says_yes]
    document = best.candidate.span.document_id
    other = next(
        (
            each
            for each in by_sureness
            if each.says_yes != best.says_yes and each.candidate.span.document_id != document
        ),
        None,
    )
    if other is not None:
        return 2, [best, other, *same[1 : MOST_QUOTED - 1]]
    return (0 if best.says_yes else 1), same[:MOST_QUOTED]


YES_NO = QuestionKind(NAME, frozenset({"yes-no"}), answer, order=20)
