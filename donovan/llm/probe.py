"""`python -m donovan.llm.probe`: does the installed llama-cpp-python run here, with the model that is chosen?

The model is loaded and generates in a process of its own, where an instruction that this processor lacks
kills nobody else. Exit status: 0 it works; 1 it does not, and the sentence says why; below zero (a signal)
the native code crashed. It needs neither settings nor a database, so that setup can call it before either
exists.
"""

import os
import signal
import subprocess
import sys

from donovan.llm.launch import CODE, host_environment

LIMIT_SECONDS = 120


def main() -> int:
    """See above."""
    try:
        outcome = subprocess.run(
            [sys.executable, "-m", "donovan.llm.probe_child"],
            cwd=CODE,
            env={**os.environ, **host_environment()},
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"The language model gave no word within {LIMIT_SECONDS} seconds.", file=sys.stderr)
        return 1
    if outcome.returncode < 0:
        print(
            f"llama-cpp-python was ended by {signal.Signals(-outcome.returncode).name} on this processor. "
            f"Build it "
            "again with fewer instructions.",
            file=sys.stderr,
        )
        # The same signal for whoever called: setup tells a crash from a missing file by it.
        signal.signal(-outcome.returncode, signal.SIG_DFL)
        os.kill(os.getpid(), -outcome.returncode)
    elif outcome.returncode:
        print("The language model does not work here; the reason is above.", file=sys.stderr)
    return outcome.returncode


if __name__ == "__main__":
    sys.exit(main())
