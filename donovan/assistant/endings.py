"""How a question ends: answered, with the nearest evidence, or with nothing found.

To deny what is there is as false as to assert what is not, so "nothing" needs a reason of its own: a
calibrated chance that is small enough. Without that, the nearest evidence is shown and its reader decides.
"""

from collections.abc import Mapping

from donovan.assistant.models import Answer

NEAREST_SENTENCE = "No sentence answers this surely. These come closest:"

QUITE_LIKELY, POSSIBLE = 0.5, 0.2
"""The chances from which on a span is called quite likely, or possible, to answer; below it is unlikely."""


def decide(
    best_chance: float | None, covered_chance: float, thresholds: Mapping[str, float]
) -> Answer.Ending:
    """The ending for the best span's chance of answering, from 0 to 1; None where no passage was found.

    `covered_chance` is that of the best span of all that was read, whether or not a rule forbids it as an
    answer. `thresholds` are from the card of the reader that gave the chances: from "answered" on a span is
    stated as the answer; below "nothing" fewer than 5 in 100 questions have their answer in what was
    searched. Without a reader (no thresholds) a found passage is never dismissed.
    """
    if best_chance is None:
        return Answer.Ending.NOTHING
    if "answered" in thresholds and best_chance >= thresholds["answered"]:
        return Answer.Ending.ANSWERED
    if "nothing" in thresholds and max(best_chance, covered_chance) < thresholds["nothing"]:
        return Answer.Ending.NOTHING
    return Answer.Ending.NEAREST


def left_open(best_chance: float | None, thresholds: Mapping[str, float]) -> Answer.Ending:
    """The ending where nothing is stated: what a rule forbids as an answer may still be the nearest."""
    ending = decide(best_chance, best_chance or 0.0, thresholds)
    return Answer.Ending.NEAREST if ending == Answer.Ending.ANSWERED else ending


def in_words(chance: float) -> str:
    """A chance of answering as a reader is told it."""
    if chance >= QUITE_LIKELY:
        return "quite likely"
    return "possible" if chance >= POSSIBLE else "unlikely"
