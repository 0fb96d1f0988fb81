"""Invented papers whose day is known: 26 forms in twelve languages, days written as the CLDR does."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from tests.benchmarks.date_words import LANGUAGES, WORDS, Words

_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_MONTHS_FIRST = frozenset({"en"})


@dataclass(frozen=True)
class Paper:
    """The first page of a paper, and its day; None where nothing on it says the day."""

    form: str
    language: str
    text: str
    day: date | None


@dataclass(frozen=True)
class _Set:
    """What a form is filled with: the day of the paper, and days before and after it that are others'."""

    language: str
    words: Words
    day: date
    before: date
    after: date

    def written(self, day: date, style: str = "long") -> str:
        text = str(format_date(day, style, locale=self.language))
        return text.translate(_ARABIC) if self.language == "ar" else text

    def figures(self, day: date, mark: str = "", *, digits: int = 4) -> str:
        """Day, month and year as people of this language write them in figures."""
        year = f"{day.year}" if digits == 4 else f"{day.year % 100:02}"
        sign = mark or {"de": ".", "ru": ".", "pl": ".", "tr": ".", "uk": ".", "zh": "-"}.get(
            self.language, "/"
        )
        parts = [f"{day.day:02}", f"{day.month:02}", year]
        if self.language == "zh":
            parts = [f"{day.year}", *parts[1::-1]]
        return sign.join(parts)


Form = Callable[[_Set], tuple[list[str], date | None]]


def _letter(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, f"{w.city} 4471", "", f"{w.city}, {s.written(s.day)}", "", w.dear, w.body,
            w.prose.format(s.written(s.before)), w.office], s.day  # fmt: skip


def _memo(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, f"{w.date}: {s.written(s.day)}", f"Ref: HO/45/{s.before.year}", w.body,
            w.prose.format(s.written(s.before))], s.day  # fmt: skip


def _decree(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.office.upper(),
        w.decree.format(s.written(s.day)),
        "",
        w.body,
        w.prose.format(s.written(s.before)),
    ], s.day


def _dateline(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.office,
        f"{w.city.upper()}, {s.written(s.day)} – {w.body} {w.prose.format(s.written(s.before))}",
    ], s.day


def _minutes(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.minutes.format(s.written(s.day)),
        "",
        f"1. {w.body}",
        f"2. {w.prose.format(s.written(s.before))}",
    ], s.day


def _invoice(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    day = s.day.replace(day=19 + s.day.day % 9)
    return [w.office, "No. 4471", f"{w.date}: {s.figures(day)}", f"{w.due}: {s.figures(s.after)}",
            "Timber 12 x 40.00  480.00", w.body], day  # fmt: skip


def _certificate(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office.upper(), w.body, w.body, w.body, "", f"{w.city}, {s.written(s.day)}", "M. Marlow"], s.day


def _cover(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    month = str(format_date(s.day, "LLLL y", locale=s.language))
    return [w.office, month, w.body, w.body], None


def _newspaper(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.city.upper() + " ·  N° 118",
        s.written(s.day, "full"),
        w.body,
        w.prose.format(s.written(s.before)),
    ], s.day


def _fax(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    day = s.day.replace(day=19 + s.day.day % 9)
    return ["FAX", f"{w.date}: {s.figures(day)}     {w.pages}: 3", w.dear, w.body], day


def _log(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, s.day.isoformat(), "06:00 3 / 4", f"08:30 {w.body}"], s.day


def _contract(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, w.made.format(s.written(s.day)), w.body, f"{w.until}: {s.written(s.after)}"], s.day


def _notice(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, w.body, f"{w.until} {s.written(s.after)}", f"{w.issued}: {s.written(s.day)}"], s.day


def _group(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    name = format_date(s.day, "MMM", locale="en").upper()
    return [f"FM {w.office.upper()}", f"DTG {s.day.day:02}0430Z {name} {s.day.year % 100:02}", w.body], s.day


def _only_history(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, w.body, w.prose.format(s.written(s.before)), w.body], None


def _signed_below(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.office,
        w.body,
        w.prose.format(s.written(s.before)),
        w.body,
        f"{w.signed} {s.written(s.day)}",
    ], s.day


def _two_readings(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    day = s.day.replace(day=5, month=7)
    return [w.office, f"{w.date}: {s.figures(day)}", w.body], None if s.language in _MONTHS_FIRST else day


def _stamped(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [f"{w.received} {s.written(s.day + timedelta(days=5))}", w.office, f"{w.city}, {s.written(s.day)}",
            w.dear, w.body], s.day  # fmt: skip


def _answer(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, w.letter_of.format(s.written(s.before)), s.written(s.day), w.dear, w.body], s.day


def _person(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [
        w.office,
        f"{w.born}: {s.written(date(1971, 5, 24))}",
        w.body,
        f"{w.date}: {s.written(s.day)}",
    ], s.day


def _only_birth(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, f"{w.born}: {s.written(date(1971, 5, 24))}", w.body], None


def _short_year(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    day = s.day.replace(day=25)
    mark = "" if s.language != "zh" else "-"
    text = s.figures(day, mark, digits=4 if s.language == "zh" else 2)
    return [w.office, f"{w.city}, {text}", w.dear, w.body], day


def _medium(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    day = s.day.replace(day=25)
    return [w.office, s.written(day, "medium"), w.dear, w.body, w.prose.format(s.written(s.before))], day


def _only_expiry(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, w.body, f"{w.until} {s.written(s.after)}"], None


def _of_no_day(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [w.office, f"4471/{s.day.year}", w.body, f"{w.due}: {s.written(s.after)}", w.body], None


def _two_columns(s: _Set) -> tuple[list[str], date | None]:
    w = s.words
    return [f"{w.office}      {w.city}, {s.written(s.day)}", f"No. 45      {w.pages}: 2", w.dear, w.body,
            w.prose.format(s.written(s.before))], s.day  # fmt: skip


FORMS: dict[str, Form] = {
    "letter": _letter,
    "memo": _memo,
    "decree": _decree,
    "dateline of a report": _dateline,
    "minutes": _minutes,
    "invoice": _invoice,
    "certificate": _certificate,
    "cover with a month": _cover,
    "newspaper": _newspaper,
    "fax": _fax,
    "log": _log,
    "contract": _contract,
    "notice": _notice,
    "signal": _group,
    "history alone": _only_history,
    "signed below": _signed_below,
    "two readings": _two_readings,
    "stamped": _stamped,
    "answer to a letter": _answer,
    "person and day": _person,
    "birth alone": _only_birth,
    "short year": _short_year,
    "medium form": _medium,
    "expiry alone": _only_expiry,
    "due alone": _of_no_day,
    "head in two columns": _two_columns,
}
FITTED = frozenset(list(FORMS)[::2])
"""Every other form was looked at while the reader was mended; the others only measure it."""


def papers(seed: int = 4471) -> Iterator[Paper]:
    """Every form in every language, each with days of its own."""
    chance = random.Random(seed)
    for form, make in FORMS.items():
        for language in LANGUAGES:
            day = date(2005, 1, 1) + timedelta(days=chance.randrange(20 * 365))
            day = day.replace(day=min(day.day, 28))
            before = day - timedelta(days=chance.randrange(400, 9000))
            after = day + timedelta(days=chance.randrange(30, 700))
            lines, expected = make(_Set(language, WORDS[language], day, before, after))
            yield Paper(form, language, "\n".join(lines), expected)
