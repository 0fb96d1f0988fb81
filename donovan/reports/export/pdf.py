"""A report as PDF: the HTML page set on sheets by WeasyPrint, in a process of its own and without a network.

Tagged (PDF/UA-1), with bookmarks, real footnotes, and fonts inside the file. Letters come from the Debian
packages fonts-liberation, fonts-dejavu-core (Arabic, Cyrillic, Greek, Hebrew) and fonts-droid-fallback
(Chinese, Japanese, Korean). Where a font is missing, the report says so in its warnings.
"""

import base64
import subprocess
import unicodedata

from donovan.reports.content import ReportContent
from donovan.reports.export.html import page_of
from ingest.work.subprocesses import run_subprocess

_SECONDS = 300.0
_MEGABYTES = 2000
_MOST_BLOCKS = 200


def write(content: ReportContent) -> bytes:
    """The bytes of the .pdf file. Raises Refused with a sentence when it cannot be set."""
    page = page_of(content, is_for_pdf=True)
    missing = letters_without_font(page)
    if missing:
        words = (
            f"This machine has no font for some letters of this report ({missing}); they show as boxes here. "
            "Use the Word or web form, or have the system owner install fonts-droid-fallback and "
            "fonts-dejavu-core."
        )
        page = page_of(content, is_for_pdf=True, warnings=(words,))
    answer = run_subprocess(
        "donovan.reports.export.typesetting", {"page": page}, seconds=_SECONDS, megabytes=_MEGABYTES
    )
    return base64.b64decode(answer["pdf"])


def letters_without_font(text: str) -> str:
    """The scripts in `text` that no installed font has letters for, such as "ARABIC, CJK"; empty when none.

    One letter stands for each 256 neighbours. Without fontconfig nothing is known, and nothing is said.
    """
    samples = {ord(letter) >> 8: letter for letter in text if ord(letter) > 0x24F and letter.isalpha()}
    missing = set()
    for letter in list(samples.values())[:_MOST_BLOCKS]:
        try:
            found = subprocess.run(
                ["fc-list", f":charset={ord(letter):x}", "family"],
                capture_output=True,
                timeout=20,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if found.returncode == 0 and not found.stdout.strip():
            missing.add(unicodedata.name(letter, "UNKNOWN").split(" ")[0])
    return ", ".join(sorted(missing))
