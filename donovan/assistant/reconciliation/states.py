"""Opposite states that papers report of things: open and closed, working and broken, safe and unsafe.

The pairs are of states as such, in the languages read here; what is in that state is never listed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from donovan.assistant.words import CJK_NEGATIONS, NEGATIONS

# pair: (words of the first state, words of the second), each a regular expression of whole words.
PAIRS: dict[str, tuple[str, str]] = {
    "open": (
        r"open|opened|opens|reopen(?:ed|s)?|re-opened|abiert[oa]s?|reabiert[oa]s?|(?:re)?abrió"
        r"|ouverte?s?|rouverte?s?|geöffnet|offen|wiedereröffnet|eröffnet"
        r"|открыт[аоы]?|открылся|открылась|otvoren[aoi]?|отворен[аои]?|مفتوح(?:ة|ا|ًا|اً)?|فتح|فُتح|أعيد فتح\w*",
        r"closed|closes|close|shut|clos(?:ure|ing)|cerrad[oa]s?|cerró|fermée?s?|fermeture|geschlossen"
        r"|gesperrt|sperrung"
        r"|закрыт[аоы]?|перекрыт[аоы]?|zatvoren[aoi]?|затворен[аои]?|مغلق(?:ة|ا|ًا|اً)?|أغلق\w*|أُغلق\w*",
    ),
    "working": (
        r"working(?: again)?|works(?: again)?|operational|in operation|in service|running|repaired"
        r"|restored|functioning"
        r"|funciona|funcionan|operativ[oa]s?|reparad[oa]s?|fonctionne(?:nt)?|opérationnel(?:le)?s?|réparée?s?"
        r"|funktioniert|in betrieb|repariert|einsatzbereit|работает|работают|исправ[ен]\w*|отремонтирован\w*"
        r"|radi|popravljen[aoi]?|يعمل|تعمل|تم إصلاح\w*",
        r"broken|out of (?:order|service|action)|not working|failed|down|inoperative|unserviceable"
        r"|damaged|destroyed"
        r"|averiad[oa]s?|fuera de servicio|dañad[oa]s?|en panne|hors service|endommagée?s?|défectueu\w+"
        r"|defekt|außer betrieb|beschädigt|ausgefallen|сломан[аоы]?|не работает|неисправ\w+|повреж\w+"
        r"|pokvaren[aoi]?|معطل(?:ة|ا|ًا|اً)?|تعطل\w*",
    ),
    "safe": (
        r"safe|potable|drinkable|clean|segur[oa]s?|potables?|sûre?s?|sicher|trinkbar|безопас\w+"
        r"|питьев\w+|bezbed\w+"
        r"|آمن(?:ة|ا|ًا|اً)?|صالحة? للشرب",
        r"unsafe|dangerous|contaminated|undrinkable|polluted|insegur[oa]s?|contaminad[oa]s?|dangereu\w+"
        r"|contaminée?s?"
        r"|unsicher|gefährlich|verseucht|verunreinigt|опас[ен]\w*|загрязн\w+|zagađen[aoi]?|ملوث(?:ة|ا|ًا|اً)?",
    ),
    "passable": (
        r"passable|cleared|clear|transitables?|praticables?|passierbar|befahrbar|проходим\w*|проезж\w+"
        r"|prohodan|prohodna",
        r"impassable|blocked|cut off|flooded|intransitables?|bloquead[oa]s?|impraticables?|bloquée?s?"
        r"|unpassierbar"
        r"|blockiert|непроходим\w*|заблокирован\w*|размыт\w*|neprohod\w+|مقطوع(?:ة|ا|ًا|اً)?|مسدود(?:ة|ا|ًا|اً)?",
    ),
    "alive": (
        r"alive|survived|vivant\w*|viv[oa]s?|en vie|lebt|am leben|überlebt\w*|жив[аы]?|выжил[аи]?|حي|حية",
        r"dead|died|killed|muert[oa]s?|murió|mort\w*|tot|gestorben|getötet|мёртв\w*|мертв\w*|погиб\w*"
        r"|умер\w*|mrtav|poginuo"
        r"|ميت|توفي\w*|قتل",
    ),
    "free": (
        r"free|freed|released|liberad[oa]s?|libérée?s?|freigelassen|освобожд\w+|oslobođen[aoi]?|أفرج عن\w*",
        r"detained|arrested|imprisoned|in custody|held|detenid[oa]s?|arrestad[oa]s?|détenue?s?|arrêtée?s?"
        r"|festgenommen|inhaftiert|verhaftet|задержан\w*|арестован\w*|uhapšen[aoi]?|معتقل(?:ة|ا|ًا|اً)?|اعتقل",
    ),
}
_CHINESE: dict[str, tuple[str, str]] = {
    "open": ("重新开放|恢复通行|开放|通车|打开", "关闭|封闭|封锁"),
    "working": ("恢复运行|正常运行|修复|运转", "故障|停运|损坏|中断"),
    "safe": ("安全|可饮用", "不安全|危险|污染"),
    "passable": ("可通行|畅通", "不可通行|无法通行|阻断|堵塞"),
    "alive": ("活着|生还|幸存", "死亡|遇难|身亡"),
    "free": ("获释|释放", "被捕|拘留|逮捕"),
}
_STATUS = re.compile(
    r"(?<!\w)(?:status|condition|state|situation|estado|situación|état|situation|zustand|lage"
    r"|состояни\w+|stanje|حالة|وضع)"
    r"(?!\w)|状态|状况|情况",
    re.IGNORECASE,
)
_OPEN_QUESTION = re.compile(
    r"\W*(?:\w+\s){0,2}(?:what|which|why|how|who|whose|where|when|list|name|tell|describe|give|qué"
    r"|cuál\w*|cómo|quién"
    r"|por qué|que|quels?|quelles?|pourquoi|comment|qu['’]est-ce|was|welche\w?|warum|wieso|weshalb|wie"
    r"|что|как\w*|почему"
    r"|зачем|što|šta|zašto|kako|ما|ماذا|لماذا|كيف|أي)(?!\w)|.*(?:什么|为何|怎么|怎样|哪)",
    re.IGNORECASE,
)
SAID = "said of it"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CJK_DENIED = re.compile(r"[不未没沒无無]\S{0,2}$")
_NO_MORE = re.compile(
    r"\b(?:no longer|not any ?more|ya no|ne\s\S+\splus|n['’]est plus|nicht mehr|больше не|više ni\w+)\b",
    re.IGNORECASE,
)
_REACH = 3


@dataclass(frozen=True)
class StateWord:
    """A state as a text says it: `is_first` for the first of its pair, denials counted in."""

    pair: str
    is_first: bool
    text: str
    start: int


@lru_cache(maxsize=32)
def _pattern(pair: str) -> re.Pattern[str]:
    first, second = PAIRS[pair]
    first_han, second_han = _CHINESE[pair]
    return re.compile(
        rf"(?<!\w)(?P<second>{second})(?!\w)|(?<!\w)(?P<first>{first})(?!\w)|(?P<second_han>{second_han})"
        rf"|(?P<first_han>{first_han})",
        re.IGNORECASE,
    )


def asked_states(question: str, text: str) -> list[StateWord]:
    """The states in `text` that bear on the question: of the pairs that it names, or of any where it asks how
    something stands. For another question of yes or no: whether the text denies.
    """
    asked = {word.pair for word in state_words(question)}
    found = state_words(text)
    if asked:
        return [word for word in found if word.pair in asked]
    if _STATUS.search(question):
        return list(found)
    if _OPEN_QUESTION.match(question):
        return []
    denial = next((match for match in _WORD.finditer(text) if match[0].casefold() in NEGATIONS), None)
    is_denied = denial is not None or any(mark in text for mark in CJK_NEGATIONS)
    return [StateWord(SAID, not is_denied, denial[0] if denial else "", denial.start() if denial else 0)]


@lru_cache(maxsize=4_000)
def state_words(text: str) -> tuple[StateWord, ...]:
    """The states that a text names, in order. One that it denies is given as its opposite."""
    return tuple(sorted(_states(text), key=lambda word: word.start))


def _states(text: str) -> Iterator[StateWord]:
    for pair in PAIRS:
        for match in _pattern(pair).finditer(text):
            is_first = bool(match["first"] or match["first_han"])
            is_denied = _is_denied(
                text[: match.start()], is_han=bool(match["first_han"] or match["second_han"])
            )
            yield StateWord(pair, is_first != is_denied, match[0], match.start())


def _is_denied(before: str, *, is_han: bool) -> bool:
    if is_han:
        return _CJK_DENIED.search(before) is not None
    words = [word.casefold() for word in _WORD.findall(before)][-_REACH:]
    return any(word in NEGATIONS for word in words) or _NO_MORE.search(before[-40:]) is not None
