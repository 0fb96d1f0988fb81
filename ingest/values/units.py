"""The one table of units: how each is spelt, what it measures and how large it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ingest.values.locales import LOCALES, language_of, unit_names

# Languages whose full names of units are known in every text. The others' are known in their own: "sat" is an
# hour in Croatian and a word in English.
_EVERYWHERE = ("en", "en_GB", "es", "fr", "de", "ru", "ar", "zh")
# French for an ounce and a pound, and much more often something else elsewhere.
_HOMOGRAPHS = frozenset({"once", "livre"})
# Key; dimension; size in the unit of its dimension, of money the code of ISO 4217; name in the CLDR;
# spellings in any text that the CLDR lacks; further ones that mean the unit in a cell or title only. Sizes
# are those of NIST Special Publication 811 (2008), appendix B, in m, kg, s, m², m³, m/s, W, J, Pa, kg/m³;
# a month and a year are the mean ones of the Gregorian calendar.
_TABLE = """
%; ratio; 0.01; concentr-percent; %|percentage points|percentage point|pct|por cento|процентами|％|\
  في المائة|بالمئة|في المئة|درصد|प्रतिशत|per cento|procent|proc|відсотків|відсотка|yüzde|posto
‰; ratio; 0.001; concentr-permille; ‰|per thousand
km2; area; 1000000; area-square-kilometer; sq km|km2|km²|кв км|кв. км|كيلومترات مربعة|كم مربع|كم2|\
  平方公里|平方千米
m2; area; 1; area-square-meter; sq m|m2|m²|平方米
mi2; area; 2589988.110336; area-square-mile; sq mi|mi²|平方英里
ft2; area; 0.09290304; area-square-foot; sq ft|قدم مربع|平方英尺
ha; area; 10000; area-hectare; ha|га|هكتار|هكتارا|公顷
ac; area; 4046.8564224; area-acre; فدان|فدانا|英亩
m3; volume; 1; volume-cubic-meter; m3|m³|立方米; cbm|m 3
kl; volume; 1; ; kiloliter|kiloliters|kilolitre|kilolitres; kl
l; volume; 0.001; volume-liter; l|لتر|لترا|لترات|升|公升; ltr
ml; volume; 0.000001; volume-milliliter; ml
cl; volume; 0.00001; volume-centiliter; cl
dl; volume; 0.0001; volume-deciliter; dl
hl; volume; 0.1; volume-hectoliter; hl
gal; volume; 0.003785411784; volume-gallon; gal|галлонов|галлона|غالون|加仑
gal-imp; volume; 0.00454609; volume-gallon-imperial; imperial gallons
ft3; volume; 0.028316846592; volume-cubic-foot; cu ft|ft3|ft³
bbl; volume; 0.158987294928; volume-barrel; bbl|برميل|برميلا|桶
km/h; speed; 0.2777777778; speed-kilometer-per-hour; km/h|kph|kilomètres à l'heure|км/ч|كم/س|公里/小时
mph; speed; 0.44704; speed-mile-per-hour; mph|英里/小时
kn; speed; 0.5144444444; speed-knot; kts; kn|kt
m/s; speed; 1; speed-meter-per-second; m/s|м/с|米/秒
km; length; 1000; length-kilometer; km|kms|quilômetros|chilometri|км|километрах|كم|كيلومترا|公里|千米|\
  कि॰मी॰|किलोमीटर|کیلومتر|кілометрів|кілометра|kilometrów
nmi; length; 1852; length-nautical-mile; nm|nmi|ميل بحري|海里
mi; length; 1609.344; length-mile; mi|milles|ميلا|英里
m; length; 1; length-meter; m|м|метрах|مترا|米|公尺|मीटर|metrów|метрів
cm; length; 0.01; length-centimeter; cm|см|سم|厘米|公分
mm; length; 0.001; length-millimeter; mm|мм|ملم|毫米
ft; length; 0.3048; length-foot; ft|قدم|أقدام|قدما|英尺
in; length; 0.0254; length-inch; بوصة|بوصات|英寸; in
yd; length; 0.9144; length-yard; yd|yds|verges|ياردة|ياردات|码
kg; mass; 1; mass-kilogram; kg|kgs|kilos|kilo|кг|килограммов|كغ|كجم|كيلوغراما|كيلوجرام|公斤|किलोग्राम|\
  کیلوگرم
