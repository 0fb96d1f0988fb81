"""The child process of a training as its parent sees it: started, asked to stop."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from donovan.training.child import STOP
from ingest.work.subprocesses import Child


class TrainingProcess(Child):
    """One child, in JSON lines."""

    def __init__(self, request: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._work = Path(str(request["work"]))
        self._work.mkdir(parents=True, exist_ok=True)
        (self._work / STOP).unlink(missing_ok=True)
        super().__init__(
            [sys.executable, "-m", "donovan.training.child"],
            {**request, "parent": os.getpid()},
            environment={
                # The worker's limit is there for OCR; a training alone in its process uses every core.
                **{name: value for name, value in os.environ.items() if name != "OMP_THREAD_LIMIT"},
                # The models that serve at this moment: the process asks no database for them.
                **environment,
                "DJANGO_SETTINGS_MODULE": "donovan.settings",
            },
        )

    def ask_to_stop(self) -> None:
        """Let it write a checkpoint and leave."""
        (self._work / STOP).touch()
