"""Work that needs a process of its own: a large model is loaded for it, and its memory is to come back.

The process is a command of manage.py that holds the job of its parent by the same token, and settles it. One
that is killed loses nothing but what it did since its last checkpoint: the job is tried again.
"""

import os
import subprocess
import sys
import uuid

from django.conf import settings

from ingest.work.errors import TryAgain
from ingest.work.leases import Held, resume
from ingest.work.registry import Handler
from ingest.work.running import run_held

TOKEN_VARIABLE = "DONOVAN_WORK_TOKEN"  # noqa: S105 - the name of a variable


def run_command(held: Held, command: str) -> str:
    """Have the command settle the job; raises LeaseLost when it did, TryAgain when it ended without."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command, str(held.job.pk)],
        env={**os.environ, TOKEN_VARIABLE: held.token},
        capture_output=True,
        check=False,
    )
    held.renew()
    raise TryAgain(f"The process of the change ended early (status {done.returncode}).")


def carry_out(job_id: uuid.UUID, handler: Handler) -> None:
    """Within the command: do the job with `handler`, if the token of the parent still holds it."""
    held = resume(job_id, os.environ.get(TOKEN_VARIABLE, ""), handler=handler)
    if held is not None:
        run_held(held)
