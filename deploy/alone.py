"""Run a command in a network namespace of its own, which holds nothing but loopback.

    python -m deploy.alone COMMAND...

Where the system does not allow that, the command is not run, unless DONOVAN_ALLOW_NETWORK=1 says that it may
have the network; then a line says loudly that nothing was proven about it.
"""

import os
import subprocess
import sys

from deploy.environment import PYTHON, ROOT


def namespace_words() -> list[str] | None:
    """The words that open a namespace for this account, or None when the system refuses."""
    options = ["--net"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    words = ["unshare", *options, "--", str(PYTHON), "-m", "deploy.loopback"]
    try:
        trial = subprocess.run([*words, "true"], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return words if trial.returncode == 0 else None


def main(command: list[str]) -> int:
    if not command:
        print("usage: python -m deploy.alone COMMAND...")
        return 2
    words = namespace_words()
    if words is None:
        if os.environ.get("DONOVAN_ALLOW_NETWORK") != "1":
            print(
                "A network namespace is not permitted here, so nothing would prove that no network is used. "
                "Run as root, or allow the network knowingly: DONOVAN_ALLOW_NETWORK=1 make test"
            )
            return 1
        print(
            "NOT PROVEN: no network namespace is permitted here; this run may reach the network.", flush=True
        )
        os.execvp(command[0], command)  # noqa: S606 - the command takes this place
    os.environ["DONOVAN_LOOPBACK_ONLY"] = "1"
    os.execvp(words[0], [*words, *command])  # noqa: S606 - the command takes this place


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
