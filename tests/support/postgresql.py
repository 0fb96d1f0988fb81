"""A PostgreSQL server of the tests' own, and a command beside it:

    python -m tests.support.postgresql COMMAND...

It is the one of Debian's package, with its data in a temporary folder, on a free port of loopback. What it
holds need not outlast a power cut. It ends with the command, whose exit status is kept.
DONOVAN_TEST_DATABASE_URL leads the tests to it (`tests/environment.py`).
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PROGRAMS = "/usr/lib/postgresql"
SWITCHES = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    # Its own socket, too, lies in its folder and nowhere else.
    "unix_socket_directories": "",
}
# Whoever started it may be killed: it ends with them.
GUARD = ["setpriv", "--pdeathsig", "INT", "--"]
_PATIENCE_SECONDS = 120.0


def programs() -> Path:
    """The folder of the server's programs, of the newest version there is."""
    found = sorted(Path(PROGRAMS).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    elsewhere = shutil.which("initdb")
    if not found and elsewhere:
        return Path(elsewhere).resolve().parent
    if not found:
        raise SystemExit(
            "PostgreSQL is not installed: apt-get install postgresql, or python -m deploy.prepare test"
        )
    return found[-1].parent


def as_another(folder: Path) -> list[str]:
    """The words before a program that refuses to run as root; it owns the folder then."""
    if os.geteuid() != 0:
        return GUARD
    try:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        ids = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        return ["setpriv", *ids, "--pdeathsig", "INT", "--"]
    except (KeyError, OSError):
        # Root of a namespace that knows one account only: within another one it has another number.
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *GUARD]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def serving() -> Iterator[str]:
    """While it lasts, a server is there; the address of an empty database in it."""
    folder = Path(tempfile.mkdtemp(prefix="donovan-postgresql-"))
    # Its account has to pass through, whatever files are made readable for by default.
    folder.chmod(0o755)
    data, password, port = folder / "data", secrets.token_urlsafe(12) + "/@:", free_port()
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    before = as_another(folder)
    try:
        subprocess.run(
            [
                *(*before, str(programs() / "initdb"), "--pgdata", str(data), "--username", "donovan"),
                *("--auth", "scram-sha-256", "--pwfile", str(folder / "password")),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        switches = [f"--{name}={value}" for name, value in {**SWITCHES, "port": str(port)}.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [*before, str(programs() / "postgres"), "-D", str(data), *switches],
                stdout=log,
                stderr=log,
                cwd=folder,
                # Ctrl-C is for the command; the server ends after it.
                start_new_session=True,
            )
        try:
            _wait_until_it_answers(server, port, folder / "log")
            yield f"postgresql://donovan:{quote(password, safe='')}@127.0.0.1:{port}/postgres"
        finally:
            # Fast: it ends the connections that are left.
            server.send_signal(signal.SIGINT)
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    ask = [str(programs() / "pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(port)]
    while subprocess.run(ask, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def main(command: list[str]) -> int:
    if not command:
        print("usage: python -m tests.support.postgresql COMMAND...")
        return 2
    # `timeout` and a machine that is shut down ask to end like this: the server ends first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with serving() as address:
        return subprocess.run(
            command, env={**os.environ, "DONOVAN_TEST_DATABASE_URL": address}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
