"""Outlook mails made for the tests: the storages of properties, recipients and attachments."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ingest.readers.ole_writing import Tree, ole_bytes

__all__ = ["moment", "msg_tree", "ole_bytes"]


def moment(*when: int) -> int:
    """A time as Outlook keeps it."""
    return int((datetime(*when, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def properties(values: Mapping[int, object], head: int) -> dict[str, bytes]:
    """The streams of these properties: text, bytes, or whole numbers (times where they are very large)."""
    tree, fixed = {}, bytes(head)
    for number, value in values.items():
        if isinstance(value, str):
            tree[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        elif isinstance(value, bytes):
            tree[f"__substg1.0_{number:04X}0102"] = value
        else:
            assert isinstance(value, int)
            fixed += struct.pack("<HHIQ", 0x40 if value > 2**32 else 3, number, 6, value)
    return {**tree, "__properties_version1.0": fixed}


def msg_tree(
    values: Mapping[int, object],
    recipients: Sequence[Mapping[int, object]] = (),
    attachments: Sequence[Mapping[int, object] | tuple[str, Tree]] = (),
    *,
    head: int = 32,
) -> Tree:
    """The storages of a mail; an attachment given as a name and a tree is a mail inside."""
    tree: dict[str, bytes | Tree] = dict(properties(values, head))
    for number, recipient in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = properties(recipient, 8)
    for number, attachment in enumerate(attachments):
        if isinstance(attachment, tuple):
            inner: dict[str, bytes | Tree] = dict(properties({0x3001: attachment[0], 0x3705: 5}, 8))
            inner["__substg1.0_3701000D"] = attachment[1]
        else:
            inner = dict(properties(attachment, 8))
        tree[f"__attach_version1.0_#{number:08X}"] = inner
    return tree
