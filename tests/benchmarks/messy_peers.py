"""Plain readers of common formats, to see whether a file says something that the product does not read."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from multiprocessing.connection import Connection
from pathlib import Path

import pypdfium2
from bs4 import BeautifulSoup
from docx import Document as WordFile

_ADDRESS = re.compile(r"<?https?://\S+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\[nrt]")
_WORD = re.compile(r"[^\W\d_]{4,}")
_TEXT = {".txt", ".md", ".rst", ".org", ".json", ".ndjson", ".csv", ".py", ".go"}
_MARKUP = {".html", ".htm", ".xml", ".hocr"}
_EXAMPLES = 12


def peer_text(path: Path, to: Connection) -> None:
    """Sends the text of the file; "" for a format without a plain reader here, or one that it cannot open."""
    try:
        to.send(_read(path))
    except Exception:
        to.send("")


def _read(path: Path) -> str:
    ending = path.suffix.lower()
    if ending == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    content = path.read_bytes()
    if ending in {".json", ".ndjson"}:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", _decoded(content))
    if ending in _TEXT:
        return _decoded(content)
    if ending in _MARKUP:
        return BeautifulSoup(content, "xml" if ending == ".xml" else "lxml").get_text(" ")
    if ending == ".eml":
        return _mail(content)
    if ending == ".docx":
        return "\n".join(paragraph.text for paragraph in WordFile(str(path)).paragraphs)
    return ""


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


def _mail(content: bytes) -> str:
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return str(message.get("Subject", ""))
    text = str(body.get_content())
    if body.get_content_type() == "text/html":
        text = BeautifulSoup(text, "lxml").get_text(" ")
    return f"{message.get('Subject', '')}\n{text}"


def missing_words(peer: str, ours: Sequence[str]) -> tuple[float, list[str]]:
    """The share of the peer's distinct words that stand nowhere in ours, and some of them; 0 where the peer
    has fewer than five.
    """
    known = set(_WORD.findall("\n".join(ours).casefold()))
    asked = set(_WORD.findall(_ADDRESS.sub(" ", peer).casefold()))
    if len(asked) < 5:
        return 0.0, []
    missing = sorted(asked - known)
    return round(len(missing) / len(asked), 3), missing[:_EXAMPLES]
