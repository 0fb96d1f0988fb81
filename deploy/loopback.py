"""Run a command where loopback is the only network: `unshare --net -- python -m deploy.loopback COMMAND...`.

Brings loopback up, refuses to go on where any other interface exists, and becomes the command.
"""

import fcntl
import os
import socket
import struct
import sys

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def other_interfaces() -> list[str]:
    """Names of the network interfaces besides loopback."""
    return [name for _, name in socket.if_nameindex() if name != "lo"]


def raise_loopback() -> None:
    """Bring `lo` up by the kernel's own call; no package has to bring a program for it. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        answer = fcntl.ioctl(channel, SIOCGIFFLAGS, request)
        flags = struct.unpack("16sH14s", answer)[1]
        fcntl.ioctl(channel, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | IFF_UP, b""))


def main() -> int:
    command = sys.argv[1:]
    if not command:
        print("usage: unshare --net -- python -m deploy.loopback COMMAND...", file=sys.stderr)
        return 2
    others = other_interfaces()
    if others:
        print(
            f"This is no namespace of its own: it holds {', '.join(others)} besides loopback.",
            file=sys.stderr,
        )
        return 1
    raise_loopback()
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose


if __name__ == "__main__":
    sys.exit(main())
