"""What the Unicode CLDR says of how languages write: names of months, short forms of large numbers, units."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

# Those of the first line are known in every text, since papers mix them and short texts have no sure
# language; where two languages give one word to two months, the earlier language has it.
EVERYWHERE = ("en", "en_GB", "es", "fr", "de", "ru", "hr", "sr", "sr_Latn", "ar", "zh")
LOCALES = (
    *EVERYWHERE,
    "en_IN", "de_AT", "ar_LB", "ar_DZ", "ar_MA", "uk", "bg", "mk", "bs", "sl", "pl", "cs", "sk", "pt", "it",
    "ro", "nl", "sv", "da", "nb", "fi", "hu", "el", "tr", "id", "fa", "hi", "th", "ja", "ko",
)  # fmt: skip
# Forms that the CLDR lacks: Serbian genitives, the Russian "in March", other spellings.
_MORE_MONTHS = {
    "sr": "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра"
    "|januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra",
    "ru": "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
    "ar": "- - - ابريل - يونية يولية اغسطس - اكتوبر|- - - إبريل",
    "es": "- - - - - - - - setiembre",
    "fa": "ژانویۀ",
    "hi": "- फरवरी",
}
_MORE_SHORT = {"en": {"sept": 9}, "es": {"set": 9}, "ru": {"фев": 2}, "de": {"feber": 2, "mrz": 3}}
_LEAST_LETTERS = 4


def language_of(language: str) -> str:
    """The bare code of a language: "pt" of "pt-BR"; "" stays ""."""
    return (language or "").lower().split("-")[0].split("_")[0]


@cache
def month_names(language: str) -> Mapping[str, int]:
    """The names of months in texts of a language, in small letters without a point -> 1 to 12.

    Its own in every form, and the full names of all other languages of four letters or more; "out" is October
    in Portuguese text only.
    """
    names: dict[str, int] = {}
    for locale in LOCALES:
        for name, number in _full(locale):
            if len(name) >= _LEAST_LETTERS or locale in EVERYWHERE:
                names.setdefault(name, number)
    for name, number in _short("en"):
        names.setdefault(name, number)
    return {**names, **own_months(language)}


@cache
def own_months(language: str) -> Mapping[str, int]:
    """The names of months, full and short, of one language alone; none of a language that is not known."""
    return {
        name: number
        for locale in LOCALES
        if language_of(locale) == language
        for name, number in (*_short(locale), *_full(locale))
    }


@cache
def weekday_names() -> frozenset[str]:
    """The days of the week in all languages, full and short, in small letters without a point."""
    return frozenset(
        name.casefold().strip(".")
        for locale in LOCALES
        for width in ("wide", "abbreviated")
        for name in Locale.parse(locale).days["format"][width].values()
    )


def _full(locale: str) -> Iterator[tuple[str, int]]:
    yield from _named(locale, "wide")
    if locale == language_of(locale):
        yield from _more(locale)


def _short(locale: str) -> Iterator[tuple[str, int]]:
    yield from _named(locale, "abbreviated")
    yield from _MORE_SHORT.get(locale, {}).items()


def _named(locale: str, width: str) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for number, name in Locale.parse(locale).months[context][width].items():
            if number <= 12 and not name[0].isdecimal():
                yield name.casefold().rstrip("."), number


def _more(language: str) -> Iterator[tuple[str, int]]:
    for line in _MORE_MONTHS.get(language, "").split("|"):
        yield from ((name, number) for number, name in enumerate(line.split(), 1) if name != "-")


@cache
def scale_words(language: str) -> Mapping[str, int]:
    """What multiplies the number before it, in small letters without a point -> by how much.

    The short forms and words of the language itself: "Mio", "mil", "тыс", "万".
    """
    found: dict[str, int] = {}
    for locale in LOCALES:
        if language_of(locale) != language:
            continue
        for forms in Locale.parse(locale).compact_decimal_formats.values():
            for category in forms.values():
                for size, pattern in category.items():
                    written = re.fullmatch(r"(0+)(.*)", pattern.pattern.replace("'", "").replace("\xa0", " "))
                    word = written[2].strip(" .").casefold() if written else ""
                    # A form of two words ("mil millones") is read as one scale after the other.
                    if written and word and " " not in word:
                        found.setdefault(word, int(size) // 10 ** (len(written[1]) - 1))
    return found


@cache
def unit_names(locale: str, unit: str) -> tuple[str, ...]:
    """The full names of a unit ("length-kilometer"), in every form that stands after a number."""
    # Babel keeps these patterns, and gives no other way to them than to write a number with each.
    patterns = Locale.parse(locale)._data["unit_patterns"].get(unit, {}).get("long") or {}
    found = []
    for category, pattern in patterns.items():
        if category != "per" and isinstance(pattern, str) and pattern.startswith("{0}"):
            name = pattern[3:].replace("\xa0", " ").strip().lower().removeprefix("de ")
            found += [name] if name else []
    return tuple(dict.fromkeys(found))


@cache
def number_signs(language: str) -> tuple[str, str]:
    """The decimal sign of a language and what divides its thousands; empty for a language not known here."""
    for locale in LOCALES:
        if locale == language_of(language):
            signs = Locale.parse(locale).number_symbols["latn"]
            return str(signs["decimal"]), str(signs["group"])
    return "", ""
