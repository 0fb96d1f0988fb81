"""Telephone numbers, mail and web addresses."""

import re
from collections.abc import Iterator

import phonenumbers

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found

NAME = "contacts"
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z]{2,24}(?![\w-])")
_WEB = re.compile(r"\b(?:https?://|ftp://|www\.)[^\s<>\"'“”‘’()\[\]]{3,300}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z]\w{2,29}\b(?!\.\w)")
_NUMBER = re.compile(r"(?<![\w.,/:+-])(?:\+|00|\()?\d[\d\s().\-/]{5,22}\d(?![\w/-]|[.,]\d)")
_TOLD = re.compile(
    r"(?:phone|tel(?:ephone)?|mobile|cell|fax|call|dsn|hotline|contact|whatsapp|sat(?:ellite)?\s?phone"
    r"|tfno|móvil|тел|telefon|هاتف)"
    r"\.?(?:\s(?:number|no\.?|at|is))?\s?:?\s*$",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}$")


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
    for match in _NUMBER.finditer(text):
        written = match.group().strip()
        digits = sum(c.isdigit() for c in written)
        is_told = _TOLD.search(text[max(0, match.start() - 30) : match.start()]) is not None
        region = None if written.startswith(("+", "00")) else "US" if _AMERICAN.match(written) else None
        number = _parsed(("+" + written[2:]) if written.startswith("00") else written, region)
        if number is None and not (is_told and 5 <= digits <= 15):
            continue
        normal = number or re.sub(r"\D", "", written)
        value = {"number": number} if number else {}
        yield _found(text, match.start(), match.start() + len(written), Kind.PHONE, normal, value, 0.97)


def _parsed(written: str, region: str | None) -> str | None:
    """The number in E.164 form, or None when it is not a possible and valid one."""
    if region is None and not written.startswith("+"):
        return None
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not (
        phonenumbers.is_valid_number(number) or (region is None and phonenumbers.is_possible_number(number))
    ):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _found(  # noqa: PLR0917 - one row of a table
    text: str, start: int, end: int, kind: Kind, normal: str, value: dict[str, str], confidence: float
) -> Found:
    return Found(
        start, end, kind, text[start:end], normal[:200], value, confidence=confidence, recogniser=NAME
    )
