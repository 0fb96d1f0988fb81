"""Trends in sentences: what was compared, how the last value stands, and how likely that is by chance."""

from collections.abc import Sequence

from donovan.insight.trends.baseline import LEAST, SHARE, Direction, Expectation
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.periods import Interval, in_words
from donovan.insight.trends.points import TrendPoint
from donovan.insight.trends.tally import ALL

_CERTAIN = 0.05


def number(value: float | None) -> str:
    """A value as people read it: whole numbers whole, others to four figures; a dash for none."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4
    told = f"{value:,.{decimals}f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def chance(probability: float | None) -> str:
    """A probability as how often such a thing happens."""
    if probability is None:
        return "never seen before"
    if probability < 1e-6:
        return "less than once in a million"
    if probability >= 0.2:
        return f"{probability:.0%} of the time".replace("%", " %")
    often = 1 / probability
    digits = 1 if often >= 10 else 0
    rounded = round(often, -digits) if often < 100 else round(often, 1 - len(str(int(often))))
    return f"about once in {rounded:,.0f}"


def now(
    group: str,
    points: Sequence[TrendPoint],
    interval: Interval,
    unit: str,
    over: Direction | None,
) -> str:
    """How the last finished period with a value compares with those before it."""
    head = "" if group == ALL else f"{group}: "
    known = [point for point in points if point.value is not None and not point.is_open]
    if not known:
        return f"{head}there is no finished {interval} with a value yet."
    last = known[-1]
    told = f"{number(last.value)}{f' {unit}' if unit else ''}"
    when = in_words(last.start, interval)
    sentence = f"{head}{when} shows {told}"
    if last.expected is None:
        sentence += f"; it takes {LEAST[interval]} earlier {interval}s to say what was to be expected."
    elif last.probability is None:
        sentence += f", after {number(last.expected)} every time before."
    else:
        side = "more" if (last.value or 0) > last.expected else "less"
        band = f"{number(last.low)} to {number(last.high)}"
        sentence += f", where {number(round(last.expected, 2))} was expected ({band}). "
        if last.probability < _CERTAIN:
            sentence += f"So much {side} comes by chance {chance(last.probability)}."
        else:
            sentence += f"That is within what chance alone does (so far off: {chance(last.probability)})."
    return sentence + _over(over, interval, unit)


def _over(over: Direction | None, interval: Interval, unit: str) -> str:
    if over is None or over.probability >= _CERTAIN or over.slope == 0:
        return ""
    verb = "rises" if over.slope > 0 else "falls"
    size = f"{number(abs(over.slope))}{f' {unit}' if unit else ''}"
    return (
        f" Over the whole time it {verb} by about {size} a {interval} (by chance {chance(over.probability)})."
    )


def baseline(measure: Measure, interval: Interval, expectations: Sequence[Expectation]) -> str:
    """What each point was compared with, and why so."""
    if not expectations:
        return (
            f"No point is judged yet: it takes {LEAST[interval]} earlier {interval}s to say what was "
            "to be expected."
        )
    most = max(expectation.past for expectation in expectations)
    told = f"Each {interval} is compared with the up to {most} {interval}s before it. "
    if measure.is_count:
        told += (
            "Counts: the mean, with the spread of a negative binomial distribution as wide as the past "
            "really scattered (Farrington 1996), because counts scatter more the larger they are."
        )
    else:
        told += (
            "Measured values: the median, with the median absolute deviation as their spread and the tails "
            "of Student's distribution, so that single odd values do not hide others."
        )
    if any(expectation.is_by_weekday for expectation in expectations):
        told += " The weekdays of the past differ, so days are compared with the same weekday."
    return (
        f"{told} The band holds {SHARE * 100:.0f} % of such values; marked are those that come by chance "
        "less than once in a hundred times."
    )
