"""True sentences in six languages, the same said a little otherwise, and the same made false in one way each.

The changes are made with the plainest means and share no list with the product. Names come from answers to
questions, which are the same in every language, so that they are known in writing without capitals too.
"""

# ruff: noqa: E501 - the tables of words are read by the line
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

LANGUAGES = {"en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "ar": "arb", "zh": "zho-CN"}
TRUE = ("itself", "reworded", "clause")
FALSE = ("number", "date", "name", "unit", "negation", "actor", "hedge")

_ENDS = re.compile(r"(?<=[.!?؟])\s+(?=[A-ZА-ЯЁÁÉÍÓÚÑÀÇÈÊÔ«\"“\u0600-\u06ff])|(?<=[。！？])")
_SHORTEST, _LONGEST = 40, 300
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "zh": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
}
_UNITS: dict[str, str] = {
    "en": "miles/kilometres km/miles metres/feet years/months months/weeks days/weeks hours/minutes minutes/seconds "
    "percent/‰ million/billion billion/million tonnes/kilograms kg/pounds dollars/euros pounds/dollars %/‰",
    "es": "kilómetros/millas km/millas metros/pies años/meses meses/semanas días/semanas horas/minutos "
    "minutos/segundos millones/billones toneladas/kilos dólares/euros euros/dólares %/‰",
    "fr": "kilomètres/milles km/milles mètres/pieds ans/mois mois/semaines jours/semaines heures/minutes "
    "minutes/secondes millions/milliards milliards/millions tonnes/kilos dollars/euros euros/dollars %/‰",
    "ru": "километров/миль км/миль метров/футов лет/месяцев месяцев/недель дней/недель часов/минут минут/секунд "
    "миллионов/миллиардов млн/млрд тонн/килограммов долларов/евро евро/долларов %/‰",
    "ar": "كيلومتر/ميل كم/ميل متر/قدم سنوات/أشهر سنة/شهر أيام/أسابيع ساعات/دقائق دقيقة/ثانية مليون/مليار "
    "مليار/مليون طن/كيلوغرام دولار/يورو يورو/دولار",
    "zh": "公里/英里 千米/英里 平方公里/平方英里 年/个月 个月/周 天/周 小时/分钟 分钟/秒 万/亿 亿/万 吨/公斤 美元/欧元 %/‰",
}  # fmt: skip
_DENIED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"\b(is|are|was|were|has been|have been|can|could|must|will|had|has|have)\b(?! not)(?!n['’]t)", r"\1 not"),),
    "es": ((r"(?<=\w )(es|era|fue|son|eran|está|están|tiene|tenía|había|hay|puede|ha|han)\b", r"no \1"),),
    "fr": (
        (r"\best\b", "n’est pas"), (r"\bsont\b", "ne sont pas"), (r"\bétait\b", "n’était pas"),
        (r"\ba\b(?= \w+é)", "n’a pas"), (r"\bont\b", "n’ont pas"), (r"\bpeut\b", "ne peut pas"),
    ),
    "ru": ((r"(?<=\w )(был|была|было|были|является|являются|имеет|имеют|может|могут|стал|стала)\b", r"не \1"),),
    "ar": ((r"(?<!\w)كان(?!\w)", "لم يكن"), (r"(?<!\w)كانت(?!\w)", "لم تكن"), (r"(?<!\w)يمكن(?!\w)", "لا يمكن"),
           (r"(?<!\w)(يتم|تعتبر|يعتبر|توجد|يوجد)(?!\w)", r"لا \1")),
    "zh": ((r"(?<![不但还就也可总若凡于])是(?!否)", "不是"), (r"(?<![没所拥具只])有(?![限关效些])", "没有"), (r"可以", "不可以"), (r"(?<!可)能够", "不能够")),
}  # fmt: skip
_NEGATED = {
    "en": r"\bnot\b (?!only)|\bnever\b |n['’]t\b",
    "es": r"(?<=\w )no (?!s[oó]l|obstante)(?=\w)",
    "fr": r"(?<=\w )(?:ne |n['’])(\w+) pas\b",
    "ru": r"(?<=\w )не (?=\w)",
    "ar": r"(?<!\w)(?:لا|لم|لن) ",
    "zh": r"(?<!是)没有?(?=[\u4e00-\u9fff])|不(?=会|能|是|需|存)",
}
_HEDGED = {
    "en": ((r"\b(is|are)\b(?! \w+ing)", "may be"), (r"\b(was|were)\b", "may have been"), (r"\b(has|have)\b", "may have")),
    "es": ((r"\b(es|fue|son|era|está|tiene)\b", r"posiblemente \1"),),
    "fr": ((r"\b(est|sont|était|a)\b", r"\1 peut-être"),),
    "ru": ((r"(?<=\w )(был|была|были|является|имеет|стал|стала)\b", r"возможно, \1"),),
    "ar": ((r"(?<!\w)(كان|كانت|يتم|هو|هي)(?!\w)", r"ربما \1"),),
    "zh": ((r"(?<![不但还就也可总若])是(?!否)", "可能是"), (r"(?<![没所拥具只])有(?![限关效些])", "可能有")),
}  # fmt: skip
_UNHEDGED = {
    "en": r"\b(?:may|might|could|probably|possibly|reportedly|allegedly|perhaps|likely|apparently|almost|"
    r"(?:about|approximately|nearly|more than|at least|up to)(?= \d)) ",
    "es": r"\b(?:probablemente|posiblemente|quizás?|presuntamente|supuestamente|casi|(?:aproximadamente|más de|al menos)(?= \d)) ",
    "fr": r"\b(?:probablement|peut-être|presque|apparemment|(?:environ|près de|plus de|au moins)(?= \d)) ",
    "ru": r"\b(?:вероятно,? |возможно,? |почти |якобы |(?:примерно|около|более|приблизительно) (?=\d))",
    "ar": r"(?<!\w)(?:ربما|(?:حوالي|نحو|أكثر من|ما يقرب من)(?= \d)) ",
    "zh": "可能|也许|大约|大概|至少|超过|将近|据称",
}
_SPEECH = {
    "en": (r"^[^,.]{3,60}? (?:said|says|believes?|believed|claimed|stated|announced|reported|thinks?)(?: that)? ",
           r",”? (?:[^,.]{2,40} )?(?:said|says|added)(?: [^,.]{2,40})?(?=\.$)"),
    "es": (r"^[^,.]{3,60}? (?:dijo|afirmó|cree|declaró|señaló|aseguró|considera) que ", r"^Según [^,]{3,50}, "),
    "fr": (r"^[^,.]{3,60}? (?:a déclaré|affirme|a affirmé|croit|estime|a indiqué) qu(?:e |['’])",
           r"^Selon [^,]{3,50}, "),
    "ru": (r"^[^,.]{3,60}? (?:сказал|заявил|считает|сообщил|полагает|утверждает)а?и?, что ",
           r"^По (?:словам|данным|мнению) [^,]{3,50}, "),
    "ar": (r"^و?(?:قال|قالت|صرح|أعلن|أكد|يعتقد)[^.]{2,60}? (?:إن|أن) ", r"^وفق(?:ا|ًا) ل[^،]{3,50}، "),
    "zh": ("^[^，。]{2,20}(?:表示|认为|说|称|指出)，?(?:[:：])?", "^据[^，]{2,20}，"),
}  # fmt: skip
_LEADING = {
    "en": r"(In|On|At|During|After|Before|Since|By|For) [^,]{3,50}, ",
    "es": r"(En|Durante|Desde|Para|Por|Tras) [^,]{3,50}, ",
    "fr": r"(En|Dans|Depuis|Pendant|Pour|Après|Au|À) [^,]{3,50}, ",
    "ru": r"(В|На|После|До|С|Во) [^,]{3,50}, ",
    "ar": r"(في|وفي|بعد|خلال|منذ|قبل) [^،,]{3,50}[،,] ",
    "zh": "(在|自|从|于|当)[^，。]{2,25}，",
}
_TAIL = {
    "en": r", (?:which|who|where|while|whereas|although|but|and|whose)\b.*$|; .*$",
    "es": r", (?:que|quien|donde|mientras|aunque|pero|y|lo que)\b.*$|; .*$",
    "fr": r", (?:qui|dont|où|tandis|mais|et|ce qui|bien)\b.*$|; .*$",
    "ru": r", (?:котор\w+|где|но|а|хотя|тогда|и)\b.*$|; .*$",
    "ar": r"[،,] (?:حيث|بينما|ولكن|لكن|التي|الذي|مما|كما)(?!\w).*$|[؛;] .*$",
    "zh": "，(?:但|而|并|其中|同时|因此|不过|也).*$|；.*$",
}
_NAME = re.compile(
    r"(?<=[a-zа-яёáéíóúñàèéêç,] )[A-ZА-ЯЁÉ][a-zа-яёáéíóúñàèéêç]{2,}(?: [A-ZА-ЯЁÉ][a-zа-яёáéíóúñàèéêç]{2,})*"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page that says something by itself."""

    text: str
    language: str

    @property
    def is_for_report(self) -> bool:
        """Rules are made on the other half."""
        return crc32(self.text.encode()) % 2 == 0


@dataclass(frozen=True)
class Made:
    """What was made of a sentence: `kind` is one of TRUE or of FALSE."""

    kind: str
    text: str
    sentence: Sentence

    @property
    def is_true(self) -> bool:
        return self.kind in TRUE


def sentences(folder: Path, language: str) -> list[Sentence]:
    """The sentences of the translations and of the passages of questions, each once."""
    lines = (folder / "translation" / f"{LANGUAGES[language]}.txt").read_text(encoding="utf-8").splitlines()
    path = folder / "questions" / f"xquad.{language}.json"
    if path.is_file():
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            lines += [paragraph["context"] for paragraph in article["paragraphs"]]
    found = dict.fromkeys(part.strip() for line in lines for part in _ENDS.split(line))
    least, most = (14, 110) if language == "zh" else (_SHORTEST, _LONGEST)
    return [
        Sentence(text, language)
        for text in found
        if least <= len(text) <= most and text[-1] in ".。" and not re.search(r"[\"“”«»]|\.\.", text)
    ]


def known_names(folder: Path, language: str) -> list[str]:
    """Answers that are names: those whose English is written with capitals."""
    path = folder / "questions" / f"xquad.{language}.json"
    if not path.is_file():
        return []
    return [name for name in _answers(path, _named_ids(folder)) if 2 <= len(name) <= 30]


def _named_ids(folder: Path) -> frozenset[str]:
    data = json.loads((folder / "questions" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    return frozenset(
        question["id"]
        for article in data
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
        if re.fullmatch(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}", question["answers"][0]["text"])
    )


def _answers(path: Path, ids: frozenset[str]) -> list[str]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return list(
        dict.fromkeys(
            question["answers"][0]["text"].strip()
            for article in data
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
            if question["id"] in ids and not re.search(r"[\d,،，]", question["answers"][0]["text"])
        )
    )


def made_of(sentence: Sentence, names: list[str], chance: random.Random) -> Iterator[Made]:
    """Everything that can be made of a sentence; `names` are those of its language."""
    yield Made("itself", sentence.text, sentence)
    for kind, make in _MAKERS.items():
        text = make(sentence, names, chance)
        if text and " ".join(text.split()) != sentence.text:
            yield Made(kind, " ".join(text.split()), sentence)


def _reworded(sentence: Sentence, _names: list[str], _chance: random.Random) -> str:
    """A leading "In 1999, ..." put at the end, or else a sign of thousands left out."""
    text, language = sentence.text, sentence.language
    match = re.match(_LEADING[language], text)
    stop = text[-1]
    rest = text[match.end() : -1] if match else ""
    if match and not re.search(r"[,;،，；]", rest) and not _is_spoken(sentence):
        lead = match[0].strip(" ,،，")
        if language == "zh":
            return ""
        lowered = lead[0].lower() + lead[1:]
        return f"{rest[0].upper()}{rest[1:]} {lowered}{stop}"
    grouped = re.sub(r"(?<=\d)[,.\u00a0\u202f](?=\d{3}(?!\d))", "", text)
    if grouped != text and not re.search(r"\d[.,]\d", grouped):
        return grouped
    return re.sub(r"\b(\d+) ?%", r"\1 per cent", text) if language == "en" else ""


def _clause(sentence: Sentence, _names: list[str], _chance: random.Random) -> str:
    text = sentence.text
    if _is_spoken(sentence) or re.search(r"[(（]", text):
        return ""
    shorter = re.sub(_TAIL[sentence.language], "", text).rstrip(" ,;.，；،。")
    least = 10 if sentence.language == "zh" else 25
    if least <= len(shorter) < len(text) - 8 and not re.match(
        r"(?:If|Although|While|When|Si|Если|Aunque)\b", text
    ):
        return shorter + text[-1]
    return ""


def _is_spoken(sentence: Sentence) -> bool:
    return any(re.search(pattern, sentence.text) for pattern in _SPEECH[sentence.language])


def _number(sentence: Sentence, _names: list[str], chance: random.Random) -> str:
    text = sentence.text
    places = [match.start() for match in re.finditer(r"\d", text)]
    if not places:
        return ""
    place = chance.choice(places)
    other = chance.choice([digit for digit in "0123456789" if digit != text[place]])
    return f"{text[:place]}{other}{text[place + 1 :]}"


def _date(sentence: Sentence, _names: list[str], chance: random.Random) -> str:
    text, months = sentence.text, _MONTHS[sentence.language].split()
    pattern = "|".join(sorted(months, key=len, reverse=True))
    edge = r"(?<!\d)" if sentence.language == "zh" else r"(?<!\w)"
    found = re.search(rf"{edge}(?:{pattern})(?!\w)" if edge != r"(?<!\d)" else rf"{edge}(?:{pattern})", text)
    if found and not (found[0] == "May" and not re.search(r"\d May|May \d", text)):
        other = chance.choice([month for month in months if month != found[0]])
        return f"{text[: found.start()]}{other}{text[found.end() :]}"
    year = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", text)
    if not year:
        return ""
    other = str(int(year[0]) + chance.choice((-10, -3, -1, 1, 2, 5, 20)))
    return f"{text[: year.start()]}{other}{text[year.end() :]}"


def _name(sentence: Sentence, names: list[str], chance: random.Random) -> str:
    text = sentence.text
    mine = _names_in(text, names)
    strange = [name for name in names if name.casefold() not in text.casefold()]
    if not mine or not strange:
        return ""
    start, end = chance.choice(mine)
    return f"{text[:start]}{chance.choice(strange)}{text[end:]}"


def names_in(text: str) -> list[str]:
    """The capitalised names within a sentence."""
    return [match.group() for match in _NAME.finditer(text)]


def _names_in(text: str, names: list[str]) -> list[tuple[int, int]]:
    if text.lower() != text.upper() and re.search(r"[a-zа-я]", text):
        return [match.span() for match in _NAME.finditer(text)]
    found = [
        (text.find(name), text.find(name) + len(name)) for name in names if len(name) > 1 and name in text
    ]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _unit(sentence: Sentence, _names: list[str], chance: random.Random) -> str:
    text = sentence.text
    edge = "" if sentence.language == "zh" else r"(?!\w)"
    choices = []
    for pair in _UNITS[sentence.language].split():
        unit, other = pair.rsplit("/", 1)
        choices += [(m, other) for m in re.finditer(rf"(?<=\d)\s?{re.escape(unit)}{edge}", text)]
        if unit == "年":
            choices = [
                (m, o) for m, o in choices if not re.match(r"\d{4}", text[max(0, m.start() - 4) : m.start()])
            ]
    if not choices:
        return ""
    match, other = chance.choice(choices)
    space = " " if match[0].startswith((" ", "\u00a0")) else ""
    return f"{text[: match.start()]}{space}{other}{text[match.end() :]}"


def _negation(sentence: Sentence, _names: list[str], chance: random.Random) -> str:
    text, language = sentence.text, sentence.language
    if re.search(_NEGATED[language], text):
        return re.sub(_NEGATED[language], r"\1" if language == "fr" else "", text, count=1)
    for pattern, by in chance.sample(_DENIED[language], len(_DENIED[language])):
        denied, count = re.subn(pattern, by, text, count=1)
        if count:
            return denied
    return ""


def _actor(sentence: Sentence, names: list[str], _chance: random.Random) -> str:
    """Two names with something between them that is no list change places."""
    text = sentence.text
    found = _names_in(text, names)
    for (a, b), (c, d) in pairwise(found):
        between = text[b:c]
        words = re.findall(r"[^\W\d_]+", between)
        is_apart = len(between) >= 2 if sentence.language == "zh" else any(len(word) > 3 for word in words)
        if text[a:b] != text[c:d] and is_apart and not re.match(r"\s*[,،、和与及(]", between):
            return f"{text[:a]}{text[c:d]}{between}{text[a:b]}{text[d:]}"
    return ""


def _hedge(sentence: Sentence, _names: list[str], chance: random.Random) -> str:
    """A doubt or a speaker left out, or else a doubt put in."""
    text, language = sentence.text, sentence.language
    for pattern in _SPEECH[language]:
        told, count = re.subn(pattern, "", text, count=1)
        if count and len(told) > 12:
            return told[0].upper() + told[1:]
    told, count = re.subn(_UNHEDGED[language], "", text, count=1, flags=re.IGNORECASE)
    if count:
        return told
    for pattern, by in chance.sample(_HEDGED[language], len(_HEDGED[language])):
        told, count = re.subn(pattern, by, text, count=1)
        if count:
            return told
    return ""


_MAKERS: dict[str, Callable[[Sentence, list[str], random.Random], str]] = {
    "reworded": _reworded,
    "clause": _clause,
    "number": _number,
    "date": _date,
    "name": _name,
    "unit": _unit,
    "negation": _negation,
    "actor": _actor,
    "hedge": _hedge,
}
