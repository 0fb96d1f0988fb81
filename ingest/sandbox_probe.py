"""Runs inside the sandbox at every start of a worker and reports what it could do that it must not."""

import ctypes
import json
import mmap
import os
import resource
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest import limits
from ingest.sandbox_child import own_stream, set_limits

_KNOWN_NAMES = frozenset(
    {"PATH", "LANG", "LC_CTYPE", "OMP_THREAD_LIMIT", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}
)
# bubblewrap's own first process, and this one.
_OWN_PROCESSES = 3
_CLONE_NEWUSER, _CLONE_NEWNS, _PR_CAPBSET_READ = 0x10000000, 0x00020000, 23
_C = ctypes.CDLL(None, use_errno=True)
# Families that a namespace of the network does not hold in, or that nothing here needs.
_FAMILIES = {"AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_ALG": 38, "AF_VSOCK": 40}
_FOLDERS = ("/home", "/root/.ssh", "/var", "/run", "/srv", "/mnt", "/media", "/boot", "/opt/donovan", "/sys")
_KERNEL_FILES = (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/modprobe",
    "/proc/sys/vm/overcommit_memory", "/proc/sys/fs/file-max", "/proc/sysrq-trigger",
    "/proc/self/oom_score_adj",
)  # fmt: skip
_SECRET_FILES = ("/etc/shadow", "/etc/passwd", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/fuse")


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, MemoryError, ValueError):
        return False
    return True


def _called(name: str, *arguments: object) -> bool:
    """Whether a function of the C library that answers -1 on failure succeeds."""
    return int(getattr(_C, name)(*arguments)) != -1


def _buffer() -> object:
    return ctypes.create_string_buffer(64)


def _can_write(folder: str) -> bool:
    return _succeeds(lambda: Path(folder, "probe").write_text("x"))


def _can_list(folder: str) -> bool:
    return _succeeds(lambda: list(Path(folder).iterdir()))


def _can_open(file: str, flags: int) -> bool:
    return _succeeds(lambda: os.close(os.open(file, flags)))


def _room(folder: str) -> int:
    state = os.statvfs(folder)
    return state.f_blocks * state.f_frsize


def _bounded_capabilities() -> int:
    return sum(_C.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) == 1 for number in range(41))


def _no_new_privileges() -> bool:
    return "NoNewPrivs:\t1" in Path("/proc/self/status").read_text()


def _filtered() -> bool:
    return "Seccomp:\t2" in Path("/proc/self/status").read_text()


def acts() -> Iterator[tuple[str, Callable[[], bool]]]:
    """What must not be possible, in words after "one can", each with how it is tried."""
    for name, family in _FAMILIES.items():
        yield (
            f"open a socket of {name}",
            lambda family=family: _succeeds(  # type: ignore[misc]
                lambda: socket.socket(family, socket.SOCK_DGRAM).close()
            ),
        )
    for folder in ("/", "/usr", "/etc", "/app/ingest", "/dev", "/proc", "/in", sys.prefix, sys.base_prefix):
        yield f"write to {folder}", lambda folder=folder: _can_write(folder)  # type: ignore[misc]
    for file in _KERNEL_FILES:
        yield f"write to {file}", lambda file=file: _can_open(file, os.O_WRONLY)  # type: ignore[misc]
    for file in _SECRET_FILES:
        yield f"read {file}", lambda file=file: _can_open(file, os.O_RDONLY)  # type: ignore[misc]
    for folder in _FOLDERS:
        yield f"see the folder {folder} of the machine", lambda folder=folder: _can_list(folder)  # type: ignore[misc]
    yield "see the environment of the service", lambda: bool(set(os.environ) - _KNOWN_NAMES)
    yield (
        "see other processes",
        lambda: sum(entry.name.isdigit() for entry in Path("/proc").iterdir()) > _OWN_PROCESSES,
    )
    yield "become root", lambda: _succeeds(lambda: os.setuid(0))
    yield "join the group of root", lambda: _succeeds(lambda: os.setgroups([0]))
    yield "be root", lambda: os.geteuid() == 0 or os.getegid() == 0
    yield "watch another process", lambda: _called("ptrace", 16, 1, None, None)
    yield "set the name of the machine", lambda: _called("sethostname", b"x", 1)
    yield (
        "read the messages of the kernel",
        lambda: _called("klogctl", 3, _buffer(), 64),
    )
    yield (
        "make a device",
        lambda: _succeeds(
            lambda: os.mknod(str(Path(tempfile.gettempdir(), "device")), 0o020600, os.makedev(1, 1))
        ),
    )
    yield "gain rights from a file", lambda: not _no_new_privileges()
    yield "be given capabilities again", lambda: _bounded_capabilities() > 0
    yield "ask the kernel for whatever it likes", lambda: not _filtered()
    yield (
        "fill its temporary folder without end",
        lambda: _room(tempfile.gettempdir()) > limits.READER_PRIVATE_BYTES,
    )
    yield "fill shared memory without end", lambda: _room("/dev/shm") > limits.SMALL_TMPFS_BYTES  # noqa: S108
    yield "not write to its own temporary folder", lambda: not _can_write(tempfile.gettempdir())
    yield (
        "use memory without limit",
        lambda: resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY,
    )
    yield "use memory beyond its limit", lambda: _succeeds(lambda: mmap.mmap(-1, 16 * 1024**3))
    yield "leave an image of its memory", lambda: resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
    yield (
        "open any number of files",
        lambda: resource.getrlimit(resource.RLIMIT_NOFILE)[1] > limits.READER_OPEN_FILES,
    )
    # At the end: where they are possible, nothing after them means anything.
    yield "make a namespace of users", lambda: _called("unshare", _CLONE_NEWUSER)
    yield "make a namespace of mounts", lambda: _called("unshare", _CLONE_NEWNS)
    yield "mount", lambda: _called("mount", b"none", tempfile.gettempdir().encode(), b"tmpfs", 0, None)
    yield "unmount", lambda: _called("umount2", b"/proc", 2)
    yield "change its root", lambda: _called("chroot", b"/usr")


def reached() -> list[str]:
    """What this process can do although it should not, in words; empty in a sound sandbox."""
    set_limits()
    return [words for words, is_possible in acts() if _is_so(is_possible)]


def _is_so(is_possible: Callable[[], bool]) -> bool:
    """What could not even be tried counts as possible."""
    try:
        return is_possible()
    except (OSError, AttributeError, ValueError):
        return True


def main() -> None:
    """Print the findings as one JSON list."""
    stream = own_stream()
    stream.write(json.dumps(reached()))
    stream.flush()
