"""The system calls that a reader has no use for, as a filter that the kernel holds (seccomp, classic BPF).

Numbers are those of the kernel's own tables for x86-64 and AArch64 (arch/x86/entry/syscalls/syscall_64.tbl,
include/uapi/asm-generic/unistd.h of Linux); instructions are those of linux/filter.h, the fields of
`seccomp_data` those of linux/seccomp.h. What is refused answers EPERM, and clone3 ENOSYS, after which the C
library asks clone, whose flags can be looked at.
"""

import errno
import os
import platform
import socket
import struct
import tempfile

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME.
_NEW_NAMESPACES = 0x7E020000 | 0x80
_REFUSED = {
    # name: (x86-64, AArch64)
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "syslog": (103, 116), "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225),
    "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18), "vhangup": (153, 58), "personality": (135, 92),
}  # fmt: skip
_MACHINES = {
    # machine: (AUDIT_ARCH, column, clone, clone3, socket, socketpair)
    "x86_64": (0xC000003E, 0, 56, 435, 41, 53),
    "aarch64": (0xC00000B7, 1, 220, 435, 198, 199),
}


def program() -> bytes:
    """The filter for this machine; empty where its numbers are not known here."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return b""
    architecture, column, clone, clone3, socket_call, pair_call = machine
    refuse = _instruction(_RETURN, _ERRNO | errno.EPERM)
    allow = _instruction(_RETURN, _ALLOW)
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if column == 0:
        # The same calls by other numbers.
        code += [_instruction(_AT_LEAST, _X32, 0, 1), _instruction(_RETURN, _KILL)]
    for numbers in _REFUSED.values():
        code += [_instruction(_EQUAL, numbers[column], 0, 1), refuse]
    code += [_instruction(_EQUAL, clone3, 0, 1), _instruction(_RETURN, _ERRNO | errno.ENOSYS)]
    code += [
        _instruction(_EQUAL, clone, 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        refuse,
        allow,
    ]
    # The namespace of the network does not hold every family in: AF_VSOCK reaches the machine's host.
    for call in (socket_call, pair_call):
        code += [
            _instruction(_EQUAL, call, 0, 4),
            _instruction(_LOAD, _FIRST_ARGUMENT),
            _instruction(_EQUAL, socket.AF_UNIX, 1, 0),
            refuse,
            allow,
        ]
    return b"".join([*code, allow])


def as_file() -> int:
    """A descriptor from which bubblewrap reads the filter; whoever asks closes it. -1 where there is none."""
    data = program()
    if not data:
        return -1
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.flush()
        stream.seek(0)
        return os.dup(stream.fileno())


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
