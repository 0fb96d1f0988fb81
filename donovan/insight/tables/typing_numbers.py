"""Numbers as people write them: grouped digits, decimal point or comma, currency, percent, units, brackets.

The decimal mark is decided for the column as a whole. A plain number never becomes another one: whatever does
not fit the decision stays text.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from donovan.insight.tables.typing_plans import FIT, TEXT, Plan, Values, filled, literal
from donovan.insight.tables.typing_units import MOST_UNITS, ConvertedSql, factor_between
from ingest.table_heads import is_unit
from ingest.values.dates import date_alone
from ingest.values.number_forms import SPACES, decimal_marks
from ingest.values.readable import readable
from ingest.values.units import UNITS, spellings_in_cells

_PLAIN_WORDS = (
    "in", "a", "c", "f", "k", "d", "s", "t", "v", "w", "j", "m", "st", "foot", "feet", "yard", "yards",
    "pound", "pounds", "celsius",
)  # fmt: skip
_CURRENCIES = "|".join(
    re.escape(sign.upper())
    for unit in UNITS.values()
    if unit.dimension == "money"
    for sign in (*filter(None, [unit.code]), *(each for each in unit.spellings if not each.isalpha()))
    if " " not in sign
)
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<before>{_CURRENCIES})?[{SPACES}]?(?P<sign>[-+−])?[{SPACES}]?"
    rf"(?P<before2>{_CURRENCIES})?[{SPACES}]?"
    rf"(?P<body>[0-9](?:[0-9.,'’{SPACES}]*[0-9])?\.?|[.,][0-9]+)(?P<power>[eE][-+]?[0-9]{{1,3}})?"
    rf"(?P<gap>[{SPACES}]?)(?P<after>%|‰|{_CURRENCIES}|(?:[^\W\d_]|°)(?:[^\W\d_]|[°/²³·0-9-]){{0,14}})?(?P<close>\))?"
)
# Units that in a title are as often a plain word or letter: "Checked in", "Date of birth, year".
_DOUBTFUL = {
    spelling
    for spelling, key in spellings_in_cells().items()
    if UNITS[key].dimension in ("money", "duration", "angle", "ratio", "count") or spelling in _PLAIN_WORDS
} - {"h", "hr", "hrs", "hours", "ms", "minutes", "seconds", "pcs", "px"}
_IN_TITLES = frozenset(spellings_in_cells()) - _DOUBTFUL
_SCALES = frozenset({"thousand", "thousands", "million", "millions"})
_TITLE_UNIT = re.compile(
    r"[(\[]\s*+([^()\[\]]{1,20})\s*+[)\]]\s*+$|,\s*+([^\s,]{1,12})\s*+$|\bin\s++([^\s]{1,12})\s*+$"
)
_LONGEST_INTEGER = 18
_MOST_DIGITS = 38


@dataclass
class _Seen:
    """What the cells of the sample look like, in numbers of cells."""

    total: int = 0
    after: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    parsed: list[tuple[re.Match[str], int]] = field(default_factory=list)
    point: int = 0
    comma: int = 0
    open_comma: int = 0
    open_point: int = 0
    whole: int = 0
    signs: set[str] = field(default_factory=set)
    leading_zero: int = 0
    plus: int = 0


def number_plan(values: Values, title: str) -> Plan | None:
    """How a column of these texts becomes numbers, or None when it is none.

    Texts with leading zeros or more digits than a number has are names of things and stay text.
    """
    present = filled(values)
    seen = _look(present)
    if not seen.total or sum(count for _, count in seen.parsed) < FIT * seen.total:
        return None
    if seen.leading_zero or seen.plus > 0.5 * seen.total:
        return None
    mark = "," if seen.comma > seen.point or _has_point_groups(seen) else "."
    converted = _converted(seen, mark)
    if converted is not None:
        return converted
    unit = _common(seen.after)
    currency = _common(seen.before)
    if unit is None or currency is None:
        return _mixed(seen)
    bodies = [(found, count) for found, count in seen.parsed if found["after"] in (None, unit)]
    if any(len(re.sub(r"\D", "", found["body"])) > _MOST_DIGITS for found, _ in bodies):
        return None
    places = any(_has_places(found["body"], mark) for found, _ in bodies)
    digits = max((len(re.sub(r"\D", "", found["body"])) for found, _ in bodies), default=0)
    if not places and digits > _LONGEST_INTEGER:
        return None
    has_power = any(found["power"] for found, _ in bodies)
    kept = sum(count for _, count in bodies)
    if kept < FIT * seen.total:
        return None
    shown = "%" if unit == "%" else currency or unit
    foreign = "".join(sorted(seen.signs))
    return Plan(
        type="decimal" if places or has_power else "integer",
        sql=_NumberSql(
            mark,
            unit,
            currency,
            has_power,
            _is_plain(mark, bodies, unit, currency),
            foreign,
        ),
        share=kept / seen.total,
        unit=shown or unit_in(title),
        note=_note(seen, mark),
        is_number=True,
        is_float=has_power,
    )


def _converted(seen: _Seen, mark: str) -> Plan | None:
    """The plan of a column with several units of one kind, told in the most frequent of them."""
    units = {unit: spellings_in_cells().get(unit.lower()) for unit, _ in seen.after.most_common() if unit}
    has_more = any(found["power"] or found["before"] or found["before2"] for found, _ in seen.parsed)
    if not 2 <= len(units) <= MOST_UNITS or has_more or seen.after[""]:
        return None
    for target, chosen in units.items():
        factors = {unit: factor_between(key or "", chosen or "") for unit, key in units.items()}
        if any(factor is None for factor in factors.values()):
            continue
        foreign = "".join(sorted(seen.signs))
        spelt = [unit for unit, key in units.items() if key != chosen]
        note = f"Cells in {', '.join(spelt)} were converted to {target}." if spelt else ""
        return Plan(
            type="decimal",
            sql=ConvertedSql(
                tuple(
                    (_NumberSql(mark, unit, "", False, False, foreign, True), factor)
                    for unit, factor in factors.items()
                    if factor is not None
                )
            ),
            share=sum(count for _, count in seen.parsed) / seen.total,
            unit=target,
            note=" ".join(part for part in (note, _note(seen, mark)) if part),
            is_number=True,
        )
    return None


def _mixed(seen: _Seen) -> Plan | None:
    """Text that is told to be numbers in units that do not go together; None where it is just text."""
    units = [unit for unit, _ in seen.after.most_common() if unit]
    signs = [sign for sign, _ in seen.before.most_common() if sign]
    if any(unit.lower() not in spellings_in_cells() for unit in units) or len(units) + len(signs) < 2:
        return None
    named = ", ".join([*units, *signs][:6])
    return replace(
        TEXT, mixed=named, note=f"Its cells are in several units ({named}) and are never added up."
    )


def _look(present: Values) -> _Seen:
    seen = _Seen()
    for value, count in present.items():
        seen.total += count
        seen.signs.update(sign for sign in value if _plain(sign) != sign)
        found = _NUMBER.fullmatch(_plain(value))
        if found is None or bool(found["open"]) != bool(found["close"]) or not _is_affix(found):
            continue
        body = found["body"].rstrip(".")
        marks = decimal_marks(body)
        if not marks:
            continue
        seen.parsed.append((found, count))
        seen.after[found["after"] or ""] += count
        seen.before[found["before"] or found["before2"] or ""] += count
        seen.plus += count if found["sign"] == "+" else 0
        if re.match(r"0[0-9]", body) and not found["power"]:
            seen.leading_zero += count
        _add_marks(body, marks, count, seen)
    return seen


def _plain(text: str) -> str:
    """The text with the figures 0 to 9, and the marks that Arabic has of its own as those of English."""
    return readable(text)[0].replace("٬", ",").replace("٫", ".")


def _is_affix(found: re.Match[str]) -> bool:
    after = found["after"]
    if not after or after == "%" or re.fullmatch(_CURRENCIES, after):
        return True
    if date_alone(f"{found['body']} {after}"):
        # "12 September".
        return False
    return after.lower() in spellings_in_cells() or bool(found["gap"])


def _add_marks(body: str, marks: frozenset[str], count: int, seen: _Seen) -> None:
    """Count what a cell shows of the decimal mark of its column."""
    if marks == {","} or (marks == {""} and "." in body):
        seen.comma += count
    elif marks == {"."} or (marks == {""} and "," in body):
        seen.point += count
    elif marks == {"", ","}:
        seen.open_comma += count
    elif marks == {"", "."}:
        seen.open_point += count
    else:
        seen.whole += count


def _has_point_groups(seen: _Seen) -> bool:
    """Whether points divide thousands although no cell proves it: each has three digits after it, and the
    smaller numbers beside them are whole.
    """
    return seen.open_point > 0 and seen.whole > 0 and not (seen.point or seen.comma or seen.open_comma)


def _common(affixes: Counter[str]) -> str | None:
    """The one affix that nearly all cells with any carry; "" for none, None where they differ."""
    named = {affix: count for affix, count in affixes.items() if affix}
    if not named:
        return ""
    best = max(named, key=lambda affix: named[affix])
    return best if named[best] >= FIT * sum(named.values()) else None


def _has_places(body: str, mark: str) -> bool:
    return mark in body.rstrip(".")


def _note(seen: _Seen, mark: str) -> str:
    if mark == "." and seen.open_comma and not seen.point:
        return "A comma before three digits is read as dividing thousands; no cell shows which is meant."
    if mark == "." and seen.open_point and not seen.point:
        return "A point before three digits is read as the decimal point; no cell shows which is meant."
    if mark == "," and seen.open_point and not seen.comma:
        return "A point before three digits is read as dividing thousands; no cell shows which is meant."
    if mark == "," and seen.point:
        return "Most cells have a decimal comma; those with a decimal point are kept as text."
    if mark == "." and seen.comma:
        return "Most cells have a decimal point; those with a decimal comma are kept as text."
    return ""


def _is_plain(mark: str, bodies: list[tuple[re.Match[str], int]], unit: str, currency: str) -> bool:
    return mark == "." and not unit and not currency and all(
        re.fullmatch(r"[-+]?[0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?", found[0]) for found, _ in bodies
    )  # fmt: skip


@dataclass(frozen=True)
class _NumberSql:
    """Makes the SQL that turns a text into a number as plain text."""

    mark: str
    unit: str
    currency: str
    has_power: bool
    is_plain: bool
    # Signs of other scripts that stand for figures and marks.
    foreign: str
    # Whether a cell without the unit is none of these.
    needs_unit: bool = False

    def __call__(self, text: str) -> str:
        if self.foreign:
            text = f"translate({text}, {literal(self.foreign)}, {literal(_plain(self.foreign))})"
        power = "(?:[eE][-+]?[0-9]{1,3})?" if self.has_power else ""
        if self.is_plain:
            # A few cells may still be grouped or in brackets; they are misfits of a plain column.
            pattern = rf"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){power}$"
            return f"CASE WHEN regexp_matches({text}, {literal(pattern)}) THEN {text} END"
        group = f"[.,'’{SPACES}]".replace(self.mark, "")
        mark = re.escape(self.mark)
        grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}"
        body = rf"(?:{grouped}|[0-9]+)(?:{mark}[0-9]*)?|{mark}[0-9]+"
        money = re.escape(self.currency) if self.currency else ""
        before = f"(?:{money})?" if money else ""
        after = re.escape(self.unit) if self.unit else ""
        tail = f"(?: ?(?:{after})){'' if self.needs_unit else '?'}" if after else ""
        gap = "[ \u00a0\u202f]?"
        pattern = rf"^(\()?{before}{gap}([-+−])?{gap}{before}{gap}({body}){power}{gap}{tail}\)?$"
        number = f"regexp_extract({text}, {literal(pattern)}, 3)"
        cleaned = f"replace(regexp_replace({number}, {literal(group)}, '', 'g'), {literal(self.mark)}, '.')"
        is_negative = f"starts_with({text}, '(') OR regexp_matches({text}, '^[^0-9]*[-−]')"
        sign = f"CASE WHEN {is_negative} THEN '-' ELSE '' END"
        return f"CASE WHEN regexp_matches({text}, {literal(pattern)}) THEN ({sign}) || {cleaned} END"


def unit_in(title: str) -> str:
    """The unit that a title names: "Weight (kg)", "distance, km", "Weight kg", "chlorine_mg_l"; or ""."""
    found = _TITLE_UNIT.search(title.strip())
    if found:
        unit = (found[1] or found[2] or found[3]).strip()
        if unit.lower() in spellings_in_cells() or (found[1] and unit in {"%", "€", "$", "£"}):
            return unit
        if found[1] and is_unit(unit):
            return unit
        if found[1] and len(unit) <= 8 and not unit.isdigit():
            return unit
        return ""
    words = [word for word in re.split(r"[\s_]+", title.strip()) if word]
    for count in (2, 1):
        if len(words) > count:
            unit = "/".join(words[-count:])
            if unit.lower() in _IN_TITLES:
                before = words[-count - 1].lower()
                return f"{before} {unit}" if before in _SCALES else unit
    if len(words) == 1 and len(words[0]) > 3 and words[0].lower() in _IN_TITLES:
        return words[0]
    return ""
