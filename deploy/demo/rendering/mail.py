"""Mail as .eml: fixed identifiers, dates and boundaries, quoted thread in the body, attachments in base64."""

import datetime
import email.policy
import email.utils
import zlib
from email.message import EmailMessage
from pathlib import PurePosixPath

from rendering.markup import DemoText, TextError

_TYPES = {
    ".pdf": ("application", "pdf"),
    ".png": ("image", "png"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("text", "csv"),
}


def message(text: DemoText, attachments: dict[str, bytes]) -> bytes:
    """A text as one mail. Settings: from, to, cc, subject, sent (2026-09-12T14:05), reply_to (a name of
    another text).

    Raises TextError for an attachment whose ending is not known.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = text.setting("from")
    mail["To"] = text.setting("to")
    if text.setting("cc", ""):
        mail["Cc"] = text.setting("cc")
    mail["Subject"] = text.setting("subject")
    sent = datetime.datetime.fromisoformat(text.setting("sent")).replace(tzinfo=datetime.UTC)
    mail["Date"] = email.utils.format_datetime(sent)
    mail["Message-ID"] = _identifier(text.source.stem)
    if text.setting("reply_to", ""):
        mail["In-Reply-To"] = mail["References"] = _identifier(text.setting("reply_to"))
    mail["X-Marking"] = text.setting("marking")
    mail.set_content(text.body, charset="utf-8", cte="8bit")
    for name, data in attachments.items():
        kind = _TYPES.get(PurePosixPath(name).suffix)
        if kind is None:
            raise TextError(
                f"{text.source.name}: the attachment {name} has an ending that is not known here."
            )
        mail.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    if attachments:
        mail.set_boundary(f"=_steady_harbour_{zlib.crc32(text.source.stem.encode()):08x}")
    return mail.as_bytes()


def _identifier(stem: str) -> str:
    return f"<{stem}@mail.steadyharbour.example>"