g; mass; 0.001; mass-gram; g|г|граммов|جرام|غراما
mg; mass; 0.000001; mass-milligram; mg
µg; mass; 0.000000001; mass-microgram; µg|μg|ug
t; mass; 1000; mass-tonne; t|ton|tons|metric tonnes|mt|tonnellate|т|طن|أطنان|طنا|吨|टन|تن
lb; mass; 0.45359237; mass-pound; lb|lbs|رطلا
oz; mass; 0.028349523125; mass-ounce; oz|أوقية
st; mass; 6.35029318; mass-stone; ; st
h; duration; 3600; duration-hour; h|hr|hrs|小时|个小时
min; duration; 60; duration-minute; min|mins|分钟
s; duration; 1; duration-second; sec|secs|ثواني|秒; s
ms; duration; 0.001; duration-millisecond; ms
day; duration; 86400; duration-day; tagen|يوم|يوما|أيام|天; d
week; duration; 604800; duration-week; أسبوع|أسبوعا|أسابيع|周|星期|个星期
month; duration; 2629746; duration-month; monaten|شهر|شهرا|أشهر|شهور|个月
year; duration; 31556952; duration-year; yr|yrs|année|années|jahren|عام|عاما|أعوام|年|岁
decade; duration; 315569520; duration-decade; عقد|عقود
century; duration; 3155695200; duration-century; столетие|столетия|столетий|قرن|قرون|世纪
W; power; 1; power-watt; واط|瓦; w
kW; power; 1000; power-kilowatt; kw|квт|كيلوواط|千瓦
MW; power; 1000000; power-megawatt; mw|мвт|ميغاواط|兆瓦
GW; power; 1000000000; power-gigawatt; gw|гвт|غيغاواط
Wh; energy; 3600; ; wh
kWh; energy; 3600000; energy-kilowatt-hour; kwh|квт·ч
MWh; energy; 3600000000; ; mwh
J; energy; 1; energy-joule; ; j
kJ; energy; 1000; energy-kilojoule; kj
MJ; energy; 1000000; ; ; mj
kVA; apparent; 1000; ; kva
MVA; apparent; 1000000; ; mva
V; voltage; 1; electric-volt; فولت|伏; v
kV; voltage; 1000; ; kv|kilovolts|киловольт
A; current; 1; electric-ampere; ; a
mA; current; 0.001; electric-milliampere; ; ma
Hz; frequency; 1; frequency-hertz; hz
kHz; frequency; 1000; frequency-kilohertz; khz
MHz; frequency; 1000000; frequency-megahertz; mhz|мгц
GHz; frequency; 1000000000; frequency-gigahertz; ghz|ггц
KB; data; 1000; digital-kilobyte; kb
MB; data; 1000000; digital-megabyte; mb
GB; data; 1000000000; digital-gigabyte; gb
TB; data; 1000000000000; digital-terabyte; tb
Pa; pressure; 1; pressure-pascal; ; pa
hPa; pressure; 100; pressure-hectopascal; hpa
kPa; pressure; 1000; pressure-kilopascal; kpa
bar; pressure; 100000; ; ; bar
psi; pressure; 6894.757293; pressure-pound-force-per-square-inch; psi
mg/l; concentration; 0.001; ; mg/l|мг/л; mg l|mgl|milligrams per litre|mg per l
µg/l; concentration; 0.000001; ; µg/l|μg/l|ug/l
ng/l; concentration; 0.000000001; ; ng/l
ppm; share; 0.000001; ; ppm
ppb; share; 0.000000001; ; ppb
NTU; turbidity; 1; ; ntu
°C; temperature; 1; temperature-celsius; °c|° c; c|celsius|degc|degrees
°F; temperature; 0.5555555556; temperature-fahrenheit; °f|° f; f
K; temperature; 1; temperature-kelvin; ; k
°; angle; 1; angle-degree; °|درجة|درجات
dB; level; 1; ; db
dBm; level; 1; ; dbm
px; count; 1; ; ; px
each; count; 1; ; ; each|pcs
pallets; count; 1; ; ; pallets
people; count; 1; ; ; people|persons
$; money; USD; ; $|us$|usd|dollar|dollars|dólares|dólar|долларов|доллара|доллар|دولار|دولارا|\
  دولارات|美元
