"""Loaded before anything else: the tests never touch a user's data, and never ask a hub for a model.

Each process of the tests has a folder of its own, so that none sees the database, the index or the sockets of
another. The folders of further processes lie in that of the first, which takes them away at the end.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path


def _folder_of_this_process() -> Path:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        folder = Path(os.environ["DONOVAN_DATA"]) / worker
        folder.mkdir(exist_ok=True)
        return folder
    folder = Path(tempfile.mkdtemp(prefix="donovan-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _unheeded(_file: object) -> None:
    """In place of os.fsync: what a test leaves behind need not outlast a power cut."""


os.environ["DONOVAN_DATA"] = str(_folder_of_this_process())
# Read by the settings, and then forgotten (`tests/conftest.py`): an installation that a test starts has a
# data folder and a database of its own.
if os.environ.get("DONOVAN_TEST_DATABASE_URL"):
    os.environ["DONOVAN_DATABASE_URL"] = os.environ["DONOVAN_TEST_DATABASE_URL"]
os.environ["HF_HUB_OFFLINE"] = "1"
# Where the account forbids compiled files, each of hundreds of processes would compile what it imports.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""
sys.dont_write_bytecode = False
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
# Threads that wait for each other sleep: two processes on two cores would spin beside each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.fsync = _unheeded  # type: ignore[assignment]
