"""One bubblewrap sandbox a file: no network, read-only root, private /tmp, empty environment, hard limits.

The reader sees /usr, this Python and this package read-only, the one file, and one empty folder that it may
write to.
It has no network, no other processes, no capabilities and no secrets; it is nobody on this machine, also
where the service runs as root, /proc is read-only, and the kernel refuses it what no reader needs
(`ingest.sandbox_filter`). It limits its own memory, CPU time
and file sizes
before it looks at the file; the parent limits wall time, the number of processes, total memory and total
output.
"""

import json
import logging
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil

from ingest import limits, places
from ingest.errors import IngestError, failure
from ingest.protocol import Begun, Ended, Event, Failed, ProtocolError, parse_event
from ingest.sandbox_filter import as_file
from ingest.table_readers.protocol import TableEvent, parse_table_event

logger = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parent
_CODE = "/app"
_INPUT = "/in/file"
_OUTPUT = "/out"
_PRIVATE = "/tmp"  # noqa: S108 - a fresh tmpfs inside the sandbox
_SHARED = "/dev/shm"  # noqa: S108 - the same
_SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/libreoffice")
# An account's own namespace of users, in which it is nobody, and after which there is no further one.
_AS_ACCOUNT = ("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534")
# Root needs none, and would be root of the machine in it: it becomes an account that owns nothing.
_AS_ROOT = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP")
_OWN_ACCOUNTS = 1_900_000_000
_TICK_SECONDS = 1.0
_Said = TypeVar("_Said")
_START = "import sys; sys.path.insert(0, '/app'); from ingest.{module} import main; main()"


def _command(module: str, argument: str, binds: list[str], *, seccomp: int = -1) -> list[str]:
    """The bubblewrap command line that runs `main()` of `ingest.<module>`, under the filter of system calls
    that is read from the descriptor `seccomp`.
    """
    bubblewrap = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if bubblewrap is None:
        raise failure("sandbox-broken", reason="bubblewrap (bwrap) is not installed")
    command = [
        bubblewrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
        "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
        "--hostname", "reader",
        *(_AS_ROOT if os.geteuid() == 0 else _AS_ACCOUNT),
        "--proc", "/proc", "--remount-ro", "/proc",
        "--dev", "/dev", "--size", str(limits.SMALL_TMPFS_BYTES), "--tmpfs", _SHARED, "--remount-ro", "/dev",
        "--size", str(limits.READER_PRIVATE_BYTES), "--perms", "1777", "--tmpfs", _PRIVATE,
    ]  # fmt: skip
    for folder in ("/in", "/etc", _CODE):
        command += ["--perms", "0755", "--dir", folder]
    if seccomp >= 0:
        command += ["--seccomp", str(seccomp)]
    for folder in _SYSTEM_FOLDERS:
        if Path(folder).is_symlink():
            command += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            command += ["--ro-bind", folder, folder]
    for file in _SYSTEM_FILES:
        command += ["--ro-bind-try", file, file]
    prefixes = {str(Path(p).resolve()) for p in (sys.base_prefix, sys.prefix)}
    for prefix in sorted(prefixes):
        if not prefix.startswith("/usr/"):
            # A folder above it, such as /root, may be closed to all but its owner.
            for parent in reversed(Path(prefix).parents[:-1]):
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", prefix, prefix]
    command += ["--ro-bind", str(_PACKAGE), f"{_CODE}/ingest", *binds, "--chdir", _PRIVATE]
    for name, value in (
        ("PATH", "/usr/bin:/bin"),
        ("LANG", "C.UTF-8"),
        ("OMP_THREAD_LIMIT", "1"),
        ("TMPDIR", _PRIVATE),
    ):
        command += ["--setenv", name, value]
    # The sandbox's own root is a tmpfs; remounting it read-only leaves /tmp and the output folder as the only
    # places.
    command += ["--remount-ro", "/"]
    python = str(Path(sys.prefix) / "bin" / "python")
    return [*command, "--", *_dropping(), python, "-I", "-B", "-c", _START.format(module=module), argument]


def own_account() -> int | None:
    """The number of the account that reads for this process where that is root's; None where it is not.

    It is in no list of accounts, so it owns no file and no process of the machine, and no two readers share
    one.
    """
    return _OWN_ACCOUNTS + os.getpid() if os.geteuid() == 0 else None


