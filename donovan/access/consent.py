"""The text that everybody agrees to before signing in."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

CONSENT = (
    "This system belongs to your organisation and is for its authorised work only.",
    "What you do here is recorded: sign-in, searches, questions, documents opened, uploads and exports. "
    "The record is kept, is checked for tampering, and is read by reviewers and inspectors.",
    "You may be shown only what your clearance and your need to know allow. Report at once anything that "
    "should not be here, or that you should not see.",
    "By signing in you agree to this.",
)


def consent_paragraphs() -> tuple[str, ...]:
    """The site's own text when settings.CONSENT_FILE names one, else the text above."""
    return _from_file(settings.CONSENT_FILE) if settings.CONSENT_FILE else CONSENT


@lru_cache(maxsize=1)
def _from_file(path: str) -> tuple[str, ...]:
    text = Path(path).read_text(encoding="utf-8")
    return tuple(paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())
