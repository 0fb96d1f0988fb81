"""What the gate says of a triage model: better than what serves, every language measured, none worse.

A good average hides a bad language most easily where that language has no test documents at all. So every
language that the model claims to read needs some, and the report names what was measured with its counts.
"""

from collections.abc import Iterable, Mapping

from donovan.access.models import User
from donovan.feedback.datasets.errors import DatasetError
from donovan.library.media import language_name
from donovan.training.class_measuring import ClassFigures, measure_classes
from donovan.training.gate_checks import Check
from donovan.training.margins import CLASS_MARGIN, FEWEST_OF_A_LANGUAGE, HARDLY
from donovan.training.models import Candidate
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered

BETTER = "It names more classes rightly than what serves, on documents it has not seen"
MEASURED = "Every language that it claims to read was measured"
WORSE = "Nothing got worse in the languages that were measured"
UNKNOWN = "Whether something got worse in a language is not known"


def class_checks(candidate: Candidate, person: User) -> list[Check]:
    """The target, the languages and the losses; only the target where nothing could be measured."""
    try:
        found = measure_classes(candidate, person)
    except (DatasetError, ModelTampered, EmbedderUnavailable) as error:
        return [Check("target", BETTER, False, str(error))]
    if found is None:
        return [Check("target", BETTER, False, "Its data set has no test split to measure it on.")]
    return [_target(found), _languages(found), _losses(found)]


def least_gain(n: int) -> float:
    """The smallest gain, as a share, that `n` documents can tell from noise: with fewer than that many gained
    and none lost, more than one in forty draws of the bootstrap shows no gain at all.
    """
    return next((gained / n for gained in range(1, n) if (1 - gained / n) ** n < 0.025), 1.0)


def counted(counts: Mapping[str, int], languages: Iterable[str]) -> str:
    """Languages with their counts, as in "English 12 documents, Spanish 1"."""
    parts = [f"{language_name(code)} {counts.get(code, 0)}" for code in languages]
    if not parts:
        return ""
    few = "" if parts[0].endswith(" 1") else "s"
    return ", ".join([f"{parts[0]} document{few}", *parts[1:]])


def _target(found: ClassFigures) -> Check:
    overall = found.overall
    words = f"{overall.words[0].upper()}{overall.words[1:]}; the first is {found.before}"
    if found.untypical:
        words += f"; to {found.untypical} it would give none, as they are like none that it learnt from"
    if overall.low > 0.0:
        return Check("target", BETTER, True, f"{words}.")
    least = least_gain(overall.n)
    few = ""
    if least > HARDLY:
        few = (
            f" {overall.n} test document{'' if overall.n == 1 else 's'} can hardly show a gain: with so few, "
            f"only one of {least:.2f} or more is beyond noise. A larger test split shows smaller ones."
        )
    return Check("target", BETTER, False, f"{words}: not better by more than noise.{few}")


def _languages(found: ClassFigures) -> Check:
    learnt = {code for code in found.learnt if code}
    read = found.claimed or learnt
    short = sorted(code for code in read if found.tested.get(code, 0) < FEWEST_OF_A_LANGUAGE)
    measured = [one.language for one in found.by_language]
    words = f"Measured: {counted(found.tested, measured)}. " if measured else ""
    if short:
        reason = (
            f"{words}Too few test documents to tell: {counted(found.tested, short)}. Each language that it "
            f"reads needs at least {FEWEST_OF_A_LANGUAGE}, or a good average may hide a bad language. Label "
            f"more documents in {_names(short)} and build a version whose test split holds them, or leave "
            "them out of the data set, and train again."
        )
        return Check("languages", MEASURED, False, reason)
    left_out = sorted(learnt - read)
    if left_out:
        words += (
            f"It gives no class to documents in {_names(left_out)}, of which it learnt from fewer than "
            f"{FEWEST_OF_A_LANGUAGE}: {counted(found.learnt, left_out)}."
        )
    return Check(
        "languages", MEASURED, True, words.strip() or "Its documents name no language: see over all of them."
    )


def _losses(found: ClassFigures) -> Check:
    parts = found.by_language if any(code for code in found.tested) else (found.overall,)
    worse = [one.words for one in parts if one.is_worse(CLASS_MARGIN)]
    if worse:
        return Check("losses:classes", WORSE, False, f"Worse {'; '.join(worse)}.")
    if not parts:
        return Check("losses:classes", UNKNOWN, False, "No language has enough test documents to tell.")
    which = counted(found.tested, [one.language for one in parts])
    return Check("losses:classes", WORSE, True, f"{which}: none lost more than it may.")


def _names(codes: Iterable[str]) -> str:
    return " and ".join(language_name(code) for code in codes)
