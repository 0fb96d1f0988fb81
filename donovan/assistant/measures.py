"""How numbers and measures are spelt: number words, scales ("thousand", "Mio.", "万") and units.

Only closed classes are listed, in the languages of `words` and the short forms of the Unicode CLDR.
"""


def _spellings(lines: dict[str, str]) -> dict[str, str]:
    return {spelling.casefold(): unit for unit, line in lines.items() for spelling in line.split("|")}


NUMBER_WORDS: dict[str, int] = {
    word: number
    for number, words in {
        0: "zero cero ноль zéro صفر",
        2: "two dos два две двух двум двумя deux zwei dva dvije двое اثنان اثنين اثنتان اثنتين",
        3: "three tres три трёх трех трём трем тремя trois drei трое ثلاثة ثلاث",
        4: "four cuatro четыре четырёх четырех quatre vier četiri четверо أربعة أربع",
        5: "five cinco пять пяти cinq fünf خمسة خمس",
        6: "six seis шесть шести sechs šest ستة ست",
        7: "seven siete семь семи sieben sedam سبعة سبع",
        8: "eight ocho восемь восьми huit acht osam ثمانية ثماني ثمان",
        9: "nine nueve девять девяти neuf neun devet تسعة تسع",
        10: "ten diez десять десяти dix zehn deset عشرة عشر",
        11: "eleven одиннадцать onze",
        12: "twelve doce двенадцать douze zwölf dozen docena douzaine dutzend дюжина",
        13: "thirteen trece тринадцать treize dreizehn",
        14: "fourteen catorce четырнадцать quatorze vierzehn",
        15: "fifteen quince пятнадцать quinze fünfzehn",
        16: "sixteen dieciséis шестнадцать sechzehn",
        17: "seventeen diecisiete семнадцать siebzehn",
        18: "eighteen dieciocho восемнадцать achtzehn",
        19: "nineteen diecinueve девятнадцать neunzehn",
        20: "twenty veinte двадцать двадцати vingt zwanzig عشرون عشرين",
        30: "thirty treinta тридцать тридцати trente dreißig ثلاثون ثلاثين",
        40: "forty cuarenta сорок сорока quarante vierzig أربعون أربعين",
        50: "fifty cincuenta пятьдесят пятидесяти cinquante fünfzig خمسون خمسين",
        60: "sixty sesenta шестьдесят soixante sechzig ستون ستين",
        70: "seventy setenta семьдесят siebzig سبعون سبعين",
        80: "eighty ochenta восемьдесят achtzig ثمانون ثمانين",
        90: "ninety noventa девяносто neunzig تسعون تسعين",
        100: "cien ciento cent сто ста hundert مائة مئة",
        200: "doscientos doscientas двести مائتان مائتين مئتان مئتين",
        300: "trescientos trescientas триста",
        400: "cuatrocientos cuatrocientas четыреста",
        500: "quinientos quinientas пятьсот",
        600: "seiscientos seiscientas шестьсот",
        700: "setecientos setecientas семьсот",
        800: "ochocientos ochocientas восемьсот",
        900: "novecientos novecientas девятьсот",
    }.items()
    for word in words.split()
}
"""Words for numbers, but for those that are more often another word: "once", "sept", "elf", "seize"."""

SCALES: dict[str, int] = {
    word: scale
    for scale, words in {
        100: "hundred hundreds",
        1_000: "thousand thousands mil тысяча тысячи тысячу тысяч тыс тисяча тисячі тисяч тис hiljada tisuća "
        "mille mila tausend tys tysiąc tysiące tysięcy tysiąca tusen duizend tisíc tisíce bin ألف آلاف "
        "ألفا هزار "
        "हज़ार हजार 千",
        10_000: "万 萬",
        100_000: "lakh lakhs लाख",
        1_000_000: "million millions mn mln mio millón millones миллион миллиона миллионов млн "
        "milijun milijuna miliona millionen milhão milhões milione milioni milion miliony milionów "
        "miljon miljoner miljoen milyon мільйон мільйона мільйони мільйонів مليون ملايين میلیون मिलियन",
        10_000_000: "crore crores करोड़",
        100_000_000: "亿 億",
        1_000_000_000: "billion billions bn bln mrd mld миллиард миллиарда миллиардов млрд мільярд мільярда "
        "мільярди мільярдів milijarda milijardi milliard milliards milliarde milliarden miliardo miliardi "
        "miliard miliarda miliardy miliardów miljard miljarder milyar bilhão bilhões مليار مليارات ميليار "
        "میلیارد अरब",
        1_000_000_000_000: "trillion trillions trn billón billones billionen трлн триллион триллиона "
        "триллионов تريليون 兆",
    }.items()
    for word in words.split()
}

LOCAL_SCALES: dict[str, dict[str, int]] = {
    "pt": {"mi": 10**6, "bi": 10**9},
    "tr": {"b": 10**3, "mr": 10**9},
    "sv": {"tn": 10**3, "md": 10**9},
    "fr": {"md": 10**9},
    "en": {"cr": 10**7},
}
"""Short forms that are something else in other languages."""

