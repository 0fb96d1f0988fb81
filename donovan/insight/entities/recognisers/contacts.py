"""Telephone numbers, mail and web addresses."""

import re
from collections.abc import Iterator

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found
from ingest.values.phones import phones_in

NAME = "contacts"
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z]{2,24}(?![\w-])")
_WEB = re.compile(r"\b(?:https?://|ftp://|www\.)[^\s<>\"'“”‘’()\[\]]{3,300}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z]\w{2,29}\b(?!\.\w)")


class ContactRecogniser:
    """Numbers and addresses by which somebody is reached."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted([*_addresses(text), *_numbers(text)], key=lambda m: (m.start, -m.end))


def _addresses(text: str) -> Iterator[Found]:
    for match in _MAIL.finditer(text):
        yield _found(text, *match.span(), Kind.MAIL, match.group().lower(), {}, 0.99)
    for match in _WEB.finditer(text):
        end = match.start() + len(match.group().rstrip(".,;:!?"))
        yield _found(text, match.start(), end, Kind.MAIL, text[match.start() : end].lower(), {}, 0.99)
    for match in _HANDLE.finditer(text):
        yield _found(text, *match.span(), Kind.MAIL, match.group().lower(), {}, 0.8)


def _numbers(text: str) -> Iterator[Found]:
    """Numbers that are valid for a country, or that the text says are telephone numbers."""
    for start, end, number in phones_in(text):
        normal = number or re.sub(r"\D", "", text[start:end])
        yield _found(text, start, end, Kind.PHONE, normal, {"number": number} if number else {}, 0.97)


def _found(  # noqa: PLR0917 - one row of a table
    text: str, start: int, end: int, kind: Kind, normal: str, value: dict[str, str], confidence: float
) -> Found:
    return Found(
        start, end, kind, text[start:end], normal[:200], value, confidence=confidence, recogniser=NAME
    )
