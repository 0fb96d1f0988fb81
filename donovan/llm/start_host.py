"""`python -m donovan.llm.start_host`: a host for the process that starts it, without waking all of Django."""

import argparse
import logging
import sys
from pathlib import Path

from donovan.llm.launch import HostPlan, become_host
from donovan.llm.weights import Weights


def main(arguments: list[str] | None = None) -> int:
    """Become the host that the arguments describe; 0 when another is already at work."""
    parser = argparse.ArgumentParser(prog="donovan.llm.start_host")
    parser.add_argument("--leash", type=int, required=True, help="descriptor whose end ends the host")
    for name in ("--model", "--socket", "--data"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--digest", required=True)
    for name in ("--context", "--threads"):
        parser.add_argument(name, type=int, required=True)
    told = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s model host: %(message)s")
    weights = Weights(told.model, told.digest)
    plan = HostPlan(weights, told.socket, told.data, told.context, told.threads, told.leash)
    become_host(plan, waits=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