def _dropping() -> list[str]:
    account = own_account()
    if account is None:
        return []
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    if setpriv is None:
        raise failure("sandbox-broken", reason="setpriv is not installed, and nothing is read as root")
    ids = [f"--reuid={account}", f"--regid={account}", f"--groups={_OWN_ACCOUNTS}", "--no-new-privs"]
    return [setpriv, *ids, "--bounding-set=-all", "--inh-caps=-all", "--"]


def _hand_over(path: Path, out: Path) -> None:
    """Let the account that reads have the one file, which lies in a folder closed to it, and its output."""
    account = own_account()
    if account is None:
        return
    try:
        # All readers share the one group: two may read the same original at once.
        os.chown(path, -1, _OWN_ACCOUNTS)
        path.chmod(0o640)
        os.chown(out, account, _OWN_ACCOUNTS)
    except OSError as error:
        raise failure("sandbox-broken", reason=f"a file cannot be handed over ({error.strerror})") from error


def run(
    path: Path,
    name: str,
    out: Path,
    *,
    workers: int,
    may_hold_attachments: bool,
    may_read_neurally: bool = True,
    passwords: Sequence[str] = (),
    alive: Callable[[], None],
) -> Iterator[Event]:
    """Read `path` in a sandbox and yield its checked events; the last one is Ended or Failed.

    `alive` is called about once a second and may raise to stop the reader. Raises IngestError "too-slow",
    "too-much-memory", "reader-crashed" or "bad-output" when the reader did not come to a proper end.
    """
    argument = json.dumps(
        {
            "path": _INPUT,
            "name": name,
            "out": _OUTPUT,
            "workers": workers,
            "may_hold_attachments": may_hold_attachments,
            "may_read_neurally": may_read_neurally,
        }
    )
    # Not among the arguments, which a list of processes shows.
    secret = json.dumps(list(passwords)).encode() if passwords else b""
    yield from _run("sandbox_child", argument, path, out, parse_event, alive, secret)


def run_tables(
    path: Path, name: str, kind: str, out: Path, *, alive: Callable[[], None]
) -> Iterator[TableEvent]:
    """Read the tables of `path` in a sandbox and yield its checked events, as `run` does for pages.

    `kind` is what the file was found to be. The cells lie in files of `out` that the events name; whoever
    takes one removes it.
    """
    argument = json.dumps({"path": _INPUT, "name": name, "kind": kind, "out": _OUTPUT})
    yield from _run("table_child", argument, path, out, parse_table_event, alive)


def _run(  # noqa: PLR0917 - private, and each is of another type
    module: str,
    argument: str,
    path: Path,
    out: Path,
    parse: Callable[[bytes], _Said],
    alive: Callable[[], None],
    secret: bytes = b"",
) -> Iterator[_Said]:
    binds = ["--ro-bind", str(path), _INPUT, "--bind", str(out), _OUTPUT]
    megabytes = path.stat().st_size / limits.MEGABYTE
    _hand_over(path, out)
    with (
        _filter() as seccomp,
        subprocess.Popen(
            _command(module, argument, binds, seccomp=seccomp),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            pass_fds=() if seccomp < 0 else (seccomp,),
        ) as process,
    ):
        _tell_secret(process, secret)
        watch = _Watch(
            process, out, start_seconds=limits.START_SECONDS + limits.PER_MEGABYTE_SECONDS * megabytes
        )
        try:
            yield from _events(process, watch, parse, alive)
        finally:
            process.kill()


def _tell_secret(process: "subprocess.Popen[bytes]", secret: bytes) -> None:
    """Give the reader what nobody else may see; it fits into the pipe, so that nothing waits here."""
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as stream:
            stream.write(secret)


@contextmanager
def _filter() -> Iterator[int]:
    descriptor = as_file()
    try:
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)


