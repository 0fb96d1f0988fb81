"""Cells of a workbook as their number format shows them: 0.42 as "42 %", 30 hours and a quarter as "30:15".

`displayed` is what a reader sees, for the text; `kept` is the same value in full, for the typed table.
Formats with conditions and fractions are left alone: the plain value is shown then.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from ingest.values.units import UNITS, spellings_in_cells

_LITERAL = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]{0,80})(?:-[^\]]{0,80})?\]|\[([^\]]{0,160})\]|_.|\*.|(.)', re.DOTALL
)
_DIGITS = re.compile(r"[0#?][0#?.,]*")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DATE_TOKEN = re.compile(
    r"am/pm|a/p|yyyy|yy|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|\.0+|(.)", re.IGNORECASE | re.DOTALL
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
# How these look depends on the machine that shows them, so they say nothing of their own.
_OF_THE_MACHINE = {"mm-dd-yy", "m/d/yy h:mm"}
_OF_DAYS = frozenset({"yy", "yyyy", "d", "dd", "mmm", "mmmm"})
_SIGNS = frozenset(
    sign
    for unit in UNITS.values()
    if unit.dimension == "money"
    for sign in (unit.code.lower(), *unit.spellings)
    if sign and sign != "-"
)


@dataclass(frozen=True)
class NumberFormat:
    """The first section of a format code, taken apart."""

    before: str = ""
    after: str = ""
    whole: int = 0
    least_places: int = 0
    most_places: int = 0
    is_grouped: bool = False
    is_percent: bool = False
    thousands: int = 0
    is_plain: bool = True


@dataclass(frozen=True)
class _Marked:
    """The characters of a format that mean something, those that are literal replaced by marks."""

    text: str
    literals: list[str] = field(default_factory=list)


def displayed(value: object, code: str) -> str | None:
    """What a reader sees of a number, day or time; None where the format has nothing to say."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, timedelta):
        return _elapsed(value, code)
    if isinstance(value, datetime | date | time):
        return _moment(value, code)
    if isinstance(value, int | float):
        form = _parsed(code)
        if form.is_plain:
            return None
        try:
            return _number(value, form)
        except ArithmeticError:
            return None
    return None


def kept(value: object, code: str) -> str | None:
    """A number as the format means it, without rounding: "42.37%", "$12400", "420 kL"; None for others."""
    if isinstance(value, timedelta):
        return _elapsed(value, code)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    form = _parsed(code)
    if form.is_plain:
        return None
    if form.thousands and form.after.strip():
        # "1.3 M": the number itself says it without a word that looks like a unit.
        form = replace(form, thousands=0, after="")
    number = _scaled(value, form)
    text = _plain(number)
    if form.is_percent:
        return f"{text}%"
    if form.whole > 1 and number == number.to_integral_value() and not form.most_places:
        text = _padded(text, form.whole)
    before, after = form.before.strip(), form.after.strip()
    if before.lower() in _SIGNS and not after:
        return f"-{before}{text[1:]}" if text.startswith("-") else f"{before}{text}"
    if after.lower() in spellings_in_cells() and not before:
        return f"{text} {after}"
    return text


def is_scaled(code: str) -> bool:
    """Whether a format shows thousands or millions of what the cell holds."""
    return _parsed(code).thousands > 0


def _number(value: float, form: NumberFormat) -> str:
    number = _scaled(value, form)
    with localcontext() as wide:
        wide.prec = 400
        rounded = number.quantize(Decimal(1).scaleb(-min(form.most_places, 40)), rounding=ROUND_HALF_UP)
    least = 0 if form.is_percent else form.least_places
    text = f"{abs(rounded):{',' if form.is_grouped else ''}f}"
    whole, _, places = text.partition(".")
    places = places[:least] + places[least:].rstrip("0")
    text = _padded(whole, form.whole) + (f".{places}" if places else "")
    sign = "-" if rounded < 0 else ""
    if form.is_percent:
        return f"{sign}{form.before}{text} %{form.after.replace('%', '').rstrip()}"
    return f"{sign}{form.before}{text}{form.after}".strip()


def _scaled(value: float, form: NumberFormat) -> Decimal:
    number = Decimal(f"{value:.15g}" if isinstance(value, float) else value)
    return number * (100 if form.is_percent else 1) / (Decimal(1000) ** form.thousands)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _padded(whole: str, least: int) -> str:
    sign = "-" if whole.startswith("-") else ""
    return sign + whole.lstrip("-").rjust(least, "0")


