"""A llama-cpp-python that runs here: built portable, kept for the next clone, and proven before it is used.

The build's defaults use every instruction the building machine shows, and AMX code dies on some virtual
machines. So nothing is left to detection: each level below names its instructions, the best level that the
processor shows is tried first, and a probe in a process of its own decides. pip's wheel cache does not look
at the build switches, which is why the wheels are kept in a folder whose name holds them.
"""

import hashlib
import platform
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy import llama_build
from deploy.llama_build import PARTS, REQUIREMENT, cache_folder
from deploy.progress import Step, StepError, run

ROOT = Path(__file__).resolve().parent.parent
# Without these parts the build is shorter; the model's library needs neither pictures nor downloads. What no
# switch leaves out, deploy/llama-parts.cmake does.
COMMON = ("GGML_NATIVE=OFF", "GGML_CCACHE=OFF", "LLAVA_BUILD=OFF", "LLAMA_CURL=OFF", "GGML_RPC=OFF")
EVERY_SWITCH = ("SSE42", "AVX", "AVX2", "BMI2", "FMA", "F16C")


@dataclass(frozen=True)
class Level:
    """One choice of instructions. `needs` are the names that /proc/cpuinfo must show."""

    name: str
    switches: frozenset[str]
    needs: frozenset[str]

    @property
    def cmake_arguments(self) -> str:
        words = [
            *COMMON,
            *(f"GGML_{word}={'ON' if word in self.switches else 'OFF'}" for word in EVERY_SWITCH),
        ]
        return " ".join(f"-D{word}" for word in words)


LEVELS = (
    Level("avx2", frozenset(EVERY_SWITCH), frozenset({"sse4_2", "avx", "avx2", "bmi2", "fma", "f16c"})),
    Level("plain", frozenset({"SSE42"}), frozenset()),
)


def processor_flags(cpuinfo: str) -> frozenset[str]:
    """The instruction sets that the text of /proc/cpuinfo names for the first processor."""
    for line in cpuinfo.splitlines():
        name, _, words = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return frozenset(words.split())
    return frozenset()


def levels_for(flags: frozenset[str]) -> list[Level]:
    """The levels this processor can run, fastest first; never empty."""
    return [level for level in LEVELS if level.needs <= flags]


def key_of(level: Level) -> str:
    """The folder name of a build: version, level, processor family and a digest of every switch and part."""
    mark = hashlib.sha256(level.cmake_arguments.encode() + PARTS.read_bytes()).hexdigest()[:12]
    return f"{REQUIREMENT.replace('==', '-')}-{level.name}-{platform.machine()}-{mark}"


def kept_wheel(level: Level) -> Path | None:
    """The wheel of an earlier build, if there is one."""
    return llama_build.wheel_in(cache_folder() / key_of(level))


def wheel_for(level: Level, python: Path, *, log: Path, current: Step) -> Path:
    """The kept wheel, or a new one. Raises StepError when the build fails."""
    kept = kept_wheel(level)
    if kept:
        return kept
    place = cache_folder() / key_of(level)
    return llama_build.build(place, level.cmake_arguments, python, log=log, current=current)


def probe(python: Path) -> subprocess.CompletedProcess[str]:
    """Load the real model and generate a few tokens in a process of its own, where a crash harms nobody."""
    return subprocess.run(
        [python, "-m", "donovan.llm.probe"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        stdin=subprocess.DEVNULL,
    )


def crash_sentence(code: int) -> str:
    """What a probe's exit status below zero means, in words."""
    if code == -signal.SIGILL:
        return "uses an instruction that this processor does not have"
    return f"was ended by {signal.Signals(-code).name}"


def best_level() -> Level:
    """The level that is tried first on this machine."""
    return levels_for(processor_flags(Path("/proc/cpuinfo").read_text()))[0]


def install_proven(python: Path, *, log: Path, current: Step) -> str:
    """Install the fastest build that runs here and return its level's name.

    Raises StepError when a build fails, when the probe fails but does not crash, or when no build runs.
    """
    flags = processor_flags(Path("/proc/cpuinfo").read_text())
    crashes: list[str] = []
    for level in levels_for(flags):
        if not kept_wheel(level):
            current.say(f"building the {level.name} variant, several minutes")
        wheel = wheel_for(level, python, log=log, current=current)
        run(
            [python, "-m", "pip", "install", "--no-deps", "--no-index", "--force-reinstall", wheel],
            log=log,
            failure="The built llama-cpp-python could not be installed.",
            current=current,
        )
        current.say("proving the build with the real model")
        outcome = probe(python)
        if outcome.returncode == 0:
            return level.name
        if outcome.returncode > 0:
            raise StepError(
                "The language model's library was installed but does not work.",
                outcome.stdout + outcome.stderr,
            )
        crashes.append(f"{level.name} {crash_sentence(outcome.returncode)}")
        current.say(f"the {crashes[-1]}; trying a plainer build")
    raise StepError(f"No build of llama-cpp-python runs on this machine: {'; '.join(crashes)}.")
