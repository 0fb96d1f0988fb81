"""Files on their way in: each goes to disk as it comes, and one that is too large stops costing anything."""

from typing import cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEGABYTE = 1024 * 1024


def most_bytes() -> int:
    """The largest file that is taken in, in bytes."""
    return int(settings.MAX_UPLOAD_MB) * MEGABYTE


def too_large_sentence() -> str:
    return (
        f"The file is larger than {settings.MAX_UPLOAD_MB} MB, the most that this system takes in. "
        "Split it and hand in the parts."
    )


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Keeps each file of a form on disk, and drops the rest of one that passes the limit.

    Only the file that is too large is refused (`is_too_large` says so); the others in the same form still
    arrive.
    """

    is_too_large = False

    def new_file(self, *arguments: object, **named: object) -> None:
        self.is_too_large = False
        super().new_file(*arguments, **named)  # type: ignore[arg-type]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > most_bytes():
            if not self.is_too_large:
                self.file.seek(0)
                self.file.truncate()
            self.is_too_large = True
            return
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        received = cast(TemporaryUploadedFile, super().file_complete(file_size))
        received.is_too_large = self.is_too_large  # type: ignore[attr-defined]
        return received
