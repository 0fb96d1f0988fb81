"""What a container holds, member by member: written to the output folder, and all of them accounted for.

Expected = read + empty + lost, always; the page of the container says so and names each member with its path.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from ingest import limits
from ingest.errors import IngestError, notice
from ingest.protocol import Attachment, Begun, Event, Notice, clean
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job

LINK = "a link to another file"
OUTSIDE = "a path that points outside"
SEALED = "protected by a password"
UNTRIED = "protected by a password, and not all were tried on it within the time for that"
BROKEN = "damaged"
LARGE = f"more than {limits.ATTACHMENT_BYTES // limits.MEGABYTE} MB"
MANY = f"more than {limits.MEMBERS:,} in one file"
DEEP = f"more than {limits.ATTACHMENT_DEPTH} files deep, or too many out of one file"
_LONGEST_PATH = 400


class Members:
    """The members of one container while it is read."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._lines: list[str] = []
        self.read = 0
        self.empty = 0
        self.lost: Counter[str] = Counter()

    @property
    def expected(self) -> int:
        return self.read + self.empty + self.lost.total()

    def lose(self, path: str, reason: str) -> None:
        """Account for a member that is not read."""
        self.lost[reason] += 1
        self._lines.append(f"{tidy(clean(path))} (not read: {reason})")

    def refusal(self, path: str) -> str:
        """Why a member would not be taken, whatever is in it; empty where it would."""
        if not plain_path(path):
            return OUTSIDE
        if not self._job.may_hold_attachments:
            return DEEP
        return MANY if self.read >= limits.MEMBERS else ""

    def put(self, path: str, chunks: Iterable[bytes]) -> Iterator[Attachment]:
        """Write a member; nothing comes of one that is empty, damaged, too large or one too many.

        Damage is what raises OSError, EOFError, ValueError or IngestError "damaged" while it is read.
        """
        name = plain_path(path)
        refused = self.refusal(path)
        if refused:
            self.lose(path, refused)
            return
        file = self._job.out / f"attachment{self.read + 1:05d}"
        size, has_words = 0, False
        coming = iter(chunks)
        with file.open("wb") as out:
            while size <= limits.ATTACHMENT_BYTES:
                try:
                    chunk = next(coming, None)
                except (OSError, EOFError, ValueError, IngestError):
                    file.unlink(missing_ok=True)
                    self.lose(path, BROKEN)
                    return
                if chunk is None:
                    break
                size += len(chunk)
                has_words = has_words or bool(chunk.strip())
                # A full disk is no fault of the member: it ends the whole attempt.
                out.write(chunk)
        if size > limits.ATTACHMENT_BYTES:
            file.unlink()
            self.lose(path, LARGE)
        elif not has_words:
            file.unlink()
            self.empty += 1
            self._lines.append(f"{tidy(clean(name))} (empty)")
        else:
            self.read += 1
            self._lines.append(tidy(clean(name)))
            yield Attachment(file.name, tidy(clean(name)))

    def close(self, title: str = "", *, is_cut: bool = False) -> Iterator[Event]:
        """The page of the container, and what is to be said of it."""
        said = f"{self.expected:,} expected, {self.read:,} read, {self.empty:,} empty, "
        said += f"{self.lost.total():,} lost"
        pages = paginate(
            [Block("paragraph", f"Members: {said}"), *(Block("row", line) for line in self._lines)]
        )
        yield Begun(len(pages), title=title, metadata={"Members": said})
        yield from pages
        if self.empty or self.lost:
            reasons = "; ".join(f"{reason}: {count:,}" for reason, count in self.lost.most_common(8))
            sentence = notice("members-left-out", said=said, reasons=f" ({reasons})" if reasons else "")
            yield Notice("members-left-out", sentence)
        if is_cut:
            yield Notice("repaired", notice("repaired"))


def plain_path(untrusted: str) -> str:
    """The path of a member with plain strokes, or nothing where it points outside of its container."""
    path = untrusted.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")):
        return ""
    return "/".join(parts)[-_LONGEST_PATH:]
