"""`manage.py evaluate suite`, `compare` and `resume`: what they take, and what they print."""

import json
import time
import uuid
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from donovan.access.models import User
from donovan.ui.templatetags.donovan_ui import duration
from ingest.work.leases import CANCELLED
from retrieval.model_folders import ModelTampered

from . import kept_items
from .catalogue import OWN, SUITES, metrics_of
from .comparison import FEWEST, Comparison, compare
from .errors import SuiteInterrupted, UnusableData
from .expected import expected_of
from .measuring import FULL, QUICK, OnProgress
from .models import SuiteRun
from .performing import DATA_VARIABLE
from .run_access import readable_run
from .runs import check_may_run, check_subject, check_suite, go_on_now, may_go_on, run_suite
from .sets import SETS
from .subjects import CURRENT, subject_of

NO_TABLES: Final = (
    "This installation has no database yet. Start it once with make run, or make its tables with "
    "manage.py migrate."
)
_TELL_SECONDS: Final = 10.0


def add_arguments(parser: CommandParser) -> None:
    """The arguments of `evaluate suite`."""
    parser.add_argument(
        "name", help=f"{', '.join(SUITES)}, or own:NAME; triage models are measured by their gate: promote"
    )
    parser.add_argument(
        "--model",
        action="append",
        metavar="M",
        help="current (the default), base, or a role and a name like embedder/nine; may be given again",
    )
    parser.add_argument("--prompt", action="append", default=[], help="a prompt version like ask.v1")
    parser.add_argument(
        "--size",
        choices=(QUICK, FULL),
        help="default: quick; of own questions full, over all that may be read",
    )
    parser.add_argument("--data", type=Path, help=f"folder of larger sets (default: {DATA_VARIABLE})")
    parser.add_argument("--limit", type=count, help="at most so many items of each set")
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="who runs it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_compare_arguments(parser: CommandParser) -> None:
    """The arguments of `evaluate compare`."""
    parser.add_argument("run_a", help="the id of the run that the other one is compared with")
    parser.add_argument("run_b", help="the id of the other run, as a rule that of a candidate")
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="who looks at it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_resume_arguments(parser: CommandParser) -> None:
    """The arguments of `evaluate resume`."""
    parser.add_argument(
        "run", help="the id of a run that was stopped, that failed or whose worker was killed"
    )
    parser.add_argument("--data", type=Path, help="folder of larger sets (default: that of before)")
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="who goes on with it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Measure a suite, keep the run and print it. Raises CommandError with a sentence."""
    name, limit = options["name"], options["limit"]
    size = options["size"] or (FULL if name.startswith(OWN) else QUICK)
    with _sentences():
        person = person_named(options["person"])
        subject = subject_of(options["model"] or [CURRENT], options["prompt"])
        check_may_run(person, name)
        check_suite(name, size)
        check_subject(name, subject)
        data = _checked(options["data"])
        before = expected_of(person, name, size, subject, limit=limit)
        command.stderr.write(f"{name} ({size}): {before.words}")
        kept = run_suite(
            name, subject, user=person, size=size, limit=limit, data=data, on_progress=_teller(command)
        )
    _print_run(command, kept, as_json=options["json"])


def resume(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Go on with a run and print it. Raises CommandError with a sentence."""
    with _sentences():
        person = person_named(options["person"])
        found = _readable(person, options["run"])
        if may_go_on(person, found):
            done = kept_items.count(found.pk)
            command.stderr.write(f"{found.suite} ({found.size}): {done} items are measured already")
        go_on_now(found, user=person, data=_checked(options["data"]), on_progress=_teller(command))
        # It may have been begun by somebody who may read more.
        kept = _readable(person, str(found.pk))
    _print_run(command, kept, as_json=options["json"])


@contextmanager
def _sentences() -> Iterator[None]:
    """Whatever goes wrong is said in one sentence."""
    if "access_user" not in connection.introspection.table_names():
        raise CommandError(NO_TABLES)
    try:
        yield
    except (UnusableData, ModelTampered) as error:
        raise CommandError(error.sentence) from error
    except SuiteInterrupted as error:
        on = f"To go on with it: manage.py evaluate resume {error.run_id} --as USER"
        raise CommandError(f"{CANCELLED} {on}", returncode=130) from None
    except KeyboardInterrupt:
        raise CommandError(CANCELLED, returncode=130) from None


def _checked(data: Path | None) -> Path | None:
    """The folder that was named, if one of the sets is in it. Raises UnusableData."""
    if data is None:
        return None
    if not data.is_dir():
        raise UnusableData(f"There is no folder {data}.")
    if not any((data / name).is_dir() for name in SETS):
        raise UnusableData(f"{data} holds none of the folders {', '.join(SETS)}.")
    return data


def _teller(command: BaseCommand) -> OnProgress:
    """Tells where each part begins and ends, and every ten seconds how long the part will still take."""
    part, began, told_at = "", 0.0, 0.0

    def on_progress(done: int, total: int, words: str) -> None:
        nonlocal part, began, told_at
        now = time.monotonic()
        if words != part:
            part, began, told_at = words, now, now
        if total in (0, done):
            command.stderr.write(f"{done} of {total} {words}" if total else words)
        elif now - told_at > _TELL_SECONDS:
            told_at = now
            left = (now - began) / max(done, 1) * (total - done)
            command.stderr.write(f"{done} of {total} {words}, about {duration(left)} left for this part")

    return on_progress


def _print_run(command: BaseCommand, kept: SuiteRun, *, as_json: bool) -> None:
    if kept.state != SuiteRun.State.DONE:
        raise CommandError(kept.notice or "The run was not finished.")
    told = json.dumps(run_as_json(kept), ensure_ascii=False) if as_json else run_as_text(kept)
    command.stdout.write(told)


def compare_runs(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print two runs side by side. Raises CommandError with a sentence."""
    with _sentences():
        person = person_named(options["person"])
        comparison = compare(*[_readable(person, options[name]) for name in ("run_a", "run_b")])
    told = comparison.as_json()
    command.stdout.write(
        json.dumps(told, ensure_ascii=False) if options["json"] else comparison_as_text(comparison)
    )


def _readable(person: User, run_id: str) -> SuiteRun:
    try:
        return readable_run(person, uuid.UUID(run_id))
    except (ValueError, ValidationError, SuiteRun.DoesNotExist):
        raise UnusableData(f"There is no run “{run_id[:60]}” that you may read.") from None


HANDLERS: Final[Mapping[str, Callable[[BaseCommand, Mapping[str, Any]], None]]] = {
    "suite": run,
    "compare": compare_runs,
    "resume": resume,
}


def person_named(username: str) -> User:
    """The active person of that name. Raises UnusableData."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise UnusableData(f"There is no active person named “{username[:80]}”.")
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
    few = ", too few to tell" if figure["n"] < FEWEST else ""
    return (
        f"{title:38} {figure['mean']:.3f}  ({figure['low']:.3f} to {figure['high']:.3f}, "
        f"{figure['n']} item{'' if figure['n'] == 1 else 's'}{few})"
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


def count(text: str) -> int:
    """A whole number from 1. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"“{text[:40]}” is no whole number from 1 on.")
    return int(text)
