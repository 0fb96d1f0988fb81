"""Who labels without care: a sequential test for each person, label by label. Pure functions.

What somebody answers is compared with what others, weighed by their skill, or the known answer say of the
same item. Each explanation gives every answer a probability:

- honest: right at least as often as the middle of the others, with some allowance;
- careless: right far less often; or honest in what they read and guessing in what they do not, which is
  answered rapidly (rapid guessing, Wise and DeMars 2006);
- spammer: answers that do not depend on the item (Raykar and Yu 2012), whether spread over all answers, by
  habit or by the order in which they come, which is learned from them label by label (Krichevsky and Trofimov
  1981).

Where only two people label there is nobody else: `noticing_two` holds three explanations of both against each
other, and names nobody whom neither the order of the answers, nor times, nor known answers tell.

The evidence is the likelihood of the answers mixed over the explanations without care (Robbins 1970), divided
by that of the best honest one (Wasserman, Ramdas and Balakrishnan 2020). By Ville's inequality (1939) it ever
passes `ODDS` with a probability of at most 1 / ODDS for anyone who is honest as above, however often one
looks. This holds as far as the others and the known answers are right. As careless or as spammer a person is
named when one of the two is likelier than the other by `KIND_ODDS` as well (several hypotheses, Baum and
Veeravalli 1994), and after `KIND_AFTER` labels in any case.

Times divide the answers into rapid ones and others, and so tell where to look for guesses; being quick does
not count by that. More rapid answers than others have, against the usual time or one's own, raise the odds
that these are guesses at most `MOST_FROM_TIMES` times: so much at most may the bound be missed by for
somebody honest whose times are odd.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Literal

from donovan.feedback.projects.aggregation import UNKNOWN_SKILL, chances
from donovan.feedback.projects.noticing_two import HONEST, Label, Odds, as_guessed, evidence_of_two

ODDS = 100.0
LEAST_LABELS = 12
KIND_ODDS = 5.0
KIND_AFTER = 25

ALLOWANCE = 0.08
GAP = 0.3
"""A careless person is right less often than the least honest one by this: what fifty labels show. A smaller
gap takes far more, and would name who is honest and weak."""

MOST_SKILL = 0.97
BEST_SKILL = 0.99
LEAST_ABOVE_CHANCE = 0.1

RAPID = (1 / 3, 1 / 2)
"""An answer in less than this share of the time in which somebody reads counts as rapid."""

RAPID_SHARES = (0.2, 0.4, 0.6, 0.8)
LEAST_RAPID, MOST_RAPID = 0.05, 0.9
MOST_FROM_TIMES = 10.0
MOSTLY_RAPID, ODDS_OF_MOSTLY_RAPID = 0.5, 1_000.0


@dataclass(frozen=True)
class Vote:
    """One label: `answer` is what was chosen, `seconds` the time taken, where it is known."""

    item: str
    person: str
    answer: str
    seconds: float | None = None


@dataclass(frozen=True)
class Notice:
    """What was noticed of one person. `named` is empty where there is nothing to say.

    `evidence` is the log likelihood ratio against an honest labeller (natural logarithm), `labels` how many
    were compared, `agreement` the share of them in which they said what was likeliest, `fast_share` the share
    that took less than a third of the usual time.
    """

    named: Literal["", "careless", "spammer"]
    why: str
    evidence: float
    labels: int
    agreement: float
    fast_share: float


@dataclass(frozen=True)
class Compared:
    """An answer, how likely it is right by everybody else, and the time it took."""

    answer: str
    chance: float
    seconds: float | None


@dataclass(frozen=True)
class Pace:
    """How one person takes their time. `reading` is their upper quartile in seconds, so that of what they
    read where they read a quarter; `fast_share` is of the usual time, `rapid_share` of their own. The two
    logarithms say how much more often they are rapid by each than others are.
    """

    reading: float
    fast_share: float
    rapid_share: float
    from_usual: float
    from_own: float


def notice_all(
    votes: Sequence[Vote],
    known: Mapping[str, str],
    skills: Mapping[str, float],
    *,
    options: int,
    uses_speed: bool = True,
    ignored: Mapping[str, int] | None = None,
) -> dict[str, Notice]:
    """What is noticed of each person. `votes` are in the order in which they were given; `known` are right
    answers by item; the first `ignored[person]` labels of a person are left out.
    """
    by_item: dict[str, list[Vote]] = defaultdict(list)
    by_person: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_item[vote.item].append(vote)
        by_person[vote.person].append(vote)
    kept = {person: theirs[(ignored or {}).get(person, 0) :] for person, theirs in by_person.items()}
    paces = _paces(kept) if uses_speed else {}
    at_work = {person: theirs for person, theirs in kept.items() if len(theirs) >= LEAST_LABELS}
    found = {}
    if len(at_work) == 2:
        # Whoever has just joined can be held against these two, but cannot yet tell which of them is wrong.
        found = _notice_two(at_work, known, paces, options)
        kept = {person: theirs for person, theirs in kept.items() if person not in at_work}
    for person, theirs in kept.items():
        others = [skill for name, skill in skills.items() if name != person]
        expected = [(vote, _expected(vote, by_item[vote.item], known, skills, options)) for vote in theirs]
        compared = [
            Compared(vote.answer, chance, vote.seconds) for vote, chance in expected if chance is not None
        ]
        middle = median(others) if others else UNKNOWN_SKILL
        found[person] = _judge(compared, middle, paces.get(person), options)
    return found


def _expected(
    vote: Vote,
    votes: Sequence[Vote],
    known: Mapping[str, str],
    skills: Mapping[str, float],
    options: int,
) -> float | None:
    """How likely the answer of `vote` is right, by everybody else; None where nobody else has answered."""
    if vote.item in known:
        return 1.0 if known[vote.item] == vote.answer else 0.0
    others = [(other.person, other.answer) for other in votes if other.person != vote.person]
    if not others:
        return None
    given = chances(others, skills, options=options)
    if vote.answer in given:
        return given[vote.answer]
    return max(0.0, 1.0 - sum(given.values())) / max(options - len(given), 1)


def _paces(kept: Mapping[str, Sequence[Vote]]) -> dict[str, Pace]:
    """The pace of each person with enough times."""
    given = {who: [vote.seconds for vote in votes if vote.seconds is not None] for who, votes in kept.items()}
    timed = {who: seconds for who, seconds in given.items() if len(seconds) >= LEAST_LABELS}
    if not timed:
        return {}
    usual = median(median(seconds) for seconds in timed.values())
    reading = {who: quantiles(seconds, n=4, method="inclusive")[2] for who, seconds in timed.items()}
    fast = {who: _share_below(seconds, RAPID[0] * usual) for who, seconds in timed.items()}
    rapid = {who: _share_below(seconds, RAPID[0] * reading[who]) for who, seconds in timed.items()}
    return {
        who: Pace(
            reading[who],
            fast[who],
            rapid[who],
            _more_rapid(who, fast, len(seconds)),
            _more_rapid(who, rapid, len(seconds)),
        )
        for who, seconds in timed.items()
    }


def _share_below(seconds: Sequence[float], limit: float) -> float:
    return sum(one < limit for one in seconds) / len(seconds)


def _more_rapid(person: str, shares: Mapping[str, float], count: int) -> float:
    """The log likelihood ratio of so many rapid answers in `count` against the usual share of the others, at
    least 0 and at most the logarithm of MOST_FROM_TIMES.
    """
    others = [share for who, share in shares.items() if who != person]
    if not others:
        return 0.0
    usual = min(max(median(others), LEAST_RAPID), MOST_RAPID)
    rapid = shares[person] * count

    def likelihood(share: float) -> float:
        return rapid * math.log(share) + (count - rapid) * math.log(1 - share)

    ratio = _mean([likelihood(share) for share in RAPID_SHARES]) - likelihood(usual)
    return min(max(ratio, 0.0), math.log(MOST_FROM_TIMES))


def _judge(compared: Sequence[Compared], middle: float, pace: Pace | None, options: int) -> Notice:
    count = len(compared)
    agreement = sum(one.chance for one in compared) / count if count else 0.0
    fast_share = pace.fast_share if pace is not None else 0.0
    by_chance = 1.0 / options
    honest = min(max(middle, by_chance + 2 * LEAST_ABOVE_CHANCE), MOST_SKILL)
    least = max(honest - ALLOWANCE, by_chance + LEAST_ABOVE_CHANCE)
    steps = [least + (BEST_SKILL - least) * step / 7 for step in range(8)]
    as_honest = max(_as_skilled(compared, skill, options) for skill in steps)

    explanations = [_as_skilled(compared, max(least - GAP, by_chance), options)]
    spammer = _as_guessed(compared, options)
    if pace is not None:
        odds = max(pace.from_usual, pace.from_own)
        explanations += [_as_unread(compared, honest, cut * pace.reading, options) + odds for cut in RAPID]
        spammer += pace.from_usual
    weight = math.log(len(explanations) + 1)
    careless = _sum(explanations) - weight
    evidence = _sum([careless, spammer - weight]) - as_honest
    is_kind_clear = abs(spammer - weight - careless) >= math.log(KIND_ODDS) or count >= KIND_AFTER
    named: Literal["", "careless", "spammer"] = ""
    if count >= LEAST_LABELS and evidence >= math.log(ODDS) and is_kind_clear:
        named = "spammer" if spammer - weight > careless else "careless"
    notice = Notice(named, "", round(evidence, 3), count, round(agreement, 4), round(fast_share, 4))
    return replace(notice, why=_why(notice, honest, pace, compared)) if named else notice


def _notice_two(
    kept: Mapping[str, Sequence[Vote]], known: Mapping[str, str], paces: Mapping[str, Pace], options: int
) -> dict[str, Notice]:
    """What is noticed of each of two people: see `noticing_two`."""
    said = {who: {vote.item: vote.answer for vote in votes} for who, votes in kept.items()}
    one, two = kept
    pairs = [(one, two), (two, one)]
    labels: list[list[Label]] = []
    for who, other in pairs:
        limit = RAPID[1] * paces[who].reading if who in paces else 0.0
        labels.append(
            [
                Label(
                    vote.answer,
                    said[other].get(vote.item, ""),
                    known.get(vote.item, ""),
                    vote.seconds is not None and vote.seconds < limit,
                )
                for vote in kept[who]
            ]
        )
    odds = [_odds_of_two(kept[who], kept[other], paces.get(who)) for who, other in pairs]
    evidence = evidence_of_two(labels[0], labels[1], odds, options=options)
    return {
        who: _of_two(theirs, told, paces.get(who), options)
        for (who, _other), theirs, told in zip(pairs, labels, evidence, strict=True)
    }


def _odds_of_two(theirs: Sequence[Vote], others: Sequence[Vote], pace: Pace | None) -> Odds:
    """What the times of one of two people say for guessing. Where most answers took less than a third of what
    the other one takes this decides between the two, which it can only where they do not agree.
    """
    if pace is None:
        return Odds()
    usual = [vote.seconds for vote in others if vote.seconds is not None]
    given = [vote.seconds for vote in theirs if vote.seconds is not None]
    if usual and _share_below(given, RAPID[0] * median(usual)) >= MOSTLY_RAPID:
        return Odds(math.log(ODDS_OF_MOSTLY_RAPID), pace.from_own)
    return Odds(pace.from_usual, pace.from_own)


def _of_two(theirs: Sequence[Label], evidence: float, pace: Pace | None, options: int) -> Notice:
    told = [label for label in theirs if label.other or label.known]
    same = sum(label.answer == (label.known or label.other) for label in told)
    agreement = same / len(told) if told else 0.0
    fast_share = pace.fast_share if pace is not None else 0.0
    is_named = len(theirs) >= LEAST_LABELS and evidence >= math.log(ODDS)
    # Who guesses all gets about the share that chance gives.
    guesses_all = agreement < 1 / options + LEAST_ABOVE_CHANCE
    named: Literal["", "careless", "spammer"] = ""
    if is_named:
        named = "spammer" if guesses_all else "careless"
    notice = Notice(named, "", round(evidence, 3), len(told), round(agreement, 4), round(fast_share, 4))
    compared = [Compared(label.answer, 0.0, None) for label in theirs]
    return replace(notice, why=_why(notice, HONEST, pace, compared)) if named else notice


def _as_skilled(compared: Sequence[Compared], skill: float, options: int) -> float:
    """The log likelihood of answers given by somebody of `skill`, each wrong answer being as likely."""
    wrong = (1.0 - skill) / (options - 1)
    return sum(math.log(one.chance * skill + (1.0 - one.chance) * wrong) for one in compared)


def _as_guessed(compared: Sequence[Compared], options: int) -> float:
    """That of answers that do not depend on the item."""
    return as_guessed([one.answer for one in compared], options)


def _as_unread(compared: Sequence[Compared], skill: float, limit: float, options: int) -> float:
    """That of answers that are guesses where they took less than `limit` seconds, else given by `skill`."""
    rapid = [one for one in compared if one.seconds is not None and one.seconds < limit]
    read = [one for one in compared if one.seconds is None or one.seconds >= limit]
    return _as_guessed(rapid, options) + _as_skilled(read, skill, options)


def _sum(logarithms: Sequence[float]) -> float:
    """The logarithm of the sum of what these are the logarithms of."""
    most = max(logarithms)
    return most + math.log(sum(math.exp(one - most) for one in logarithms))


def _mean(logarithms: Sequence[float]) -> float:
    return _sum(logarithms) - math.log(len(logarithms))


def _why(notice: Notice, honest: float, pace: Pace | None, compared: Sequence[Compared]) -> str:
    said = (
        f"Of {notice.labels} labels that could be compared, {notice.agreement:.0%} say what others or known "
        f"answers say; about {honest:.0%} would be usual."
    )
    if pace is not None and pace.from_usual > 0 and pace.fast_share >= pace.rapid_share:
        said += f" {pace.fast_share:.0%} were given in less than a third of the time others take."
    elif pace is not None and pace.from_own > 0:
        said += f" {pace.rapid_share:.0%} were given in less than a third of their own time for the others."
    times = max(Counter(one.answer for one in compared).values())
    if notice.named == "spammer" and times > 0.7 * notice.labels:
        said += f" {times / notice.labels:.0%} of the answers are the same one."
    return said
