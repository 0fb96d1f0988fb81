"""What is stated of the spans that were scored, and how sure it is that this is the answer.

    spans with chances -> the fewest of which one answers surely -> each with its neighbours where it is not
                       sure by itself -> a chance that all of it together is the answer

The chance is joined from a few facts of the question and of what would be shown, by weights that lie with the
reader (`donovan.training.reader.calibrate`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from donovan.assistant.evidence import DOUBTED, Features, ScoredSpan, serving_reader
from donovan.assistant.instructions import reads_like_instruction
from donovan.assistant.spans import Span, overlap, points_back

SURE = 0.9
"""One statement is shown where it answers with this chance, others beside it where it does not."""
MOST_STATED = 3
BESIDE = 0.5
"""The share of the best statement's chance that another beside it must have."""
LIKELY = 0.4
"""Where not even the best answers with this chance, more and lesser ones stand beside it: what no sentence
answers surely is seldom missed by five, and wrong half as often as with three (natural questions, with the
questions divided four times; any bound from 0.3 to 0.6 gives the same).
"""
MOST_WHERE_UNLIKELY = 5
BESIDE_WHERE_UNLIKELY = 0.2
GATHERING = frozenset({"why-how", "list", "timeline", "summary", "about", "change"})
"""Kinds of question whose answer is several things together."""
SINGLE = frozenset({"fact", "role"})
"""Kinds of question that one sentence answers. The others are answered by several, or by a judgement, and are
much harder to be sure of."""


@dataclass(frozen=True)
class AnswerFeatures:
    """What is known of an answer as a whole: `any`, the log odds that one of its statements answers, and of
    the best of them by how much its log odds are ahead of the second best span (`margin`), the raw `score` of
    the reader, how far that is `above` the middle one of all that was read, and its `subject`, `asked`,
    `covered` and `rank` as in `evidence.Features`. `gathers` is 1 where the kind of question needs several
    things together.
    """

    any: float
    margin: float
    score: float
    above: float
    subject: float
    asked: float
    covered: float
    rank: float
    gathers: float


def features_of_answer(
    chances: Sequence[float], best: Features, kind: str, *, second: float
) -> AnswerFeatures:
    """The features of an answer made of spans with these chances, best first. `best` are the features of the
    first, `second` is the chance of the span that comes next to it, shown or not; its own where it is alone.
    """
    return AnswerFeatures(
        any=_log_odds(chance_of_any(chances)),
        margin=_log_odds(chances[0]) - _log_odds(second),
        score=max(LOWEST, best.score),
        above=min(-LOWEST, max(LOWEST, best.above)),
        subject=best.subject,
        asked=best.asked,
        covered=best.covered,
        rank=best.rank,
        gathers=float(kind in GATHERING),
    )


def _log_odds(chance: float) -> float:
    held = min(0.999, max(0.001, chance))
    return math.log(held / (1.0 - held))


LOWEST = -20.0
"""A raw score below this says no more than this."""


def sureness(joined: Mapping[str, float], features: AnswerFeatures) -> float:
    """The chance (0 to 1) that what is shown holds the whole answer, by the weights of a reader."""
    total = joined.get("answer.bias", 0.0)
    for name, value in asdict(features).items():
        total += joined.get(f"answer.{name}", 1.0 if name == "any" else 0.0) * value
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))


def is_answered(scored: Sequence[ScoredSpan], kind: str = "fact") -> bool:
    """Whether what `stated` gives answers surely enough for a question of this kind, by the threshold of the
    reader that serves.
    """
    reader = serving_reader()
    if reader is None or not scored:
        return False
    shown = stated(scored)
    if shown[0].score <= DOUBTED:
        return False
    second = scored[1].score if len(scored) > 1 else scored[0].score
    features = features_of_answer([item.score for item in shown], shown[0].features, kind, second=second)
    least = reader.thresholds.get(threshold_for(kind), reader.thresholds["answered"])
    return sureness(reader.joined, features) >= least


def threshold_for(kind: str) -> str:
    """The name of the threshold from which on an answer to a question of this kind is stated."""
    return "answered" if kind in SINGLE else "answered.several"


def stated(scored: Sequence[ScoredSpan]) -> list[ScoredSpan]:
    """The spans to state, best first: the fewest of which one answers with the chance SURE, as far as
    `bounds_of` lets them.
    """
    most, share = bounds_of(scored[0].score) if scored else (0, 1.0)
    apart = best_answers(scored, most=most, share=share)
    chosen = apart[: needed([item.score for item in apart])]
    whole: list[ScoredSpan] = []
    for item in map(_with_its_subject, chosen):
        at = next((n for n, other in enumerate(whole) if overlap(item.span, other.span)), len(whole))
        whole[at : at + 1] = [item]
    return whole


def as_quoted(span: Span, chance: float | None, quoted: Sequence[Span]) -> Span | None:
    """The span as it is quoted: with the sentences beside it where it does not answer surely by itself, and
    with all of an enumeration that it only begins.

    None where what was `quoted` before holds it already; without its neighbours where they would repeat any
    of that, or address the program.
    """
    if any(_holds(other, span) for other in quoted):
        return None
    is_whole = chance is None or (chance >= SURE and not span.is_beginning)
    wide = span if is_whole else span.with_neighbours()
    is_own = reads_like_instruction(wide.text) or any(overlap(other, wide) for other in quoted)
    return span if is_own else wide


def _with_its_subject(item: ScoredSpan) -> ScoredSpan:
    """A sentence that says "it" or "he" is stated together with the one before it."""
    if item.span.before and points_back(item.span.plain):
        return replace(item, span=item.span.with_before())
    return item


def bounds_of(best: float) -> tuple[int, float]:
    """How many statements may be shown, and the share of the best one's chance that each must have."""
    return (MOST_STATED, BESIDE) if best >= LIKELY else (MOST_WHERE_UNLIKELY, BESIDE_WHERE_UNLIKELY)


def needed(chances: Sequence[float]) -> int:
    """How many of the chances, best first, are needed until one holds with the chance SURE; all where they
    do not reach it.
    """
    for count in range(1, len(chances) + 1):
        if chance_of_any(chances[:count]) >= SURE:
            return count
    return len(chances)


def chance_of_any(chances: Sequence[float]) -> float:
    """The chance that at least one holds."""
    return 1.0 - math.prod(1.0 - chance for chance in chances)


def best_answers(scored: Sequence[ScoredSpan], most: int = 2, share: float = 0.8) -> list[ScoredSpan]:
    """The best span, and up to `most` in all that come near it: those with at least `share` of its score.
    None that overlaps or repeats a better one.
    """
    if not scored:
        return []
    least = scored[0].score * share
    chosen: list[ScoredSpan] = []
    for item in scored:
        if len(chosen) == most or item.score < least:
            break
        if not any(overlap(item.span, other.span) for other in chosen):
            chosen.append(item)
    return chosen


def _holds(one: Span, other: Span) -> bool:
    """Whether the other lies wholly in the one."""
    return (one.document_id, one.page) == (other.document_id, other.page) and (
        one.start <= other.start and other.end <= one.end
    )
