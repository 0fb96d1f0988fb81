"""Loaded before anything else: the tests never touch a user's data, and never ask a hub for a model."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="donovan-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DONOVAN_DATA"] = _folder
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
