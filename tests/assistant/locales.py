"""Numbers and dates in the forms of fifteen and more locales (Unicode CLDR, through Babel), in sentences.

`cases` gives pairs of a sentence as a page may have it and the same said in another form of the locale,
together with that other form with one digit changed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

# Locale -> a sentence about a mass and one about a day.
SENTENCES: dict[str, tuple[str, str]] = {
    "en": ("The depot holds {} tonnes of rice.", "The bridge was closed on {}."),
    "en_IN": ("The depot holds {} tonnes of rice.", "The bridge was closed on {}."),
    "es": ("El almacén guarda {} toneladas de arroz.", "El puente cerró el {}."),
    "fr": ("Le dépôt contient {} tonnes de riz.", "Le pont a été fermé le {}."),
    "de": ("Das Lager fasst {} Tonnen Reis.", "Die Brücke wurde am {} gesperrt."),
    "de_CH": ("Das Lager fasst {} Tonnen Reis.", "Die Brücke wurde am {} gesperrt."),
    "ru": ("На складе {} тонн риса.", "Мост закрыли {}."),
    "ar_EG": ("يحتوي المستودع على {} طن من الأرز.", "أغلق الجسر في {}."),
    "zh": ("仓库存有{}吨大米。", "大桥于{}关闭。"),
    "pt": ("O depósito guarda {} toneladas de arroz.", "A ponte fechou em {}."),
    "it": ("Il deposito contiene {} tonnellate di riso.", "Il ponte è stato chiuso il {}."),
    "hi": ("गोदाम में {} टन चावल है।", "पुल {} को बंद हुआ।"),
    "fa": ("انبار {} تن برنج دارد.", "پل در {} بسته شد."),
    "tr": ("Depoda {} ton pirinç var.", "Köprü {} tarihinde kapatıldı."),
    "pl": ("Magazyn mieści {} ton ryżu.", "Most zamknięto {}."),
    "sv": ("Lagret rymmer {} ton ris.", "Bron stängdes {}."),
    "uk": ("На складі {} тонн рису.", "Міст закрили {}."),
    "nl": ("Het depot bevat {} ton rijst.", "De brug werd gesloten op {}."),
}
_OWN_DIGITS = {"ar_EG": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹"}
_HAS_SHORT_FORM = ("en", "es", "fr", "de", "ru", "zh", "pt", "it", "hi", "fa", "ar_EG", "tr", "pl", "uk")


@dataclass(frozen=True)
class Case:
    """A sentence, the same in another form, and the other form with one digit changed."""

    locale: str
    page: str
    true: str
    changed: str

    @property
    def language(self) -> str:
        return self.locale.split("_")[0]


def cases(chance: random.Random) -> Iterator[Case]:
    """Endless cases, each locale in turn, numbers and dates by halves."""
    while True:
        for locale, sentences in SENTENCES.items():
            for number, sentence in enumerate(sentences):
                forms = number_forms(locale, chance) if number == 0 else date_forms(locale, chance)
                page, said = chance.choice(forms), chance.choice(forms)
                yield Case(
                    locale,
                    sentence.format(page),
                    sentence.format(said),
                    sentence.format(changed(said, chance)),
                )


def number_forms(locale: str, chance: random.Random) -> list[str]:
    """One number in every form that the locale has for it."""
    kind = chance.choice(("whole", "decimals", "round"))
    value = Decimal(chance.randint(1, 10 ** chance.randint(1, 8)))
    if kind == "decimals":
        value += Decimal(chance.randint(1, 99)) / 100
    if kind == "round":
        value = Decimal(chance.randint(11, 9999)) * 100_000
    grouped = _decimal(value, locale, "#,##,##0.###" if locale in ("en_IN", "hi") else "#,##0.###")
    forms = [grouped, _decimal(value, locale, "0.###")]
    if kind == "round" and locale in _HAS_SHORT_FORM:
        shortened = str(
            format_compact_decimal(int(value), format_type=_longest(locale), locale=locale, fraction_digits=3)
        )
        forms.append(shortened)
    if locale in _OWN_DIGITS:
        forms += [form.translate(str.maketrans("0123456789", _OWN_DIGITS[locale])) for form in forms]
    return forms


def date_forms(locale: str, chance: random.Random) -> list[str]:
    """One day in every form that the locale has for it."""
    day = date(1930, 1, 1) + timedelta(days=chance.randrange(36_000))
    kinds = ["short", "medium", "long"]
    forms = [str(format_date(day, kind, locale=locale)) for kind in kinds]
    if locale in _OWN_DIGITS:
        forms += [form.translate(str.maketrans("0123456789", _OWN_DIGITS[locale])) for form in forms]
    return forms


def changed(text: str, chance: random.Random) -> str:
    """The text with one of its digits changed to another of the same script."""
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    place = chance.choice(places)
    zero = ord(text[place]) - int(text[place])
    other = chance.choice([digit for digit in range(10) if digit != int(text[place])])
    return f"{text[:place]}{chr(zero + other)}{text[place + 1 :]}"


def _decimal(value: Decimal, locale: str, form: str) -> str:
    written = format_decimal(value, format=form, locale=locale, numbering_system="default")
    return str(written)


def _longest(locale: str) -> str:
    return "long" if "long" in Locale.parse(locale).compact_decimal_formats else "short"
