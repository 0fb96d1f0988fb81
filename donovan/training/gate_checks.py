"""The single checks of the gate. Each gives one sentence, whether it passes or not; none changes anything."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.evaluation.catalogue import HELD_OUT, margins_of, target_of
from donovan.evaluation.comparison import FEWEST, Comparison, Difference, compare
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.presentation import title_of_suite
from donovan.feedback.datasets import reading
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.rows import Row
from donovan.library.media import language_name
from donovan.training.bases import base_problem, disabled_by
from donovan.training.likeness import TOO_MANY, WORTH_SAYING, likeness_of
from donovan.training.margins import FEWEST_OF_A_LANGUAGE
from donovan.training.models import Candidate
from donovan.training.runs import Pair, failed_target
from donovan.training.targets import FEWEST_TO_PROVE, Target, least_gain
from retrieval.model_folders import ModelTampered, read_model

LANGUAGES_NAMED = 8
_FULL = 0.995


@dataclass(frozen=True)
class Check:
    """One check: `key` for machines, `title` and `reason` for people. `detail` is JSON for the page.

    A warning refuses nothing: it is what the two people who say yes should have seen.
    """

    key: str
    title: str
    is_passed: bool
    reason: str
    detail: dict[str, Any] = field(default_factory=dict)
    is_warning: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "is_passed": self.is_passed,
            "reason": self.reason,
            "detail": self.detail,
            "is_warning": self.is_warning,
        }


def check_folder(candidate: Candidate) -> Check:
    title = "The model is the one that was trained"
    try:
        read_model(candidate.folder, candidate.digest)
    except ModelTampered as error:
        return Check("folder", title, False, error.sentence)
    return Check("folder", title, True, "Every file is the one that was recorded when it was made.")


def check_dataset(candidate: Candidate, person: User) -> list[Check]:
    """The data set is whole and the recorded one, and nothing of it stands on two sides of its splits."""
    whole, apart = "The data set is the recorded one", "Training and test do not overlap"
    named = f"{candidate.facts.get('dataset', '')}@{candidate.facts.get('dataset_version', '')}"
    try:
        version = reading.find_version(named, scope_for(person))
        reading.verify_version(version)
    except DatasetError as error:
        return [
            Check("dataset", whole, False, error.sentence),
            Check("splits", apart, False, "This cannot be told without the data set."),
        ]
    if version.digest != candidate.facts.get("dataset_digest"):
        reason = f"{named} is not the data that the candidate says it was trained on."
        return [
            Check("dataset", whole, False, reason),
            Check("splits", apart, False, "This cannot be told without the data set."),
        ]
    rows = list(reading.read_all(version))
    leaks = reading.leaks_in(rows)
    if leaks:
        many = f"{len(leaks)} leak{'s' if len(leaks) > 1 else ''}"
        reason = f"{many} between the splits of {named}: {leaks[0].words}"
        return [
            Check("dataset", whole, True, f"{named} is whole, file by file."),
            Check("splits", apart, False, reason),
        ]
    return [
        Check("dataset", whole, True, f"{named} is whole, file by file."),
        Check("splits", apart, True, "No document, group or near-duplicate stands in two splits."),
        *_likeness(rows),
    ]


def _likeness(rows: Sequence[Row]) -> list[Check]:
    """Refuses where much of the test split is the training split with other names and numbers, or where its
    passages stand in training; warns where some of it is.
    """
    found = likeness_of(rows)
    checks = []
    if found.share >= WORTH_SAYING:
        test, train = found.example
        reason = (
            f"{found.alike} of {found.tested} test rows say what a training row says but for names and "
            f"numbers, for example {test} and {train}. On these it need only know a sentence again, so what "
            "it is worth on new texts may be less than what is measured here."
        )
        title = "Test rows that are made like training rows"
        checks.append(_of_share("likeness", title, found.share, f"{reason} {_AGAIN}", reason))
    if found.seen_share >= WORTH_SAYING:
        reason = f"{found.seen} of {found.passages} passages that answer a test question stand in training."
        title = "Test passages that stand in training"
        checks.append(_of_share("passages", title, found.seen_share, f"{reason} {_AGAIN}", reason))
    return checks


_AGAIN = "Build a new version of the data set: its splits keep templates and passages on one side."


def _of_share(key: str, title: str, share: float, refused: str, said: str) -> Check:
    is_passed = share < TOO_MANY
    return Check(key, title, is_passed, said if is_passed else refused, is_warning=is_passed)


def check_base(candidate: Candidate) -> Check:
    title = "It was trained on top of what serves"
    problem = base_problem(candidate)
    if problem:
        return Check("base", title, False, problem)
    lost = disabled_by(candidate)
    note = f" Promoting it puts out of use until they are trained again: {', '.join(lost)}." if lost else ""
    return Check("base", title, True, f"Its base is the model in use.{note}", {"disables": lost})


def check_readers(candidate: Candidate) -> Check:
    """A model may give away what it was trained on, so whoever it serves must be cleared for all of that."""
    title = "Everybody it serves may read what it learnt from"
    labels = set(candidate.labels)
    without, people = 0, 0
    # Whoever is a member of a collection counts, even if nothing in it is theirs to read today: what arrives
    # tomorrow may be, and the model would serve them then.
    for person in User.objects.filter(is_active=True, memberships__isnull=False).distinct():
        people += 1
        without += not labels <= scope_for(person).labels
    if without:
        reason = (
            f"{without} of the {people} people it would serve may not read all of its training data "
            f"({candidate.marking or 'unmarked'}). Train on data that all of them may read."
        )
        return Check("readers", title, False, reason)
    return Check("readers", title, True, f"All {people} people it serves may read all of its training data.")


def check_runs(pairs: Sequence[Pair], target: Target) -> Check:
    title = "It was measured, and so was what serves now"
    missing = [pair.missing for pair in pairs if not pair.is_whole]
    if missing and any(pair.suite == target.suite and failed_target(pair, target) for pair in pairs):
        reason = f"It is not better in what it is for, so nothing else was measured: {'; '.join(missing)}."
        return Check("runs", title, False, reason)
    if missing:
        return Check("runs", title, False, f"Still to be measured: {'; '.join(missing)}.")
    return Check("runs", title, True, f"{len(pairs)} suites, each on this very model and on what serves now.")


def compare_pairs(pairs: Sequence[Pair]) -> dict[str, Comparison | str]:
    """The comparison of each whole pair, or the sentence why the two cannot be compared."""
    found: dict[str, Comparison | str] = {}
    for pair in pairs:
        if pair.serving is not None and pair.candidate is not None:
            try:
                found[pair.suite] = compare(pair.serving, pair.candidate)
            except UnusableData as error:
                found[pair.suite] = str(error)
    return found


def check_target(target: Target, comparisons: dict[str, Comparison | str]) -> Check:
    title = f"It is better in what it is for: {target.title}"
    found = comparisons.get(target.suite)
    if not isinstance(found, Comparison):
        return Check("target", title, False, found or "This has still to be measured.")
    overall = found.overall(target.metric)
    if overall is None:
        return Check("target", title, False, "No item was measured in both.")
    words = (
        f"What serves now {overall.a:.3f}, the candidate {overall.b:.3f} "
        f"({overall.mean:+.3f}, 95 % interval {overall.low:+.3f} to {overall.high:+.3f}, {overall.n} items)"
    )
    if target.is_own and overall.n < FEWEST_TO_PROVE:
        few = f"Fewer than {FEWEST_TO_PROVE} items prove nothing; make a version with a larger test split."
        return Check("target", title, False, f"{words}. {few}")
    if not found.is_better(target.metric):
        seen = f"So many items show a gain of about {least_gain(overall.n, _spread(overall)):.2f} or more."
        return Check("target", title, False, f"{words}: not better by more than noise. {seen}")
    if not target.is_own:
        words += ". This is a suite that came with the program: it says nothing of your own documents"
    return Check("target", title, True, f"{words}.")


def check_losses(suite: str, found: Comparison | str | None) -> Check:
    """No metric of one suite is worse beyond its margin, in all or in one language or other slice."""
    named = title_of_suite(suite)
    title = f"Nothing got worse in {named if suite.startswith(HELD_OUT) else named.lower()}"
    key = f"losses:{suite}"
    if not isinstance(found, Comparison):
        return Check(key, title, False, found or "This has still to be measured.")
    reasons = found.reasons_refused(margins_of(suite))
    if reasons:
        return Check(key, title, False, " ".join(reasons), {"reasons": reasons})
    return Check(
        key,
        title,
        True,
        f"Nothing is worse than its margin allows, in any slice. {_seen_in_words(found, target_of(suite))}",
    )


def _spread(each: Difference) -> float:
    """The standard deviation of what one item gains, from the width of the interval of its mean."""
    return (each.high - each.low) / (2 * 1.96) * math.sqrt(each.n)


def least_loss_seen(each: Difference, of: int) -> float:
    """The loss, as a share, that would have been told from noise in four of five cases.

    Corrected for `of` languages looked at. Where no item changed its spread is not known; a loss of whole
    items is taken, of which so many must be lost that the bootstrap draws none in fewer than one case of 40.
    """
    level = 0.05 / max(of, 1)
    whole = next(
        (lost / each.n for lost in range(1, each.n) if (1 - lost / each.n) ** each.n < level / 2), 1.0
    )
    quantiles = NormalDist().inv_cdf(1 - level / 2) + NormalDist().inv_cdf(0.8)
    spread = _spread(each)
    return min(1.0, quantiles * spread / math.sqrt(each.n)) if spread > 0.0 else whole


def _seen_in_words(found: Comparison, metric: str) -> str:
    """Per language how large a loss of the target metric would have been seen, as a sentence."""
    overall = found.overall(metric)
    if overall is None:
        return "Its target was not measured."
    by_language = [one for one in found.slices(metric) if one.dimension == "language"]
    told = [one for one in by_language if one.n >= FEWEST]
    few = [f"{language_name(one.value)} {one.n}" for one in by_language if one.n < FEWEST]
    parts = [f"over all {least_loss_seen(overall, 1):.2f} ({overall.n} items)"]
    parts += [
        f"{language_name(one.value)} {least_loss_seen(one, len(told)):.2f} ({one.n})"
        for one in sorted(told, key=lambda one: one.value)
    ]
    words = f"A loss would have been seen from: {', '.join(parts)}."
    if few:
        words += f" None would have been seen, with fewer than {FEWEST} items: {', '.join(few)}."
    full = [language_name(one.value) for one in told if one.a > _FULL]
    if full:
        words += f" Nothing is left to gain there in {', '.join(full)}."
    return words


def check_languages(
    candidate: Candidate, target: Target, comparisons: dict[str, Comparison | str]
) -> list[Check]:
    """A warning where the target was not measured in a language that the candidate claims; else nothing.

    No refusal: the suites are what the installation came with, and nobody here can add a language to them.
    """
    found = comparisons.get(target.suite)
    claimed = [str(code) for code in candidate.facts.get("languages", [])]
    if not isinstance(found, Comparison) or not claimed:
        return []
    measured = _measured(found)
    missing = [code for code in claimed if measured.get(code, 0) < FEWEST_OF_A_LANGUAGE]
    if not missing:
        return []
    names = ", ".join(f"{language_name(code)} {measured.get(code, 0)}" for code in missing[:LANGUAGES_NAMED])
    more = f" and {len(missing) - LANGUAGES_NAMED} more" if len(missing) > LANGUAGES_NAMED else ""
    reason = (
        f"Items of each in the suite it must be better in: {names}{more}. It claims to read them, and "
        "nothing here says how well. Try it on questions of your own in these languages before you say yes."
    )
    return [Check("languages", "Languages that no suite tells much about", True, reason, is_warning=True)]


def _measured(found: Comparison) -> dict[str, int]:
    """The most items of each language that one metric was measured on."""
    counts: dict[str, int] = {}
    for one in found.differences:
        if one.dimension == "language":
            counts[one.value] = max(one.n, counts.get(one.value, 0))
    return counts
