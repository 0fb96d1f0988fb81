"""Days of the Islamic calendar, where nothing else can be meant, as days of the Gregorian one.

By the Umm al-Qura calendar of Saudi Arabia, from 1343 to 1500 of the Hijra (1924 to 2077). Where the new
moon is watched for, a day can be one off.
"""

import re
from collections.abc import Iterator

from hijridate import Hijri

_NAMES = (
    "محرم|المحرم|muharram",
    "صفر|safar",
    "ربيع الأول|ربيع الاول|rabi al-awwal|rabi i",
    "ربيع الآخر|ربيع الثاني|rabi al-thani|rabi ii",
    "جمادى الأولى|جمادى الاولى|jumada al-awwal|jumada al-ula|jumada i",
    "جمادى الآخرة|جمادى الثانية|jumada al-thani|jumada al-akhirah|jumada ii", "رجب|rajab",
    "شعبان|shaban|sha'ban", "رمضان|ramadan|ramadhan", "شوال|shawwal",
    "ذو القعدة|ذي القعدة|dhu al-qadah|dhul qadah|dhu al-qidah", "ذو الحجة|ذي الحجة|dhu al-hijjah|dhul hijjah",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split("|")}
_NAME = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_DAY = re.compile(
    rf"(?<!\d)(?P<day>[0-3]?\d)\s+(?:من\s+)?(?P<month>{_NAME}),?\s+(?:عام\s+|سنة\s+)?(?P<year>1[345]\d\d)(?!\d)"
    r"(?:\s?(?:هـ|ه|AH|A\.H\.)(?!\w))?",
    re.IGNORECASE,
)


def matches(text: str) -> Iterator[tuple[re.Match[str], tuple[int, int, int]]]:
    """Each Hijri day of `text` and the year, month and day of the Gregorian calendar that it is."""
    for match in _DAY.finditer(text):
        try:
            day = Hijri(int(match["year"]), _MONTHS[match["month"].lower()], int(match["day"])).to_gregorian()
        except (ValueError, OverflowError):
            continue
        yield match, (day.year, day.month, day.day)
