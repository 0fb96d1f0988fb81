"""Build, import and export data sets from the command line, with the rights of one person.

Exit status: 0 when it was done; 1 when it could not be done; 2 when the arguments cannot be right.
"""

import json
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets.errors import BadInput, DatasetError, DatasetNotFound, DatasetTampered
from donovan.feedback.datasets.exporting import export_version
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.reading import is_text
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.reading import find_version
from donovan.feedback.datasets.recipes import pairs, read_recipe
from donovan.feedback.datasets.services import build_version
from donovan.feedback.datasets.splitting import read_shares
from donovan.feedback.datasets.uploads import unpacked
from donovan.feedback.shapes import TASKS
from donovan.library.callers import Caller
from donovan.library.console import caller_named, check_collection, check_marking, wrong

_WHOLE = re.compile("-?[0-9]{1,9}")
_PATHS = ("path", "out")


class Command(BaseCommand):
    help = "Build a data set from labels, import one from a file, or export one; versions never change."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, metavar="build|import|export")
        build = parts.add_parser("build", help="a new version from labels")
        build.add_argument("name", metavar="NAME")
        build.add_argument("--task", required=True, metavar="TASK", help=f"one of {', '.join(TASKS)}")
        build.add_argument(
            "--project", action="append", default=[], metavar="ID", help="only this label project; repeatable"
        )
        build.add_argument(
            "--recipe",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="such as since=2026-01-01, decided=adjudicated, agreement=0.7, readable=all; repeatable",
        )
        _add_common(build)
        imported = parts.add_parser("import", help="a new version from a file, a folder or a .zip")
        imported.add_argument("path", metavar="PATH")
        imported.add_argument("--format", required=True, metavar="F", help=f"one of {', '.join(FORMATS)}")
        imported.add_argument("--name", required=True)
        imported.add_argument("--collection", required=True, metavar="SLUG")
        imported.add_argument("--marking", required=True, help="such as SECRET//NOFORN")
        imported.add_argument("--task", default="", metavar="TASK", help="where the form leaves a choice")
        imported.add_argument(
            "--split",
            default="",
            metavar="SHARES",
            help="0.8/0.1/0.1 or a split; default: the file's own",
        )
        imported.add_argument("--limit", type=_whole, metavar="N", help="at most N rows for training")
        imported.add_argument("--seed", type=_whole, default=0, metavar="S", help="what is drawn by chance")
        imported.add_argument("--language", default="", metavar="CODE", help="of rows that name none")
        imported.add_argument("--source", default="", metavar="WORD", help="of rows that name none")
        imported.add_argument(
            "--allow-leaks", action="store_true", help="take the file's splits although they leak"
        )
        _add_common(imported)
        exported = parts.add_parser("export", help="write a version to a folder or a .zip")
        exported.add_argument("name", metavar="NAME[@N]")
        exported.add_argument("--format", required=True, metavar="F", help=f"one of {', '.join(FORMATS)}")
        exported.add_argument("--out", required=True, metavar="PATH", help="a new folder, or a new .zip")
        exported.add_argument("--slice", default="", metavar="QUERY", help="only these rows: language=ru")
        _add_common(exported)

    def handle(self, *_: Any, **options: Any) -> None:
        _check_texts(options)
        caller = caller_named(options["username"])
        try:
            done = _PARTS[options["part"]](caller, options)
        except (BadInput, DatasetTampered) as error:
            raise CommandError(error.sentence) from error
        except DatasetError as error:
            raise wrong(error.sentence) from error
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        if options["json"]:
            self.stdout.write(json.dumps(done, ensure_ascii=False))
            return
        self.stdout.write(done["marking"])
        counts = ", ".join(f"{count:,} {split}" for split, count in done["counts"].items())
        self.stdout.write(f"{done['dataset']}@{done['version']}, {done['task']}: {counts}")
        for sentence in done["notices"]:
            self.stdout.write(sentence)


def _add_common(parser: CommandParser) -> None:
    parser.add_argument("--as", dest="username", required=True, metavar="USER", help="act as this person")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _whole(text: str) -> int:
    """A whole number of at most nine digits. Raises ArgumentTypeError."""
    if not _WHOLE.fullmatch(text):
        raise ArgumentTypeError(f"“{text[:40]}” is no whole number.")
    return int(text)


def _check_texts(options: dict[str, Any]) -> None:
    """Raises CommandError for what is not text in the encoding of the console; only paths may be that."""
    for name, value in options.items():
        texts = value if isinstance(value, list) else [value]
        if name not in _PATHS and any(isinstance(each, str) and not is_text(each) for each in texts):
            raise wrong(f"What is given for “{name}” is not text in UTF-8.")


def _build(caller: Caller, options: dict[str, Any]) -> dict[str, Any]:
    recipe = read_recipe(options["task"], pairs(options["recipe"]), options["project"])
    made = build_version(caller, options["name"], recipe)
    return _told(made.version, made.is_new, [])


def _import(caller: Caller, options: dict[str, Any]) -> dict[str, Any]:
    check_collection(options["collection"], caller)
    check_marking(options["marking"])
    path = Path(options["path"])
    if not (options["path"] and _exists(path)):
        raise wrong(f"There is no file or folder “{options['path'][:400]}”. Nothing was imported.")
    if options["limit"] is not None and options["limit"] < 1:
        raise wrong("The limit must be at least 1.")
    wanted = Wanted(
        form=options["format"],
        collection=options["collection"],
        marking=options["marking"],
        task=options["task"],
        shares=read_shares(options["split"]) if options["split"] else None,
        limit=options["limit"],
        seed=options["seed"],
        language=options["language"],
        source=options["source"],
        allows_leaks=options["allow_leaks"],
    )
    with unpacked(path) as place:
        done = import_version(caller, options["name"], place, wanted)
    notices = [f"The splits of the file leak in {len(done.leaks):,} places."] if done.leaks else []
    return _told(done.version, done.is_new, notices)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # Such as a name that is too long for any file, or a folder that is closed to the process.
        return False


def _export(caller: Caller, options: dict[str, Any]) -> dict[str, Any]:
    try:
        version = find_version(options["name"], caller.scope)
    except DatasetNotFound as error:
        raise wrong(error.sentence) from error
    done = export_version(caller, version, options["format"], Path(options["out"]), query=options["slice"])
    notices = [f"Written to {done.place}."]
    if done.left_out:
        notices.append(f"{done.left_out:,} have no place in this form and were left out.")
    told = _told(version, True, notices)
    return {**told, "counts": dict(done.counts), "out": done.place, "left_out": done.left_out}


def _told(version: DatasetVersion, is_new: bool, notices: list[str]) -> dict[str, Any]:
    """A version as programs read it."""
    if not is_new:
        notices = ["Nothing has changed since that version, so no new one was made.", *notices]
    return {
        "dataset": version.dataset.name,
        "version": version.number,
        "is_new": is_new,
        "task": version.task,
        "counts": dict(version.counts),
        "marking": version.marking,
        "digest": version.digest,
        "notices": notices,
    }


_PARTS = {"build": _build, "import": _import, "export": _export}
