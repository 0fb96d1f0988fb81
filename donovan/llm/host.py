"""The program inside the model host: `python -m donovan.llm.host`. It knows neither settings nor database.

It is started by donovan.llm.launch with a socket that already listens, and as a rule inside a sandbox
without network, without the data folder and without anything writable. A host that was started by one
client ends when that client's end of the leash (a pipe) is closed; one that was started by the supervisor
has no leash.
"""

import argparse
import logging
import os
import select
import signal
import socket
import sys
from pathlib import Path

from donovan.llm.engine import Engine
from donovan.llm.server import ModelServer
from donovan.llm.weights import Weights


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="donovan.llm.host")
    parser.add_argument("--listener", type=int, required=True, help="descriptor of the listening socket")
    parser.add_argument("--leash", type=int, default=-1, help="descriptor whose end ends the host")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s model host: %(message)s")
    weights = Weights(options.model, options.digest)
    server = ModelServer(
        socket.socket(fileno=options.listener),
        lambda: Engine(weights, context_tokens=options.context, threads=options.threads),
        hello={
            "name": weights.name,
            "digest": weights.digest,
            "context_tokens": options.context,
            "pid": os.getpid(),
        },
        is_orphaned=lambda: _has_ended(options.leash),
    )
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    signal.signal(signal.SIGINT, lambda *_: server.stop())
    server.serve()
    # The inference thread may be inside native code for a while; nothing here needs an orderly end.
    os._exit(0)


def _has_ended(leash: int) -> bool:
    if leash < 0:
        return False
    readable, _, _ = select.select([leash], [], [], 0)
    return bool(readable)


if __name__ == "__main__":
    sys.exit(main())