@lru_cache(maxsize=500)
def _parsed(code: str) -> NumberFormat:
    marked = _marked(code)
    found = _DIGITS.search(marked.text)
    if found is None or any(sign in marked.text for sign in ("E", "/", "@", "<", ">", "=")):
        return NumberFormat()
    digits = found[0]
    scaled = digits.rstrip(",")
    whole, _, places = scaled.partition(".")
    before, after = marked.text[: found.start()], marked.text[found.end() :]
    if _DIGITS.search(after):
        # Figures between literals, as in telephone numbers.
        return NumberFormat()
    is_percent = "%" in before or "%" in after
    form = NumberFormat(
        before=_filled(before.replace("%", ""), marked.literals),
        after=_filled(after.replace("%", ""), marked.literals),
        whole=sum(sign == "0" for sign in whole),
        least_places=places.count("0"),
        most_places=sum(sign in "0#?" for sign in places),
        is_grouped="," in whole,
        is_percent=is_percent,
        thousands=len(digits) - len(scaled),
        is_plain=False,
    )
    return form


@lru_cache(maxsize=500)
def _marked(code: str) -> _Marked:
    """The first section of a format; a literal is the mark U+E000 plus its number."""
    literals: list[str] = []
    text = ""
    for found in _LITERAL.finditer(code):
        quoted, escaped, currency, bracket, plain = found.groups()
        literal = quoted if quoted is not None else escaped if escaped is not None else currency
        if literal is not None:
            text += chr(0xE000 + len(literals))
            literals.append(literal)
        elif bracket is not None:
            text += bracket if bracket[:1] in "<>=" else ""
        elif plain == ";":
            break
        elif plain not in {"(", ")"}:
            text += plain or ""
    if text.strip().lower() in ("general", "standard"):
        text = ""
    return _Marked(text, literals[:1000])


def _filled(text: str, literals: list[str]) -> str:
    return "".join(
        literals[ord(sign) - 0xE000] if 0 <= ord(sign) - 0xE000 < len(literals) else sign for sign in text
    )


def _elapsed(value: timedelta, code: str) -> str:
    """Hours and minutes together, also beyond a day; seconds where the format or the value has them."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    names = [name[0].lower() for name in _ELAPSED.findall(code)]
    if names and set(names) == {"m"}:
        return f"{sign}{seconds // 60}"
    shown = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}"
    return f"{shown}:{seconds % 60:02d}" if "s" in names or seconds % 60 else shown


def _moment(value: date | datetime | time, code: str) -> str | None:
    if code.lower() in _OF_THE_MACHINE:
        return None
    marked = _marked(code)
    tokens = [found[0].lower() for found in _DATE_TOKEN.finditer(marked.text) if found[1] is None]
    if not tokens or (isinstance(value, time) and any(token[0] in "yd" for token in tokens)):
        return None
    has_half = any(token in ("am/pm", "a/p") for token in tokens)
    shown, last = "", ""
    pieces = list(_DATE_TOKEN.finditer(marked.text))
    for at, found in enumerate(pieces):
        token = found[0].lower()
        if found[1] is not None:
            shown += _filled(found[1], marked.literals)
            continue
        following = next((later[0].lower() for later in pieces[at + 1 :] if later[1] is None), "")
        is_minute = token in ("m", "mm") and (last.startswith("h") or following.startswith("s"))
        shown += _part(value, token, is_minute=is_minute, has_half=has_half)
        last = token
    shown = " ".join(shown.split())
    return shown + _exactly(value, tokens, shown)


def _part(value: date | datetime | time, token: str, *, is_minute: bool, has_half: bool) -> str:
    clock = value if isinstance(value, datetime | time) else time()
    if token in ("am/pm", "a/p"):
        return ("AM" if clock.hour < 12 else "PM")[: len(token) // 2]
    if token[0] == "h":
        hour = (clock.hour % 12 or 12) if has_half else clock.hour
        return f"{hour:0{len(token)}d}"
    if is_minute:
        return f"{clock.minute:0{len(token)}d}"
    if token[0] in "s.":
        return f"{clock.second:0{len(token)}d}" if token[0] == "s" else ""
    if isinstance(value, time):
        return ""
    month = _MONTHS[value.month - 1]
    day = _DAYS[value.weekday()]
    return {
        "yyyy": f"{value.year:04d}", "yy": f"{value.year % 100:02d}",
        "mmmmm": month[0], "mmmm": month, "mmm": month[:3], "mm": f"{value.month:02d}", "m": str(value.month),
        "dddd": day, "ddd": day[:3], "dd": f"{value.day:02d}", "d": str(value.day),
    }[token]  # fmt: skip


def _exactly(value: date | datetime | time, tokens: list[str], shown: str) -> str:
    """The day in ISO form in brackets where what is shown leaves it open: 01/09/26 is told as 2026-09-01."""
    if isinstance(value, time) or not _OF_DAYS.intersection(tokens):
        return ""
    has_day = any(token in ("d", "dd") for token in tokens)
    names_month = any(token in ("mmm", "mmmm") for token in tokens)
    is_clear = "yyyy" in tokens and (names_month or tokens[0] == "yyyy")
    if is_clear or shown.startswith(value.strftime("%Y-%m-%d")):
        return ""
    day = value.date() if isinstance(value, datetime) else value
    return f" ({day.isoformat()})" if has_day else f" ({day.isoformat()[:7]})"