class _Watch:
    """The limits that only the parent can hold: time, processes, memory and output of the whole sandbox."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, start_seconds: float) -> None:
        self.out = out
        self.top = psutil.Process(process.pid)
        self.last_event = time.monotonic()
        self.end = self.last_event + start_seconds + limits.STALL_SECONDS
        self.start_seconds = start_seconds

    def saw(self, event: object) -> None:
        self.last_event = time.monotonic()
        if isinstance(event, Begun):
            self.end = self.last_event + self.start_seconds + limits.PER_PAGE_SECONDS * event.pages

    def check(self) -> None:
        now = time.monotonic()
        if now - self.last_event > limits.STALL_SECONDS or now > self.end:
            raise failure("too-slow", seconds=int(now - self.last_event))
        memory = processes = 0
        try:
            for child in self.top.children(recursive=True):
                processes += 1
                memory += child.memory_info().rss
        except psutil.NoSuchProcess:
            return
        if memory > limits.READER_MEMORY_BYTES:
            raise failure("too-much-memory")
        written, entries = _taken_up(self.out)
        is_too_much = written > limits.READER_OUTPUT_BYTES or entries > limits.READER_OUTPUT_ENTRIES
        if processes > limits.READER_PROCESSES or is_too_much:
            raise failure("bad-output")


def _taken_up(folder: Path) -> tuple[int, int]:
    """Bytes and entries below a folder, at any depth; no link is followed."""
    written = entries = 0
    waiting = [str(folder)]
    while waiting and entries <= limits.READER_OUTPUT_ENTRIES:
        # What is taken by the parent in the meantime is gone.
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(waiting.pop()) as found:
            for entry in found:
                entries += 1
                with suppress(FileNotFoundError):
                    written += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return written, entries


def _events(
    process: "subprocess.Popen[bytes]",
    watch: _Watch,
    parse: Callable[[bytes], _Said],
    alive: Callable[[], None],
) -> Iterator[_Said]:
    """Checked events as they arrive. Raises as `run` does."""
    if process.stdout is None or process.stderr is None:
        raise failure("reader-crashed")
    buffer = bytearray()
    complaints = bytearray()
    is_finished = False
    next_tick = time.monotonic() + _TICK_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(timeout=_TICK_SECONDS):
                chunk = os.read(key.fd, 1024 * 1024)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    complaints += chunk[: limits.STDERR_BYTES - len(complaints)]
                else:
                    buffer += chunk
                    for event in _lines(buffer, parse):
                        if is_finished:
                            raise failure("bad-output")
                        is_finished = isinstance(event, (Ended, Failed))
                        watch.saw(event)
                        yield event
            if time.monotonic() >= next_tick:
                alive()
                watch.check()
                next_tick = time.monotonic() + _TICK_SECONDS
    code = process.wait(timeout=10)
    if complaints:
        # This is written by whatever read the hostile file: places alone, and nothing that may be its words.
        told = places.places_in(bytes(complaints))
        logger.warning("The reader of a file complained: %s bytes; %s", len(complaints), told or "no place")
    if not is_finished:
        logger.warning("The reader of a file ended with code %s before it had finished.", code)
        raise failure("too-much-memory" if code in {-9, 137} else "reader-crashed")


def _lines(buffer: bytearray, parse: Callable[[bytes], _Said]) -> Iterator[_Said]:
    """Take whole lines off the front of `buffer`. Raises IngestError "bad-output" for anything not agreed."""
    while (end := buffer.find(b"\n")) >= 0:
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        try:
            yield parse(line)
        except ProtocolError as error:
            logger.warning("The reader of a file broke the protocol: %s.", error)
            raise failure("bad-output") from error
    if len(buffer) > limits.EVENT_BYTES:
        raise failure("bad-output")


_is_proven = False


def require() -> None:
    """Prove once in each process that the sandbox holds. Raises IngestError "sandbox-broken" when it does
    not.

    A failure is not remembered, so that reading goes on by itself once the machine is repaired.
    """
    global _is_proven  # noqa: PLW0603
    if not _is_proven:
        self_test()
        _is_proven = True


def self_test() -> None:
    """Run the probe in a real sandbox and check what it could reach. Raises IngestError "sandbox-broken"."""
    try:
        with _filter() as seccomp:
            result = subprocess.run(
                _command("sandbox_probe", "", [], seccomp=seccomp),
                stdin=subprocess.DEVNULL, capture_output=True, env={}, timeout=60, check=False,
                pass_fds=() if seccomp < 0 else (seccomp,),
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise failure("sandbox-broken", reason=f"bubblewrap did not run ({error})") from error
    if result.returncode != 0:
        said = result.stderr.decode("utf-8", "replace").strip().splitlines()
        raise failure(
            "sandbox-broken", reason=said[-1][:300] if said else f"it ended with code {result.returncode}"
        )
    try:
        reached = json.loads(result.stdout)
    except ValueError as error:
        raise failure("sandbox-broken", reason="its probe said nothing that can be understood") from error
    if not isinstance(reached, list) or reached:
        raise failure(
            "sandbox-broken", reason="from inside it one can " + ", ".join(str(item) for item in reached)
        )


def is_sound() -> tuple[bool, str]:
    """Whether files can be read safely here, and the sentence that says why not."""
    try:
        self_test()
    except IngestError as error:
        return False, error.sentence
    return True, ""
