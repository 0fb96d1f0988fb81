"""The demonstration: its people, and its documents, which are read while the services run already.

python -m deploy.demonstration     what the supervisor starts: take the documents in, and end
"""

import os
import sys
from pathlib import Path

from deploy import instance, stamps
from deploy.environment import PYTHON, ROOT
from deploy.progress import StepError, run, step

FOLDER = ROOT / "deploy" / "demo"
SIGN_IN = """Sign in with a name below; the password of each is donovan-demo.
  ana    analyst, cleared for SECRET and HARBOR, reads everything
  ben    analyst without clearance, reads what is unclassified
  chloe  analyst of a partner nation, reads what is unclassified or released to it, and no HARBOR
  rita   reviewer, reads the record and judges labels
  mia    model owner, reads everything, trains and promotes models
  omar   analyst, cleared but a member of no collection
  ada    administrator of people, reads no documents
"""
# Whoever signs in meanwhile goes first.
NICENESS = 10


def digest() -> str:
    files = [path for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return stamps.digest_of(files)


def is_loaded(data: Path) -> bool:
    return stamps.is_current(data / "stamps" / "demo", digest())


def ensure_people(data: Path, log: Path) -> None:
    """Make those who can sign in. Raises StepError."""
    with step("Demonstration: its people") as current:
        failure = "The people of the demonstration could not be made."
        words: list[str | Path] = [PYTHON, ROOT / "manage.py", "load_demo", "--only-people"]
        run(words, log=log, failure=failure, current=current)
    (data / "sign-in.txt").write_text(SIGN_IN)


def ensure_documents(data: Path, log: Path) -> None:
    """Make the documents and take them in; what is in already stays. Raises StepError."""
    made_from = digest()
    folder = data / "demo"
    with step("Demonstration: writing its documents") as current:
        failure = "The documents of the demonstration could not be made."
        run([PYTHON, FOLDER / "generate.py", "--out", folder], log=log, failure=failure, current=current)
    with step("Demonstration: taking them in") as current:
        failure = "The documents of the demonstration could not be taken in."
        run([PYTHON, ROOT / "manage.py", "load_demo", folder], log=log, failure=failure, current=current)
    stamps.write_stamp(data / "stamps" / "demo", made_from)


def ensure_demo(data: Path, log: Path) -> None:
    """People and documents, once. Raises StepError."""
    if not is_loaded(data):
        ensure_people(data, log)
        ensure_documents(data, log)


def main() -> int:
    """Returns 0, or 1 after a sentence that says what is wrong."""
    data = instance.data_folder()
    log = data / "logs" / "prepare.log"
    os.nice(NICENESS)
    try:
        ensure_documents(data, log)
    except StepError as error:
        print(f"{error.tail}\n{error.sentence}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
