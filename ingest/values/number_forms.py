"""What a run of figures can mean in the forms that languages write numbers in.

A run is read whole: "2.350,75" is never "75", and "1 234,5" never "5". Where its form has two readings
("1.234" is a thousand or a little more than one) it has both values, unless its language knows only one.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from ingest.values.locales import language_of, number_signs

# Languages that write a decimal point, so that their comma can only divide thousands. Spanish is not among
# them: it writes a comma in Madrid and a point in Mexico.
_POINT_DECIMAL = frozenset(
    {"en", "zh", "ja", "ko", "he", "hi", "bn", "mr", "ta", "te", "ur", "th", "sw", "ms"}
)
# Languages whose thousands are divided by a space, so that two figures side by side are one number.
_SPACE_GROUPS = frozenset(
    {"fr", "ru", "uk", "pl", "cs", "sk", "sv", "nb", "nn", "no", "fi", "hu", "bg", "es", "pt", "et", "lv",
     "lt", "be", "kk"}
)  # fmt: skip
_HARD_SPACES = "\u00a0\u202f\u2009"
SPACES = _HARD_SPACES + " "


def readings(run: str, language: str) -> frozenset[Decimal]:
    """Every value that `run` can have; none where it is no number in any form, as "3.2.1" is not.

    `run` holds ASCII digits with separators between them; `language` may be empty.
    """
    digits = re.split(r"\D", run)
    marks = re.findall(r"\D", run)
    marks = ["'" if mark == "’" else " " if mark in SPACES else mark for mark in marks]
    if not marks:
        return frozenset({_value(run, "")})
    *inner, last = marks
    found = set()
    if _divides_thousands(digits, marks):
        found.add(_value("".join(digits), ""))
    if last in ".,٫" and last not in inner and (not inner or _divides_thousands(digits[:-1], inner)):
        found.add(_value("".join(digits[:-1]), digits[-1]))
    if len(found) > 1 and last == "," and language in _POINT_DECIMAL:
        return frozenset({_value("".join(digits), "")})
    return frozenset(found)


def decimal_marks(run: str) -> frozenset[str]:
    """The marks that can be the decimal one of `run`, "" where it can be a whole number; none where it is no
    number. "1,234" gives "" and ","; "1.234,5" gives ",".
    """
    if run[:1] in tuple(".,٫") and run[1:].isdigit():
        return frozenset({run[0]})
    marks = [mark for mark in run if not mark.isdigit()]
    whole = Decimal("".join(sign for sign in run if sign.isdigit()) or 0)
    return frozenset("" if value == whole else marks[-1] for value in readings(run, ""))


def may_be_apart(run: str, language: str, line: str) -> bool:
    """Whether figures with plain spaces between them may be several numbers: in a line that holds more
    figures than words, as a row of a table does, where the language does not divide thousands so.
    """
    if not any(mark == " " for mark in run) or language in _SPACE_GROUPS:
        return False
    return len(re.findall(r"\d+", line)) > len(re.findall(r"[^\W\d_]{2,}", line))


def _divides_thousands(digits: Sequence[str], marks: Sequence[str]) -> bool:
    """Whether one mark stands between groups of three, or, as in India, of two with three at the end."""
    if len(set(marks)) != 1 or marks[0] == "٫":
        return False
    first, *rest = digits
    if not 1 <= len(first) <= 3 or first[0] == "0":
        return False
    if all(len(group) == 3 for group in rest):
        return True
    is_indian = len(first) <= 2 and len(rest[-1]) == 3 and all(len(group) == 2 for group in rest[:-1])
    return is_indian and marks[0] in ",٬"


def _value(whole: str, decimals: str) -> Decimal:
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


def rewritten(run: str, source: str, target: str) -> str:
    """A number that a text in `source` writes, as `target` writes it: "1.234,5" from Spanish is "1,234.5" in
    English.

    It stays as it stands where it has no sign to change, more than one reading ("1.234" in Spanish), none, or
    where `target` could read the new form in two ways; also with a point alone, which can divide hours.
    """
    values = readings(run, language_of(source))
    if run.isdigit() or len(values) != 1 or (run.count(".") == 1 and "," not in run):
        return run
    decimal, group = number_signs(target)
    if not decimal:
        return run
    (value,) = values
    mark = next(iter(decimal_marks(run) & frozenset(".,٫")), "") if value != _value(_joined(run), "") else ""
    whole, _mark, decimals = run.rpartition(mark) if mark else (run, "", "")
    digits = _joined(whole)
    grouped = f"{int(digits):,}".replace(",", group) if len(whole) > len(digits) else digits
    written = f"{grouped}{decimal}{decimals}" if decimals else grouped
    return written if readings(written, language_of(target)) == values else run


def _joined(run: str) -> str:
    return "".join(sign for sign in run if sign.isdigit())
