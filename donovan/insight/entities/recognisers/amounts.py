"""Money, measured quantities and counts."""

import re
from collections.abc import Iterator

from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognition import Found

NAME = "amounts"
# Eight groups of three: a page of figures in a row would otherwise be read once from each of them.
_NUMBER = r"\d{1,3}(?:[,.\s\u00a0]\d{3}){1,8}(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_SMALL = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|mn|m|k|millones|mil|миллион\w*|тысяч\w*)\b"
_VAGUE = (
    r"(?:hundreds|thousands|millions|billions|dozens|tens|scores)(?:\sof\s(?:hundreds|thousands|millions))?"
)
_CURRENCY = {
    "$": "USD", "US$": "USD", "USD": "USD", "dollars": "USD", "dollar": "USD", "€": "EUR", "EUR": "EUR",
    "euros": "EUR", "euro": "EUR", "£": "GBP", "GBP": "GBP", "pounds": "GBP", "¥": "JPY", "JPY": "JPY",
    "yen": "JPY", "₽": "RUB", "RUB": "RUB", "roubles": "RUB", "rubles": "RUB", "CHF": "CHF", "francs": "CHF",
    "IQD": "IQD", "dinars": "", "SYP": "SYP", "rials": "IRR", "riyals": "SAR", "AED": "AED", "dirhams": "AED",
    "dólares": "USD", "pesos": "", "рублей": "RUB", "долларов": "USD", "dinara": "RSD", "динара": "RSD",
    "evra": "EUR", "евра": "EUR", "CNY": "CNY", "yuan": "CNY", "₹": "INR", "rupees": "INR", "TRY": "TRY", "lira": "TRY",  # noqa: E501
}  # fmt: skip
_SIGNS = "|".join(
    re.escape(c) for c in ("US$", "$", "€", "£", "¥", "₽", "₹", "USD", "EUR", "GBP", "CHF", "AED")
)
_NAMES = "|".join(re.escape(c) for c in sorted(_CURRENCY, key=len, reverse=True) if len(c) > 2)
_MONEY = (
    re.compile(rf"(?<![\w.])(?P<currency>{_SIGNS})\s?(?P<amount>(?:{_NUMBER})(?:\s?{_SCALE})?)"),
    re.compile(
        rf"(?<![\w.,])(?P<amount>(?:{_NUMBER}|{_SMALL})(?:\s{_SCALE})?)\s?(?P<currency>[€£$₽]|(?:{_NAMES})\b)"
    ),
)
_UNITS = (
    r"square\s(?:kilomet(?:er|re)s?|miles?|met(?:er|re)s?|feet)|cubic\smet(?:er|re)s?|kilomet(?:er"
    r"|re)s?|met(?:er|re)s?"
    r"|centimet(?:er|re)s?|millimet(?:er|re)s?|miles?|nautical\smiles|feet|foot|inch(?:es)?|yards?"
    r"|acres?|hectares?"
    r"|kilograms?|kilos?|grams?|tons?|tonnes?|metric\stons?|pounds|lbs?|lit(?:er|re)s?|gallons?"
    r"|barrels?|knots?"
    r"|degrees?|percent|per\scent|percentage\spoints|watts?|megawatts?|kilowatts?|volts?|rounds|boxes"
    r"|pallets|crates"
    r"|beds|vehicles|domains|km/h|km²|km2|km|nm|NM|cm|mm|mi|ft|kg|cu\sft/s|acre·ft|m3/s|m³/s|m3|m³|m²"
    r"|m2|mph|kn|MW|GW"
    r"|kW|kV|MHz|MHZ|GHz|GHZ|kHz|Hz|GB|MB|TB|dB|psi|hPa|mm|t\b|l\b|toneladas|kilómetros|litros"
    r"|километров|тонн|км|кг|kilometara|tona"
)
_MEASURED = re.compile(
    rf"(?<![\w.,$€£-])(?:{_NUMBER}|{_SMALL})(?:-plus)?(?:\s?{_SCALE})?(?:(?:\sto\s"
    rf"|[-–])(?:{_NUMBER}))?(?:[\s\u00a0-]?(?:{_UNITS})(?![\w])|\s?%)"
)
_COUNT = re.compile(
    rf"(?<![\w.,$€£:/°#-])(?!one\sof\b)(?:(?:{_NUMBER})(?:-plus)?(?:\s(?:hundred|thousand|million"
    rf"|billion))?|{_SMALL}(?:-(?:one|two|three|four|five|six|seven|eight|nine))?(?:\s(?:hundred"
    rf"|thousand|million|billion))?|{_VAGUE}|(?<=\w\s)multiple)"
    r"(?=\s(?:of\s)?(?:[a-zA-Z-]+)|$|\.(?:\s|$))(?!\s(?:of\sthe|of\sour|of\sthese|of\swhich|and\sonly"
    r"|another|day|days|month|months|week|weeks|hour|hours|minute|minutes|years?|a\.m|p\.m|[Jj]an"
    r"|[Ff]eb|[A-Z][a-z]+ber|thing|who|that|or|st|nd|rd|th)\b)"
)


class AmountRecogniser:
    """Sums of money, measures with their unit, and counts of things."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted([*_money(text), *_quantities(text)], key=lambda m: (m.start, -m.end))


def _money(text: str) -> Iterator[Found]:
    for pattern in _MONEY:
        for match in pattern.finditer(text):
            currency = _CURRENCY.get(match["currency"], "")
            amount = " ".join(match["amount"].split())
            yield Found(
                *match.span(),
                Kind.MONEY,
                match.group(),
                f"{amount} {currency or match['currency']}".lower(),
                value={"amount": amount, "currency": currency},
                confidence=0.96,
                recogniser=NAME,
            )


def _quantities(text: str) -> Iterator[Found]:
    for pattern, confidence in ((_MEASURED, 0.85), (_COUNT, 0.52)):
        for match in pattern.finditer(text):
            words = match.group()
            unit = re.search(r"(?:[^\W\d]|[%²³°])[^\d]*$", words)
            yield Found(
                *match.span(),
                Kind.QUANTITY,
                words,
                " ".join(words.lower().split()),
                value={
                    "amount": words[: unit.start()].strip() if unit else words,
                    "unit": unit.group().strip() if unit else "",
                },
                confidence=confidence,
                level=Level.NAMED,
                recogniser=NAME,
            )
