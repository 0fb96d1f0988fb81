"""From a fresh clone to a running Donovan: where `make run`, `test`, `bench` and `bundle` begin.

Every step looks first whether it is still needed, says what it does while it does it, and ends in one line.
Only the standard library, because nothing is installed yet when this starts.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy import (
    chosen_model,
    demonstration,
    environment,
    instance,
    multilingual,
    second_reader,
    stamps,
    system_packages,
    took,
)
from deploy.environment import PYTHON, ROOT
from deploy.progress import TOOK, Beside, StepError, held, run, step

# Held while the environment is changed: two that install into one folder would spoil it for both.
LOCK = ROOT / "var" / "prepare.lock"
WAITS = "Another preparation of this folder goes on, or what a killed one left; waiting for its end."


def manage(*words: str | Path) -> list[str | Path]:
    return [PYTHON, ROOT / "manage.py", *words]


def ensure_software(
    log: Path, *, groups: tuple[str, ...], with_tests: bool, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """System packages, virtual environment, locked packages, models, the model library. Raises StepError.

    `meanwhile` is done as soon as the packages are there, beside what is left of building the model library.
    """
    environment.check_python()
    missing = system_packages.missing(*groups) if Path("/usr/bin/apt-get").exists() else ["?"]
    if missing:
        with step("System packages") as current:
            system_packages.ensure(groups, log=log, current=current)
    environment.ensure_environment(log)
    # Compiling keeps the processors busy and loading packages the line, so they go on side by side.
    with Beside(lambda: environment.build_llama(log)):
        environment.ensure_packages(with_tests=with_tests, log=log)
        multilingual.ensure_multilingual(log)
        second_reader.ensure_second_reader(log)
        meanwhile()
    environment.ensure_llama(log)


def ensure_database(data: Path, log: Path) -> None:
    """Bring the tables to the present form. Raises StepError."""
    migrations = ROOT.glob("*/migrations/*.py"), ROOT.glob("donovan/*/migrations/*.py")
    files = [path for found in migrations for path in found]
    digest = stamps.digest_of(files, os.environ.get("DONOVAN_DATABASE_URL", ""))
    stamp = data / "stamps" / "database"
    has_file = bool(os.environ.get("DONOVAN_DATABASE_URL")) or (data / "donovan.sqlite3").exists()
    if has_file and stamps.is_current(stamp, digest):
        return
    with step("Database") as current:
        failure = "The database could not be brought to its present form."
        run(manage("migrate", "--no-input"), log=log, failure=failure, current=current)
    stamps.write_stamp(stamp, digest)


def prepare_run() -> int:
    """Everything up to the supervisor, and then become it."""
    begun = time.monotonic()
    data = instance.data_folder()
    state = instance.running(data)
    if state is not None:
        print(instance.already_running_text(data, state))
        if chosen_model.wanted():
            print("The language model was not changed: end Donovan first, with make stop.")
        return 0
    port = instance.port()
    if not instance.port_is_free(port) and instance.read_state(data) is None:
        raise StepError(instance.busy_sentence(port))
    log = data / "logs" / "prepare.log"

    def ensure_data() -> None:
        chosen_model.ensure_chosen(data, chosen_model.wanted(), log)
        ensure_database(data, log)
        if not demonstration.is_loaded(data):
            demonstration.ensure_people(data, log)

    with held(LOCK, WAITS):
        ensure_software(log, groups=("run", "build"), with_tests=False, meanwhile=ensure_data)
    took.hand_over(data, TOOK, since=begun)
    words = [str(PYTHON), "-m", "deploy.supervisor"]
    if not demonstration.is_loaded(data):
        words.append("--demonstration")
    sys.stdout.flush()
    os.execv(PYTHON, words)  # noqa: S606 - the supervisor takes this place


def prepare_carried() -> int:
    """The part of an installation from a bundle that is not files: models and their library, proven here."""
    environment.check_python()
    environment.check_models(environment.site_packages())
    multilingual.ensure_multilingual(ROOT / "prepare.log")
    second_reader.ensure_second_reader(ROOT / "prepare.log")
    environment.ensure_llama(ROOT / "prepare.log")
    return 0


def prepare_data(*, with_demo: bool) -> int:
    data = instance.data_folder()
    log = data / "logs" / "prepare.log"
    chosen_model.ensure_chosen(data, chosen_model.wanted(), log)
    ensure_database(data, log)
    if with_demo:
        demonstration.ensure_demo(data, log)
    return 0


def prepare_software(*, with_tests: bool) -> int:
    groups = ("run", "build", "test") if with_tests else ("run", "build")
    with held(LOCK, WAITS):
        ensure_software(ROOT / "var" / "logs" / "prepare.log", groups=groups, with_tests=with_tests)
    return 0


def main(arguments: list[str]) -> int:
    """Returns 0, or 1 after a sentence that says what is wrong and what to do."""
    os.chdir(ROOT)
    purposes: dict[str, Callable[[], int]] = {
        "run": prepare_run,
        "test": lambda: prepare_software(with_tests=True),
        "bundle": lambda: prepare_software(with_tests=False),
        "carried": prepare_carried,
        "data": lambda: prepare_data(with_demo=False),
        "demo": lambda: prepare_data(with_demo=True),
    }
    purpose = purposes.get(arguments[0]) if len(arguments) == 1 else None
    if purpose is None:
        print(f"usage: python3 -m deploy.prepare {'|'.join(purposes)}")
        return 2
    try:
        return purpose()
    except StepError as error:
        if error.tail:
            print(error.tail)
        print(f"\n{error.sentence}")
    except ValueError as error:
        print(error)
    except KeyboardInterrupt:
        print("\nStopped. Start again at any time; what is done stays done.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
