"""Runs and comparisons as pages show them: figures with drawn intervals, slices, trends, items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from donovan.access.models import User
from donovan.library.media import language_name
from retrieval.scope import AccessScope

from .attack_material import built_in_attacks
from .attacks import readable_attacks
from .catalogue import HELD_OUT, OWN, SUITES, metrics_of, target_of
from .comparison import FEWEST, Comparison, Difference
from .held_out import title_of
from .models import ItemScore, OwnQuestion, OwnSuite, SuiteRun

WIDTH: Final = 200
TREND_POINTS: Final = 12
LONGEST: Final = 400


def title_of_suite(name: str) -> str:
    """What people call a suite; the name itself where there is no such suite any more."""
    if name.startswith(OWN):
        own = OwnSuite.objects.filter(slug=name.removeprefix(OWN)).first()
        return own.title if own else name
    if name.startswith(HELD_OUT):
        return title_of(name)
    return SUITES[name].title if name in SUITES else name


def value_in_words(dimension: str, value: str) -> str:
    """The value of a slice as people say it: languages by name."""
    if dimension == "language":
        return language_name(value)
    if dimension == "pair":
        return " to ".join(language_name(code) for code in value.split("-", 1))
    return value


@dataclass(frozen=True)
class Bar:
    """An interval drawn on a line of WIDTH units: its ends, its middle and where 0 (or nothing) stands."""

    low: float
    high: float
    mean: float
    zero: float | None
    words: str

    @property
    def width(self) -> float:
        return max(round(self.high - self.low, 1), 1.0)


@dataclass(frozen=True)
class FigureRow:
    """One figure of a run. `slice` is empty for all items. `tells` is whether it rests on enough of them."""

    metric: str
    title: str
    explanation: str
    slice: str
    mean: float
    low: float
    high: float
    n: int
    bar: Bar
    tells: bool = True


def figure_rows(run: SuiteRun) -> list[FigureRow]:
    """The figures over all items, in the order of the suite's metrics."""
    return [_figure_row(run, name, "", run.figures[name]) for name in _in_order(run)]


def slice_rows(run: SuiteRun) -> list[tuple[str, list[FigureRow]]]:
    """(dimension, the figures of each of its values), metric by metric; not for one value alone."""
    found = []
    for dimension, values in run.slices.items():
        if len(values) < 2:
            continue
        rows = [
            _figure_row(run, name, value_in_words(dimension, value), figures[name])
            for name in _in_order(run)
            for value, figures in values.items()
            if name in figures
        ]
        found.append((dimension, rows))
    return found


def _in_order(run: SuiteRun) -> list[str]:
    known = [name for name in metrics_of(run.suite) if name in run.figures]
    return known + [name for name in run.figures if name not in known]


def _figure_row(run: SuiteRun, name: str, value: str, figure: Mapping[str, Any]) -> FigureRow:
    metric = metrics_of(run.suite).get(name)
    mean, low, high = (float(figure[key]) for key in ("mean", "low", "high"))
    words = f"{mean:.3f}, 95 % interval {low:.3f} to {high:.3f}"
    bar = Bar(round(low * WIDTH, 1), round(high * WIDTH, 1), round(mean * WIDTH, 1), None, words)
    title = metric.title if metric else name
    explanation = metric.explanation if metric else ""
    count = int(figure["n"])
    return FigureRow(name, title, explanation, value, mean, low, high, count, bar, tells=count >= FEWEST)


@dataclass(frozen=True)
class DifferenceRow:
    """One difference with its drawn interval, and what it comes to in a word."""

    difference: Difference
    title: str
    bar: Bar
    verdict: str
    of: str

    @property
    def is_told(self) -> bool:
        """Whether it says more than that no item of a slice changed."""
        return self.difference.is_overall or bool(self.difference.better or self.difference.worse)


def difference_rows(comparison: Comparison) -> list[DifferenceRow]:
    """All differences, metric by metric; the line reaches as far as the widest interval."""
    reach = max((max(abs(d.low), abs(d.high)) for d in comparison.differences), default=0.0) or 0.01
    metrics = metrics_of(comparison.suite)
    rows = []
    for each in comparison.differences:
        metric = metrics.get(each.metric)
        words = f"difference {each.mean:+.3f}, 95 % interval {each.low:+.3f} to {each.high:+.3f}"
        low, high, mean = (_place(end, reach) for end in (each.low, each.high, each.mean))
        bar = Bar(low, high, mean, WIDTH / 2, words)
        of = each.words
        if not each.is_overall:
            of = f"{each.dimension}: {value_in_words(each.dimension, each.value)}"
        title = metric.title if metric else each.metric
        rows.append(DifferenceRow(each, title, bar, _verdict(each), of))
    return rows


def _place(value: float, reach: float) -> float:
    return round(WIDTH / 2 + value / reach * (WIDTH / 2 - 4), 1)


def _verdict(each: Difference) -> str:
    if each.low > 0.0:
        return "better"
    return "worse" if each.high < 0.0 else "no clear difference"


@dataclass(frozen=True)
class Trend:
    """The last figures of a suite's target metric on what served, oldest first."""

    values: tuple[float, ...]

    @property
    def points(self) -> str:
        """The points of a line in a box of 100 by 24."""
        if len(self.values) < 2:
            return ""
        step = 100 / (len(self.values) - 1)
        return " ".join(f"{i * step:.1f},{22 - value * 20:.1f}" for i, value in enumerate(self.values))

    @property
    def words(self) -> str:
        return "last figures, oldest first: " + ", ".join(f"{value:.3f}" for value in self.values)


def trend_of(runs: Iterable[SuiteRun], suite: str) -> Trend:
    """The trend over finished runs (newest first) of one suite."""
    target = target_of(suite)
    values = [float(run.figures[target]["mean"]) for run in runs if target in run.figures]
    return Trend(tuple(reversed(values[:TREND_POINTS])))


@dataclass(frozen=True)
class ItemRow:
    """One item of a run as its reader may see it; `facts` are the words that belong to it."""

    item: str
    score: float
    metric: str
    slices: str
    question: str
    facts: tuple[tuple[str, str], ...]
    marking: str


class ItemWords:
    """The words of items: of fixed suites they stand in the score, the rest is read again and re-checked."""

    def __init__(self, user: User, scope: AccessScope, suite: str) -> None:
        self._questions: dict[str, str] = {}
        if suite == "red-team":
            self._questions = {attack.id: attack.title for attack in built_in_attacks()}
            self._questions |= {f"own:{attack.pk}": attack.title for attack in readable_attacks(user)}
        elif suite.startswith("own:"):
            self._questions = {
                f"own:{row.pk}": row.question
                for row in OwnQuestion.objects.filter(suite__slug=suite.removeprefix("own:"))
                if all(scope.may_read(label) for label in row.labels)
            }

    def of(self, score: ItemScore) -> ItemRow:
        """The row of one score."""
        detail = dict(score.detail)
        question = self._questions.get(score.item) or str(
            detail.pop("question", "") or detail.pop("statement", "") or detail.pop("text", "")
        )
        facts = tuple((key, _short(value)) for key, value in detail.items() if value not in ("", None))
        slices = ", ".join(value_in_words(name, str(value)) for name, value in score.slices.items() if value)
        return ItemRow(
            score.item, score.score, score.metric, slices, question[:LONGEST], facts, score.marking
        )


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def subjects_shown(runs: Sequence[SuiteRun]) -> list[str]:
    """The words of the subjects of some runs, each once."""
    return list(dict.fromkeys(str(run.subject.get("words", "")) for run in runs))
