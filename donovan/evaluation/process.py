"""Starting the process that measures, following it, and ending it when somebody wants it to stop."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from ingest.work.subprocesses import Child

from .errors import SuiteStopped, UnusableData
from .measuring import OnProgress
from .scratch import MARK
from .subjects import Subject

LIMIT_SECONDS: Final = 6 * 3600.0
_LOOK_SECONDS: Final = 1.0
_OWN_FOLDER: Final = "suite-"
_ENDED: Final = (
    "The measuring process ended unexpectedly (status {status}), most likely for lack of memory. "
    "Run the suite again, or in the quick size."
)


def measure_apart(
    request: Mapping[str, Any],
    subject: Subject,
    *,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
    keep: Callable[[Mapping[str, Any]], None] = lambda kept: None,
) -> dict[str, Any]:
    """What a process of its own measures for `request` while `subject` serves in it, as JSON.

    `keep` is given each item of a fixed suite as soon as it is measured.

    A request for an own suite reads the real installation; any other one gets a scratch installation. Either
    has a folder, which is deleted afterwards. Raises UnusableData with a sentence when it cannot be measured,
    and SuiteStopped.
    """
    with (
        _workplace(request, subject) as (whole, environment),
        Child(
            [sys.executable, "-m", "donovan.evaluation.child"],
            whole,
            environment=environment,
            folder=settings.BASE_DIR,
            own_session=True,
            ends_with_parent=True,
        ) as child,
    ):
        return _follow(child, on_progress, is_stopped, keep)


@contextmanager
def _workplace(
    request: Mapping[str, Any], subject: Subject
) -> Iterator[tuple[Mapping[str, Any], dict[str, str]]]:
    """The request with its folder, and the environment of the process."""
    environment = {**os.environ, **subject.environment(), "PYTHONDONTWRITEBYTECODE": "", "TQDM_DISABLE": "1"}
    if request.get("own"):
        # An index of real documents is kept where these are, not where everybody's temporary files lie.
        root = Path(settings.SCRATCH_DIR)
        root.mkdir(parents=True, exist_ok=True)
        _clear_away(root)
        with tempfile.TemporaryDirectory(prefix=_OWN_FOLDER, dir=root) as folder:
            yield {**request, "folder": folder}, environment
        return
    with tempfile.TemporaryDirectory(prefix="donovan-suite-") as folder:
        environment |= {"DONOVAN_DATA": folder, MARK: "1"}
        environment.pop("DONOVAN_DATABASE_URL", None)
        # The checkpoints of the real record are nobody's business in a scratch installation.
        environment["DONOVAN_CHECKPOINTS"] = str(Path(folder) / "checkpoints")
        yield request, environment


def _clear_away(root: Path) -> None:
    """Delete the folders of runs whose worker was killed: none is used for longer than a suite may take."""
    oldest = time.time() - LIMIT_SECONDS - 600
    for folder in root.glob(f"{_OWN_FOLDER}*"):
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _follow(
    child: Child,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
    keep: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_SECONDS
    for said in child.messages(tick=_LOOK_SECONDS):
        if is_stopped():
            raise SuiteStopped
        if time.monotonic() > deadline:
            raise UnusableData("The suite was stopped after six hours. Run it in the quick size.")
        match said:
            case {"progress": progress}:
                on_progress(*progress)
            case {"kept": kept}:
                keep(kept)
            case {"refused": sentence}:
                raise UnusableData(str(sentence))
            case {"result": result}:
                return dict(result)
    raise UnusableData(_ENDED.format(status=child.status))
