"""llama-cpp-python built from its source: only the parts that are used, and a build that broke off goes on.

Source and objects lie in the cache folder until there is a wheel, so a start that was stopped, or a machine
that lost its power, costs what was just being compiled and nothing else.
"""

import os
import shlex
import shutil
from pathlib import Path

from deploy.progress import Step, StepError, held, run

FOLDER = Path(__file__).resolve().parent
REQUIREMENT = next(
    line
    for line in (FOLDER / "requirements-llama.txt").read_text().splitlines()
    if line and not line.startswith("#")
)
PARTS = FOLDER / "llama-parts.cmake"
SOURCE = f"{REQUIREMENT.replace('-', '_').replace('==', '-')}"
# Only one build works in a folder; its command holds the lock too, as long as it lives.
WAITS = "Another start builds the model library, or a killed one still does; waiting for its end."
FAILURE = "llama-cpp-python could not be built from its source."


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "donovan" / "wheels"


def wheel_in(place: Path) -> Path | None:
    return next(iter(place.glob("llama_cpp_python-*.whl")), None)


def build(place: Path, switches: str, python: Path, *, log: Path, current: Step) -> Path:
    """The wheel in `place`, built with `switches` where it is missing. Raises StepError when that fails."""
    work = place.parent.parent / "building" / place.name
    with held(work.with_name(f"{work.name}.lock"), WAITS):
        built = wheel_in(place)
        if built is None:
            fetch_source(work, python, log=log, current=current)
            made = work / "wheel"
            shutil.rmtree(made, ignore_errors=True)
            command: list[str | Path] = [
                python,
                "-m",
                "pip",
                "wheel",
                "--verbose",
                "--no-deps",
                "--no-cache-dir",
            ]
            run(
                [*command, "--wheel-dir", made, work / SOURCE],
                log=log,
                failure=FAILURE,
                current=current,
                environment=environment_of(switches, work),
            )
            if wheel_in(made) is None:
                raise StepError(f"The build of llama-cpp-python left no wheel. The whole log is {log}.")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(place, ignore_errors=True)
            made.replace(place)
            built = wheel_in(place)
        shutil.rmtree(work, ignore_errors=True)
    if built is None:
        raise StepError(f"The build of llama-cpp-python left no wheel. The whole log is {log}.")
    return built


def environment_of(switches: str, work: Path) -> dict[str, str]:
    """Switches, parts, all processors, the pinned tools, and a compiler cache where there is one."""
    words = [*shlex.split(switches), f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={PARTS}"]
    cache = shutil.which("ccache") or shutil.which("sccache")
    if cache:
        words += [f"-DCMAKE_{language}_COMPILER_LAUNCHER={cache}" for language in ("C", "CXX")]
    return {
        "CMAKE_ARGS": shlex.join(words),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1),
        "SKBUILD_BUILD_DIR": str(work / "objects"),
        # Paths below this are the same to ccache in whatever folder another account or clone builds.
        "CCACHE_BASEDIR": str(work),
        "CCACHE_NOHASHDIR": "1",
        **pinned_tools(),
    }


def pinned_tools() -> dict[str, str]:
    return {"PIP_CONSTRAINT": str(FOLDER / "build-constraints.txt")}


def fetch_source(work: Path, python: Path, *, log: Path, current: Step) -> None:
    """Have the unpacked source in `work`, whole. Raises StepError when it cannot be had."""
    if (work / SOURCE).is_dir():
        return
    fetched, unpacked = work / "fetched", work / "unpacked"
    for half in (fetched, unpacked):
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
    current.say("fetching its source")
    command: list[str | Path] = [python, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    command += ["--progress-bar", "off", "--no-binary", "llama-cpp-python", "--dest", fetched, REQUIREMENT]
    failure = "The source of llama-cpp-python could not be downloaded. Start again to go on."
    run(command, log=log, failure=failure, current=current, environment=pinned_tools())
    archive = fetched / f"{SOURCE}.tar.gz"
    failure = "The source of llama-cpp-python could not be unpacked. Start again to fetch it anew."
    run(["tar", "--extract", "--gzip", "--file", archive, "--directory", unpacked], log=log, failure=failure)
    (unpacked / SOURCE).replace(work / SOURCE)
    shutil.rmtree(fetched)
    shutil.rmtree(unpacked)
