"""What the logs keep: the kind of an error and the places it came through, never its words.

The words of an error often quote what it failed at, which may be a question or a page of a document. So may
the lines of libraries: of those stands the place they were written at, and their template where they have
one.
"""

import fcntl
import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from django.conf import settings

from ingest import places
from ingest.work.incidents import current_number

LARGEST = 5 * 1024 * 1024
KEPT = 5
NAME = "events.jsonl"
LONGEST_MESSAGE = 2000
_OURS = ("donovan", "ingest", "retrieval", "deploy")
# Lines of others that are known to hold names of services and addresses of this site alone.
_KNOWN = ("django.request", "celery.apps.worker")
_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def message_of(record: logging.LogRecord) -> str:
    """What may be kept of a line: all of our own, of others the template alone, or the place."""
    if record.name.split(".")[0] in _OURS or record.name in _KNOWN:
        return record.getMessage()[:LONGEST_MESSAGE]
    place = f"(a line written at {places.short(record.pathname)}:{record.lineno})"
    return f"{str(record.msg)[:LONGEST_MESSAGE]} {place}" if record.args else place


class PlacesFormatter(logging.Formatter):
    """Time, logger and message, and below them the places of the error that was on its way."""

    def format(self, record: logging.LogRecord) -> str:
        kept = logging.makeLogRecord(record.__dict__)
        # Another handler may have put the words of the error there.
        kept.msg, kept.args, kept.exc_text, kept.stack_info = message_of(record), None, None, None
        return super().format(kept)

    def formatException(self, ei: _ErrorInfo) -> str:
        return "\n".join(places.told(ei[1])) if ei[1] is not None else ""


class LinesFormatter(logging.Formatter):
    """One JSON object a line: `at` (UTC), `level`, `logger`, `message`, `incident`, `process`; of a request
    its `route`, `method` and `status`; of an error its `error` (classes, the first cause first) and `frames`.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            "process": record.process,
        }
        request = getattr(record, "request", None)
        number = getattr(request, "incident", "") or current_number()
        if number:
            line["incident"] = number
        match = getattr(request, "resolver_match", None)
        if request is not None:
            # The pattern of the address: the address itself may hold what somebody typed.
            line["message"] = str(record.args[0] if isinstance(record.args, tuple) and record.args else "")
            line["route"] = str(getattr(match, "route", ""))
            line["method"] = str(getattr(request, "method", ""))[:10]
            line["status"] = getattr(record, "status_code", None)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            parts = places.chain(error)
            line["error"] = [places.class_of(part) for part in parts]
            line["frames"] = [frame for part in parts for frame in places.frames_of(part)]
        return json.dumps(line, ensure_ascii=True)


class SharedFileHandler(logging.Handler):
    """Appends to DATA/logs/events.jsonl, which all processes share: each line whole, the file turned over at
    5 MB, readable by this account alone.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write((self.format(record) + "\n").encode())
        except Exception as error:
            # Never the record itself: it may hold words of a document, and this stream may be kept anywhere.
            print(f"A line of the log could not be written: {type(error).__name__}", file=sys.stderr)

    def _write(self, line: bytes) -> None:
        path = Path(settings.LOG_DIR) / NAME
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists() and path.stat().st_size + len(line) > LARGEST:
                _turn_over(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        finally:
            os.close(lock)


def kept_files() -> list[Path]:
    """The files of the log that are there, the oldest first."""
    path = Path(settings.LOG_DIR) / NAME
    files = [path.with_name(f"{NAME}.{number}") for number in range(KEPT, 0, -1)]
    return [file for file in (*files, path) if file.is_file()]


def _turn_over(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        newer = path.with_name(f"{NAME}.{number - 1}") if number > 1 else path
        if newer.exists():
            newer.replace(path.with_name(f"{NAME}.{number}"))
