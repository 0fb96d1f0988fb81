"""How often each labeller is right, from who agreed with whom: crowd-kit, in a process of its own.

The model is Dawid and Skene's (1979) with one number a person, fitted by expectation maximisation
(crowdkit.aggregation.OneCoinDawidSkene). Known answers take part as a labeller who is never wrong. What the
fit says of somebody with few labels is drawn towards `UNKNOWN_SKILL`, because two lucky agreements prove
nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from donovan.feedback.projects.aggregation import UNKNOWN_SKILL
from donovan.feedback.projects.errors import ProjectError
from donovan.insight.first_use import OnFirstUse
from ingest.work.errors import Refused
from ingest.work.subprocesses import run_subprocess, serve

pandas = OnFirstUse("pandas")
aggregation = OnFirstUse("crowdkit.aggregation")

ITERATIONS = 15
PRIOR_LABELS = 10
"""So many labels of a person of unknown skill are added to each person's own."""

LEAST_OVERLAPPING = 5
_KNOWN = "\x00known"
_VOICES_OF_THE_KNOWN = 3
_SECONDS, _MEGABYTES = 120.0, 1_500


def skills_apart(votes: Sequence[tuple[str, str, str]], known: Mapping[str, str]) -> dict[str, float]:
    """`skills` in a process of its own, so that pandas stays out of this one. Raises ProjectError."""
    try:
        return dict(
            run_subprocess(
                "donovan.feedback.projects.crowd",
                {"votes": list(votes), "known": dict(known)},
                seconds=_SECONDS,
                megabytes=_MEGABYTES,
            )["skills"]
        )
    except Refused as error:
        raise ProjectError(error.sentence) from error


def skills(votes: Sequence[tuple[str, str, str]], known: Mapping[str, str]) -> dict[str, float]:
    """The share of right answers (0 to 1) of each person, from (item, person, answer) and the known answers
    by item. Somebody with nothing to be compared with has the skill of somebody unknown.
    """
    per_item = Counter(item for item, _, _ in votes)
    compared = [vote for vote in votes if per_item[vote[0]] > 1 or vote[0] in known]
    counted = Counter(person for _, person, _ in compared)
    fitted: Mapping[str, float] = {}
    if len(compared) >= LEAST_OVERLAPPING and len({answer for _, _, answer in compared}) > 1:
        sure = [
            (item, f"{_KNOWN}{voice}", answer)
            for item, answer in known.items()
            if item in per_item
            for voice in range(_VOICES_OF_THE_KNOWN)
        ]
        frame = pandas.DataFrame([*compared, *sure], columns=["task", "worker", "label"])
        model = aggregation.OneCoinDawidSkene(n_iter=ITERATIONS, tol=1e-4).fit(frame)
        fitted = model.skills_.to_dict()
    people = dict.fromkeys(person for _, person, _ in votes)
    return {
        person: (fitted.get(person, UNKNOWN_SKILL) * counted[person] + UNKNOWN_SKILL * PRIOR_LABELS)
        / (counted[person] + PRIOR_LABELS)
        for person in people
    }


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    votes = [(str(item), str(person), str(answer)) for item, person, answer in request["votes"]]
    return {"skills": skills(votes, request["known"])}


if __name__ == "__main__":
    serve(_answer)