HAN_NUMERALS = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "兩": 2,
}
HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
HAN_COUNTED = "个名位人条次座艘辆架所家岁枚颗种位项天年月日周小分秒吨公米元"
"""What makes a single numeral a number: a measure word or a unit after it."""

UNITS: dict[str, str] = _spellings(
    {
        "%": "%|٪|percent|per cent|percentage points|percentage point|pct|por ciento|por cento|процентов"
        "|процента"
        "|процент|процентами|pour cent|prozent|posto|％|بالمائة|في المائة|بالمئة|في المئة|درصد|प्रतिशत"
        "|per cento"
        "|procent|proc|відсотків|відсотка|yüzde",
        "‰": "‰|per thousand|per mille|por mil|pour mille|promille|промилле|في الألف",
        "km2": "sq km|km2|km²|square kilometers|square kilometres|square kilometer|square kilometre"
        "|kilómetros cuadrados|kilómetro cuadrado|кв км|кв. км|квадратных километров|квадратных километра"
        "|kilomètres carrés|kilomètre carré|quadratkilometer|كيلومتر مربع|كيلومترات مربعة|كم مربع|كم2"
        "|平方公里|平方千米",
        "m2": "sq m|m2|m²|square meters|square metres|metros cuadrados|mètres carrés|quadratmeter"
        "|квадратных метров|متر مربع|平方米",
        "m3": "m3|m³|cubic meters|cubic metres|metros cúbicos|mètres cubes|kubikmeter|кубических метров"
        "|متر مكعب|立方米",
        "mi2": "sq mi|mi²|square miles|square mile|millas cuadradas|milles carrés|квадратных миль|ميل مربع"
        "|平方英里",
        "ft2": "sq ft|square feet|square foot|pies cuadrados|pieds carrés|квадратных футов|قدم مربع|平方英尺",
        "km/h": "km/h|kph|kilometers per hour|kilometres per hour|kilómetros por hora|kilomètres à l'heure"
        "|км/ч|километров в час|كم/س|كيلومتر في الساعة|公里/小时",
        "mph": "mph|miles per hour|millas por hora|миль в час|ميل في الساعة|英里/小时",
        "kn": "knots|kts|nudos|nœuds|узлов",
        "km": "km|kms|kilometer|kilometers|kilometre|kilometres|kilómetro|kilómetros|quilômetros|kilomètre"
        "|kilomètres|chilometri|км|километр|километров|километра|километрах|كم|كيلومتر|كيلومترات|كيلومترا"
        "|公里|千米"
        "|कि॰मी॰|किलोमीटर|کیلومتر|кілометрів|кілометра|kilometrów",
        "nmi": "nm|nmi|nautical mile|nautical miles|millas náuticas|milles marins|морских миль|ميل بحري|海里",
        "mi": "mi|mile|miles|milla|millas|milles|meile|meilen|миля|мили|миль|ميل|أميال|ميلا|英里",
        "m": "m|meter|meters|metre|metres|metro|metros|mètre|mètres|м|метр|метров|метра|метрах|متر|أمتار"
        "|مترا|米"
        "|公尺|मीटर|metrów|метрів",
        "cm": "cm|centimeter|centimeters|centimetre|centimetres|centímetros|centimètres|zentimeter|см"
        "|сантиметров"
        "|سم|سنتيمتر|厘米|公分",
        "mm": "mm|millimeter|millimeters|millimetre|millimetres|milímetros|millimètres|мм|миллиметров|ملم"
        "|毫米",
        "ft": "ft|foot|feet|pies|pie|pied|pieds|fuß|фут|футов|фута|قدم|أقدام|قدما|英尺",
        "in": "inch|inches|pulgadas|pulgada|pouces|pouce|zoll|дюйм|дюймов|дюйма|بوصة|بوصات|英寸",
        "yd": "yd|yds|yard|yards|yarda|yardas|verges|ярд|ярдов|ярда|ياردة|ياردات|码",
        "kg": "kg|kgs|kilogram|kilograms|kilogramme|kilogrammes|kilos|kilo|kilogramos|kilogramo|кг|килограмм"
        "|килограммов|килограмма|كغ|كجم|كيلوغرام|كيلوغراما|كيلوجرام|公斤|千克|किलोग्राम|کیلوگرم",
        "g": "g|gram|grams|gramme|grammes|gramos|gramo|gramm|г|грамм|граммов|грамма|غرام|جرام|غراما|克",
        "t": "t|ton|tons|tonne|tonnes|metric tons|metric tonnes|mt|toneladas|tonelada|tonnellate|тонн|тонны"
        "|тонна|т"
        "|طن|أطنان|طنا|吨|公吨|टन|تن",
        "lb": "lb|lbs|pound|pounds|libras|libra|livres|pfund|фунт|фунтов|фунта|رطل|رطلا|磅",
        "oz": "oz|ounce|ounces|onzas|onza|onces|унций|унции|أوقية|盎司",
        "l": "l|liter|liters|litre|litres|litros|litro|литр|литров|литра|لتر|لترا|لترات|升|公升",
        "gal": "gal|gallon|gallons|galones|galón|галлонов|галлона|غالون|加仑",
        "bbl": "bbl|barrel|barrels|barriles|barril|barils|баррелей|барреля|برميل|برميلا|桶",
        "ha": "ha|hectare|hectares|hectárea|hectáreas|hektar|га|гектаров|гектара|гектар|هكتار|هكتارا|公顷",
        "ac": "acre|acres|акр|акров|акра|فدان|فدانا|英亩",
        "h": "h|hr|hrs|hour|hours|hora|horas|heure|heures|stunde|stunden|час|часов|часа|ساعة|ساعات|小时"
        "|个小时",
        "min": "min|mins|minute|minutes|minuto|minutos|minuten|минута|минут|минуты|دقيقة|دقائق|分钟",
        "s": "sec|secs|second|seconds|segundo|segundos|seconde|secondes|sekunden|секунда|секунд|секунды"
        "|ثانية|ثوان"
        "|ثواني|秒",
        "day": "day|days|día|días|jour|jours|tag|tage|tagen|день|дней|дня|يوم|يوما|أيام|天",
        "week": "week|weeks|semana|semanas|semaine|semaines|woche|wochen|недель|недели|неделя|أسبوع|أسبوعا"
        "|أسابيع"
        "|周|星期|个星期",
        "month": "month|months|mes|meses|mois|monat|monate|monaten|месяц|месяцев|месяца|شهر|شهرا|أشهر|شهور"
        "|个月",
        "year": "year|years|yr|yrs|año|años|an|ans|année|années|jahr|jahre|jahren|лет|года|год|عام|عاما"
        "|أعوام|سنة"
        "|سنوات|年|岁",
        "decade": "decade|decades|década|décadas|décennie|décennies|jahrzehnt|jahrzehnte|десятилетие"
        "|десятилетий"
        "|десятилетия|عقد|عقود",
        "century": "century|centuries|siglo|siglos|siècle|siècles|jahrhundert|jahrhunderte|век|века|веков"
        "|столетие|столетия|столетий|قرن|قرون|世纪",
        "W": "watt|watts|vatios|ватт|واط|瓦",
        "kW": "kw|kilowatt|kilowatts|kilovatios|киловатт|квт|كيلوواط|千瓦",
        "MW": "mw|megawatt|megawatts|megavatios|mégawatts|мегаватт|мвт|ميغاواط|兆瓦",
        "GW": "gw|gigawatt|gigawatts|gigavatios|гигаватт|гвт|غيغاواط",
        "kWh": "kwh|kilowatt-hours|кВт·ч",
        "kVA": "kva",
        "MVA": "mva",
        "V": "volt|volts|voltios|вольт|فولت|伏",
        "kV": "kv|kilovolts|киловольт",
        "Hz": "hz|hertz|герц",
        "kHz": "khz",
        "MHz": "mhz|megahertz|мгц",
        "GHz": "ghz|ггц",
        "KB": "kb",
        "MB": "mb",
        "GB": "gb",
        "TB": "tb",
        "°C": "°c|° c|degrees celsius|grados celsius|degrés celsius|grad celsius|градусов цельсия|摄氏度"
        "|درجة مئوية",
        "°F": "°f|° f|degrees fahrenheit|grados fahrenheit|degrés fahrenheit|华氏度",
        "°": "°|degrees|degree|grados|grado|degrés|degré|grad|градусов|градуса|градус|درجة|درجات|度",
        "$": "$|us$|usd|dollar|dollars|dólares|dólar|долларов|доллара|доллар|دولار|دولارا|دولارات|美元",
        "€": "€|eur|euro|euros|евро|يورو|欧元",
        "£": "£|gbp|pounds sterling|sterling|libras esterlinas|livres sterling|фунтов стерлингов"
        "|جنيه إسترليني|英镑",
        "¥": "¥|jpy|yen|yenes|иен|ين|日元",
        "CNY": "cny|rmb|yuan|yuanes|юаней|юаня|يوان|元|人民币",
        "RUB": "₽|rub|rouble|roubles|ruble|rubles|rublos|рублей|рубля|рубль|руб|روبل|卢布",
        "₹": "₹|inr|rupee|rupees|rupias|roupies|рупий|روبية|卢比",
        "CHF": "chf|swiss francs|francs suisses|francos suizos|schweizer franken|швейцарских франков"
        "|瑞士法郎",
        "franc": "franc|francs|franco|francos|франков|франка|فرنك|法郎",
        "SAR": "riyal|riyals|rial|rials|ريال|ريالا|риалов",
        "dinar": "dinar|dinars|dinares|دينار|دينارا|динаров",
    }
)
"""Spelling, in lower case -> one form of the unit. A unit that is not listed is compared as a word."""

CURRENCIES = frozenset({"$", "€", "£", "¥", "CNY", "RUB", "₹", "CHF", "franc", "SAR", "dinar"})
NEVER_LEFT_OUT = CURRENCIES | {"%", "‰"}
"""Units that a reader cannot supply: "17" is not "17 %", and not "$17"."""
