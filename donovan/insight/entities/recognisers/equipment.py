"""Weapons, vehicles, aircraft and vessels: by designation, by name with a prefix, by class."""

import re
from collections.abc import Iterator

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognisers.shapes import CAPITAL, WORD
from donovan.insight.entities.recognition import Found

NAME = "equipment"
_SHIP = re.compile(
    rf"\b(?P<ship>(?:HMS|USS|USNS|RFA|FS|INS|HMAS|HMCS|HNLMS|ROKS|TCG|ITS|USCGC|MV|M/V|MT|M/T|MS|SS|SV"
    rf"|FV|F/V|RV|LNG/C)\s(?:the\s)?{WORD}(?:\s(?:{WORD}|de(?=\s[{CAPITAL}])|\d{{1,2}}\b)){{0,2}})"
)
_HULL = re.compile(r"\b(?:DDG|CVN|CG|FFG|LHD|LPD|SSN|SSBN|LCS|D|L|F)[\s-]?\d{2,3}\b(?=\))")
_DESIGNATION = re.compile(
    r"(?<![\w-])(?:T-(?:34|54|55|62|64|72|80|90)\w{0,3}|BMP-[123]|BTR-\d{2}\w?|BRDM-2|BM-21|MT-LB"
    r"|ZSU-23(?:-4|-2)?|ZU-23(?:-2)?|2S\d{1,2}|D-(?:20|30)"
    r"|AK[-\s]?(?:47|74|103|12)\w?|AKM|PKM|RPK|RPG[-\s]?\d{1,2}\w?|SVD|DShK\w?|KPV|NSV|Kord"
    r"|SA-\d{1,2}\w?|S-(?:125|200|300|400)\w{0,4}|SS-N-\d+|AT-\d{1,2}|9[KM]\d{2,3}\w?"
    r"|MiG-\d{2}\w{0,3}|Su-\d{2}\w{0,3}|Tu-\d{2,3}\w{0,3}|Il-\d{2}\w{0,2}|An-\d{2,3}\w{0,2}"
    r"|Mi-\d{1,2}\w{0,2}|Ka-\d{2}\w?|Yak-\d{2,3}"
    r"|[FABCEKPQVU]{1,2}-\d{1,3}[A-Z]{0,2}(?:/[A-Z])?|[AMUC]H-\d{1,2}[A-Z]?|KC-\d{2,3}[A-Z]?"
    r"|RQ-\d{1,2}[A-Z]?|MQ-\d{1,2}[A-Z]?|M-?(?:1A[12]|16A?\d?|4A1|2A?\d?|109A?\d?|113A?\d?|270|777"
    r"|240B?|249)|FGM-148|BGM-\d{2,3}|AGM-\d{2,3}\w?|AIM-\d{1,3}\w?|GBU-\d{1,2}|R-\d{2}"
    r"|Shahed[-\s]\d{3}|Bayraktar\sTB-?2|TB-?2|Boeing\s7\d7(?:-\d{3})?|Airbus\sA\d{3}(?:-\d{3})?"
    r"|DJI\s\w+(?:\s\d)?|Leopard\s[12]\w{0,2}|Challenger\s2|HIMARS|MLRS|Patriot|Javelin|Stinger|TOW"
    r"|Grad|Tochka-?U?|Iskander|Scud(?:-[BCD])?|Kornet|Igla|Strela(?:-\d)?|Kalashnikov|Brimstone"
    r"|Hellfire|Tomahawk)(?:\s(?:Stratotanker|Hercules|Fighting\sFalcons?|Globemaster(?:\sIII)?|Reaper"
    r"|Predator|Black\sHawk|Apache|Chinook|Abrams|Bradley|Eagle|Hornet|Super\sHornet|Raptor"
    r"|Lightning\sII|Warthog|Global\sHawk))?(?![\w-])"
)
_NAMED = re.compile(
    r"\b(?:Abrams|Bradley|Stryker|Humvees?|HMMWVs?|MRAPs?|Black\sHawks?|Apaches?|Chinooks?|Cessna"
    r"|Toyota(?:\s(?:Hilux|Land\sCruiser))?|Hilux|Land\sRover|Unimog|Kamaz|KamAZ|Ural-\d{4}"
    r"|Mercedes(?:-Benz)?|Volvo|Scania|Gazelle|Zodiac)\b"
)
_CLASSES = (
    r"tanks?|main\sbattle\stanks?|aircraft|fighter\s(?:jets?|aircraft)|jets?|bombers?"
    r"|fighters?(?=\s(?:aircraft|and\s(?:remotely|bomber)))|airlifters?|helicopters?|gunships?|drones?"
    r"|UAVs?|UASs?|unmanned\s(?:aerial\svehicles?|aircraft)"
    r"|remotely\spiloted\saircraft|frigates?|destroyers?|corvettes?|submarines?|aircraft\scarriers?"
    r"|warships?|gunboats?|patrol\sboats?|tankers?|oil\stanker\strucks?|freighters?|cargo\sships?"
    r"|trawlers?|dhows?|barges?|ferr(?:y|ies)|speedboats?|skiffs?"
    r"|vehicles?|trucks?|dump\strucks?|pickups?|bulldozers?|excavators?|front-end\sloaders?"
    r"|motorcycles?|armou?red\s(?:personnel\scarriers?|vehicles?)|APCs?|IFVs?|howitzers?|mortars?"
    r"|mortar\ssystems?|rocket\slaunchers?|launchers?|rocket[\s-]propelled\sgrenades?(?:\slaunchers?)?"
    r"|artillery(?:\ssystems?|\srounds?|\sshells?|\spieces?)?|machine\sguns?|rifles?|assault\srifles?"
    r"|pistols?|grenades?|missiles?|rockets?|torpedo(?:es)?|mines?|landmines?|bombs?|barrel\sbombs?"
    r"|munitions?|ammunition|cluster\smunitions?|weapons?|weapons?\ssystems?|firearms?"
    r"|IEDs?|VBIEDs?|SVBIEDs?|EFPs?|improvised\sexplosive\sdevices?|explosives?|car\sbombs?"
    r"|suicide\s(?:vests?|vehicles?|belts?)|air\sdefen[cs]e\s(?:artillery\s)?systems?"
    r"|anti-aircraft\s(?:guns?|artillery\ssystems?)|air\s?strikes?|strikes?(?=\s(?:engaged|destroyed"
    r"|were|against|on|in|and)\b)|chemical\sweapons?|nuclear\sweapons?|nerve\sagents?|sarin|chlorine"
    r"|radars?"
)
_ADJECTIVES = (
    r"(?:heavy|light|armou?red|tactical|technical|suicide|chemical|biological|nuclear|conventional"
    r"|anti-aircraft|anti-tank|surface-to-air|ballistic|cruise|rocket|ground-based|suspected|military"
    r"|pontoon|improvised|explosive|small|large|single|lone|official|other|simple|vehicle-borne"
    r"|homemade|hand|remotely|piloted)"
)
_CLASS = re.compile(
    rf"(?<![\w-])(?:(?:[Tt]he|an?)\s)?(?:(?:[A-Z]{3, 6}|[A-Z][a-z]+i|[A-Z][a-z]+an|French|U\.S\."
    rf"|[Cc]oalition|enemy)\s)?(?:{_ADJECTIVES}\s){{0,2}}(?:{_CLASSES})(?![\w-])"
)


class EquipmentRecogniser:
    """Equipment by designation or name; classes of it (“a tank”) as descriptions."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(_found(text), key=lambda m: (m.start, -m.end))


def _found(text: str) -> Iterator[Found]:
    for match in _SHIP.finditer(text):
        yield _mention(text, *match.span("ship"), Level.NAMED, 0.97)
    for pattern, confidence in ((_HULL, 0.9), (_DESIGNATION, 0.93), (_NAMED, 0.78)):
        for match in pattern.finditer(text):
            yield _mention(text, *match.span(), Level.NAMED, confidence)
    for match in _CLASS.finditer(text):
        yield _mention(text, *match.span(), Level.NOMINAL, 0.6)


def _mention(text: str, start: int, end: int, level: Level, confidence: float) -> Found:
    words = text[start:end]
    return Found(
        start,
        end,
        Kind.EQUIPMENT,
        words,
        normal_name(words),
        confidence=confidence,
        level=level,
        recogniser=NAME,
    )