€; money; EUR; ; €|eur|euro|euros|eura|evra|евра|евро|يورو|欧元
£; money; GBP; ; £|gbp|pounds sterling|sterling|libras esterlinas|livres sterling|фунтов стерлингов|\
  جنيه إسترليني|英镑
¥; money; JPY; ; ¥|jpy|yen|yenes|иен|ين|日元
CNY; money; CNY; ; cny|rmb|yuan|yuanes|юаней|юаня|يوان|元|人民币
RUB; money; RUB; ; ₽|rub|rouble|roubles|ruble|rubles|rublos|рублей|рубля|рубль|руб|روبل|卢布
₹; money; INR; ; ₹|inr|rupee|rupees|rupias|roupies|рупий|روبية|卢比
CHF; money; CHF; ; chf|swiss francs|francs suisses|francos suizos|schweizer franken|\
  швейцарских франков|瑞士法郎
franc; money; -; ; franc|francs|franco|francos|франков|франка|فرنك|法郎
SAR; money; SAR; ; riyal|riyals|rial|rials|ريال|ريالا|риалов
CAD; money; CAD; ; ; cad
AUD; money; AUD; ; ; aud
UAH; money; UAH; ; ₴; uah
PLN; money; PLN; ; ; pln
TRY; money; TRY; ; ; try|lira
AED; money; AED; ; ; aed|dirham|dirhams
IQD; money; IQD; ; ; iqd
SYP; money; SYP; ; ; syp
dinar; money; -; ; dinar|dinars|dinara|динара|dinares|دينار|دينارا|динаров
"""


@dataclass(frozen=True)
class Unit:
    """A unit of measurement. `size` is in the unit of its dimension; `code` that of a currency, or ""."""

    key: str
    dimension: str
    size: Decimal
    code: str
    cldr: str
    spellings: tuple[str, ...]
    in_cells: tuple[str, ...]


def _units() -> Iterator[Unit]:
    for line in _TABLE.strip().split("\n"):
        key, dimension, size, cldr, spelt, *cells = (part.strip() for part in line.split(";"))
        is_money = dimension == "money"
        yield Unit(
            key,
            dimension,
            Decimal(1 if is_money else size),
            size.strip("-") if is_money else "",
            cldr,
            _listed(spelt.lower()),
            _listed(cells[0]) if cells else (),
        )


def _listed(spelt: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in spelt.split("|") if name.strip())


UNITS: dict[str, Unit] = {unit.key: unit for unit in _units()}
CURRENCIES = frozenset(unit.key for unit in UNITS.values() if unit.dimension == "money")
NEVER_LEFT_OUT = CURRENCIES | {"%", "‰"}
"""Units that a reader cannot supply: "17" is not "17 %", and not "$17"."""


@cache
def spellings(language: str) -> Mapping[str, str]:
    """Spelling, in small letters -> key of its unit, in texts of a language ("" where that is not known).

    A unit that is not listed is compared as a word.
    """
    own = tuple(locale for locale in LOCALES if language_of(locale) == language)
    found: dict[str, str] = {}
    for unit in UNITS.values():
        locales = (*_EVERYWHERE, *own) if unit.cldr else ()
        names = [name for locale in locales for name in unit_names(locale, unit.cldr)]
        for name in (*unit.spellings, *names):
            if name not in _HOMOGRAPHS or language == "fr":
                found.setdefault(name, unit.key)
    return found


@cache
def spellings_in_cells() -> Mapping[str, str]:
    """Spelling, in small letters -> key of its unit, as cells and titles of tables have them."""
    return {
        name: unit.key
        for unit in UNITS.values()
        for name in (
            *(
                english
                for locale in ("en", "en_GB")
                if unit.cldr
                for english in unit_names(locale, unit.cldr)
            ),
            *unit.spellings,
            *unit.in_cells,
        )
    }
