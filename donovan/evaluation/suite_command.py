"""`manage.py evaluate suite` and `manage.py evaluate compare`: what they take, and what they print."""

import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.access.models import User
from retrieval.model_folders import ModelTampered

from .catalogue import SUITES, metrics_of
from .comparison import Comparison, compare
from .errors import UnusableData
from .models import SuiteRun
from .run_access import readable_run
from .runs import run_suite
from .subjects import CURRENT, subject_of


def add_arguments(parser: CommandParser) -> None:
    """The arguments of `evaluate suite`."""
    parser.add_argument("name", help=f"{', '.join(SUITES)}, or own:NAME")
    parser.add_argument(
        "--model",
        action="append",
        metavar="M",
        help="current (the default), base, or a role and a name like embedder/nine; may be given again",
    )
    parser.add_argument("--prompt", action="append", default=[], help="a prompt version like ask.v1")
    parser.add_argument("--size", choices=("quick", "full"), default="quick")
    parser.add_argument("--data", type=Path, help="folder of larger sets (default: DONOVAN_EVAL_DATA)")
    parser.add_argument("--limit", type=_count, help="at most so many items of each set")
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="who runs it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_compare_arguments(parser: CommandParser) -> None:
    """The arguments of `evaluate compare`."""
    parser.add_argument("run_a", help="the id of the run that the other one is compared with")
    parser.add_argument("run_b", help="the id of the other run, as a rule that of a candidate")
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="who looks at it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Measure a suite, keep the run and print it. Raises CommandError with a sentence."""
    data = options["data"]
    if data is not None and not data.is_dir():
        raise CommandError(f"There is no folder {data}.")

    def tell(done: int, total: int, words: str) -> None:
        if total in (0, done):
            command.stderr.write(f"{done} of {total} {words}" if total else words)

    try:
        kept = run_suite(
            options["name"],
            subject_of(options["model"] or [CURRENT], options["prompt"]),
            user=person_named(options["person"]),
            size=options["size"],
            limit=options["limit"],
            data=data,
            tell=tell,
        )
    except (UnusableData, ModelTampered) as error:
        raise CommandError(error.sentence) from error
    if kept.state != SuiteRun.State.DONE:
        raise CommandError(kept.notice or "The run was not finished.")
    told = json.dumps(run_as_json(kept), ensure_ascii=False) if options["json"] else run_as_text(kept)
    command.stdout.write(told)


def compare_runs(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print two runs side by side. Raises CommandError with a sentence."""
    person = person_named(options["person"])
    try:
        runs = [readable_run(person, uuid.UUID(options[name])) for name in ("run_a", "run_b")]
        comparison = compare(*runs)
    except (ValueError, ValidationError, SuiteRun.DoesNotExist):
        raise CommandError("There is no such run that you may read.") from None
    except UnusableData as error:
        raise CommandError(error.sentence) from error
    told = comparison.as_json()
    command.stdout.write(
        json.dumps(told, ensure_ascii=False) if options["json"] else comparison_as_text(comparison)
    )


HANDLERS: Final[Mapping[str, Callable[[BaseCommand, Mapping[str, Any]], None]]] = {
    "suite": run,
    "compare": compare_runs,
}


def person_named(username: str) -> User:
    """The active person of that name. Raises CommandError."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active person named {username[:80]}.")
    return person


def run_as_json(kept: SuiteRun) -> dict[str, Any]:
    """A finished run for a program."""
    return {
        "run": str(kept.pk),
        "suite": kept.suite,
        "size": kept.size,
        "subject": kept.subject,
        "figures": kept.figures,
        "slices": kept.slices,
        "unmeasured": kept.unmeasured,
        "material": kept.material,
        "marking": kept.marking,
        "seconds": kept.seconds,
    }


def run_as_text(kept: SuiteRun) -> str:
    """A finished run as a table: overall, then slice by slice, each with its 95 % interval."""
    metrics = metrics_of(kept.suite)
    lines = [f"{kept.suite} ({kept.size}) on {kept.subject['words']}: {kept.seconds:.0f} s, run {kept.pk}"]
    for name, figure in kept.figures.items():
        lines.append(_line(metrics[name].title if name in metrics else name, figure))
        for dimension, values in kept.slices.items():
            lines += [
                _line(f"  {dimension} {value}", figures[name])
                for value, figures in values.items()
                if name in figures
            ]
    return "\n".join([*lines, *kept.unmeasured])


def _line(title: str, figure: Mapping[str, Any]) -> str:
    return (
        f"{title:38} {figure['mean']:.3f}  ({figure['low']:.3f} to {figure['high']:.3f}, {figure['n']} items)"
    )


def comparison_as_text(comparison: Comparison) -> str:
    """Two runs as a table of differences, and what they mean."""
    lines = []
    metrics = metrics_of(comparison.suite)
    for metric in comparison.metrics:
        title = metrics[metric].title if metric in metrics else metric
        for each in comparison.differences:
            if each.metric == metric:
                name = title if each.is_overall else f"  {each.words}"
                lines.append(
                    f"{name:38} {each.a:.3f} -> {each.b:.3f}  {each.mean:+.3f} "
                    f"({each.low:+.3f} to {each.high:+.3f})  "
                    f"{each.better} better, {each.worse} worse of {each.n}"
                )
        if comparison.is_better(metric):
            lines.append(f"  {title} is better by more than noise.")
    margins = {name: metric.margin for name, metric in metrics.items()}
    return "\n".join([*lines, *comparison.reasons_refused(margins)])


def _count(text: str) -> int:
    """A whole number from 1. Raises ValueError, which the parser turns into its own sentence."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
