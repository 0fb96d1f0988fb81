"""Telephone numbers that stand in a text, in one form however they are written (package phonenumbers)."""

import re
from collections.abc import Iterator

import phonenumbers

_NUMBER = re.compile(r"(?<![\w.,/:+-])(?:\+|00|\()?\d[\d\s().\-/]{5,22}\d(?![\w/-]|[.,]\d)")
_TOLD = re.compile(
    r"(?:phone|tel(?:ephone)?|mobile|cell|fax|call|dsn|hotline|contact|whatsapp|sat(?:ellite)?\s?phone"
    r"|tfno|móvil|тел|telefon|هاتف)"
    r"\.?(?:\s(?:number|no\.?|at|is))?\s?:?\s*$",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}$")


def phones_in(text: str, *, are_told: bool = False) -> Iterator[tuple[int, int, str | None]]:
    """Start, end and the number as +9647701234567 (E.164) of each that is valid for a country, and None for
    one that only the words before it call a telephone number, or `are_told` to be one.
    """
    for match in _NUMBER.finditer(text):
        written = match.group().strip()
        digits = sum(c.isdigit() for c in written)
        is_told = are_told or _TOLD.search(text[max(0, match.start() - 30) : match.start()]) is not None
        region = None if written.startswith(("+", "00")) else "US" if _AMERICAN.match(written) else None
        number = _parsed(("+" + written[2:]) if written.startswith("00") else written, region)
        if number is not None or (is_told and 5 <= digits <= 15):
            yield match.start(), match.start() + len(written), number


def national(number: str) -> str:
    """A number in E.164 as it is dialled within its country, without the zero before it."""
    return str(phonenumbers.national_significant_number(phonenumbers.parse(number)))


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
