"""The process in which a suite is measured: `python -m donovan.evaluation.child`.

A request comes on standard input as one line of JSON; progress, each item as it is measured, and the result
go to standard output, one object a line. A fixed suite runs in a scratch installation (DONOVAN_DATA is a
folder that is then deleted); an own suite reads the real one. What serves is decided by DONOVAN_SERVE_*: no
pointer is moved. When the process that asked dies, standard input ends, and so does this one.
"""

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, TextIO

import django

_TELL_SECONDS = 0.3


def main() -> int:
    """Measure what the request names; 0 when a result or a refusal was given."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")
    django.setup()
    # Only now can what needs the applications be loaded.
    work: Any = importlib.import_module("donovan.evaluation.child_work")
    try:
        result = work.measure(request, _teller(out), lambda kept: _say(out, {"kept": kept}))
    except work.REFUSALS as error:
        _say(out, {"refused": work.sentence_of(error)})
        return 0
    _say(out, {"result": result})
    return 0


def _end_with_parent() -> None:
    # Any end of the input, also that of a killed parent.
    sys.stdin.read()
    os._exit(1)


def _teller(out: TextIO) -> Any:
    told_at = 0.0

    def on_progress(done: int, total: int, words: str) -> None:
        nonlocal told_at
        if done in (0, total) or time.monotonic() - told_at > _TELL_SECONDS:
            told_at = time.monotonic()
            _say(out, {"progress": [done, total, words]})

    return on_progress


def _say(out: TextIO, what: Mapping[str, Any]) -> None:
    out.write(json.dumps(what, ensure_ascii=False, default=str) + "\n")
    out.flush()


if __name__ == "__main__":
    os.nice(5)
    os._exit(main())
