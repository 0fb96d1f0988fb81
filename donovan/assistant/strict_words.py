"""The rule of words: without a net to judge meaning, a statement may hold no word of its own.

Every content word must stand in one cited span, or in the title or headings above it, by its stem; what the
statement names must come in the order of the span, and no other name may stand between what it brings
together. A true statement in words of its own is lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from donovan.assistant.comparing import Cited, Comparison
from donovan.assistant.terms import Term, carrier_stems
from donovan.assistant.vetoes.actors import TURNED
from donovan.assistant.vetoes.anchors import is_held_otherwise, lacking


def breaks_rule_of_words(comparison: Comparison) -> str:
    """Why the statement does not stand by its words alone; empty where it does. It must cite one span."""
    return _lacks_word(comparison) or _rearranges(comparison)


def only_rearranges(comparison: Comparison) -> bool:
    """Whether every word of the statement is the span's, and they are put together in another way there."""
    return not _lacks_word(comparison) and bool(_rearranges(comparison))


def _lacks_word(comparison: Comparison) -> str:
    carriers = carrier_stems(comparison.language)
    for term in comparison.said:
        is_carrier = term.kind == "word" and not term.is_name and term.key in carriers
        if is_carrier or comparison.holds(term) or is_held_otherwise(comparison, term):
            continue
        if not comparison.is_free(term):
            return lacking(term)
    return ""


def _rearranges(comparison: Comparison) -> str:
    (one,) = comparison.cited
    drawn = _drawn_from_body(comparison.said, one)
    window = _window(drawn, one.body, one.label_end)
    if window is None:
        return TURNED
    if _passes_over_name(drawn, comparison.said, one.body, window):
        return "It joins what the cited words say of different names."
    return ""


def _drawn_from_body(claim: Sequence[Term], one: Cited) -> list[Term]:
    """The terms that the statement takes from the words of the span: not from its label, nor from the
    headings.
    """
    label = [term for term in one.body if term.end <= one.label_end]
    value = [term for term in one.body if term.end > one.label_end]
    around = [*label, *one.around]
    drawn = []
    for term in claim:
        bearers = [other for other in value if term.is_supported_by(other)]
        if bearers and not any(term.is_supported_by(other) for other in around):
            drawn.append(replace(term, is_name=term.is_name or any(other.is_name for other in bearers)))
    return drawn


def _window(drawn: Sequence[Term], body: Sequence[Term], label_end: int) -> tuple[int, int] | None:
    """The shortest stretch of the body (first and last term) that holds `drawn` in its order; None if none
    does.

    With fewer than two numbers, dates or names there is nothing to swap, and order is free.
    """
    positions = [[i for i, other in enumerate(body) if other.end > label_end and term.is_supported_by(other)]
                 for term in drawn]  # fmt: skip
    if not positions:
        return 0, max(0, len(body) - 1)
    if sum(term.is_anchor for term in drawn) < 2:
        firsts = [found[0] for found in positions]
        return min(firsts), max(firsts)
    best: tuple[int, int] | None = None
    for start in positions[0]:
        last = start
        for found in positions[1:]:
            # Of "points 4 and 7" nobody may make "points 7 and 7".
            following = next((i for i in found if i > last or (i == last and body[i].kind == "word")), None)
            if following is None:
                break
            last = following
        else:
            if best is None or last - start < best[1] - best[0]:
                best = (start, last)
    return best


def _passes_over_name(
    drawn: Sequence[Term], claim: Sequence[Term], body: Sequence[Term], window: tuple[int, int]
) -> bool:
    """Whether a name that the statement leaves out stands between the things that it brings together."""
    if len(drawn) < 2 or not any(term.is_name for term in drawn):
        return False
    for run in _name_runs(body, window):
        if not any(term.is_supported_by(body[i]) for term in claim for i in run):
            return True
    return False


def _name_runs(body: Sequence[Term], window: tuple[int, int]) -> Iterator[list[int]]:
    run: list[int] = []
    for index in range(window[0], window[1] + 1):
        if body[index].is_name and body[index].kind == "word":
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run
