"""Places, groups and people that are described instead of named: “an ISIL-held building”, “the regime”.

In the terms of the ACE guidelines these are nominal mentions. They show on the page; nothing is linked by
them.
"""

import re

from donovan.insight.entities.identity import folded
from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognition import Found

NAME = "descriptions"
_DETERMINER = (
    r"(?:(?:[Tt]he|[Aa]n?|[Tt]his|[Tt]hat|[Tt]heir|[Oo]ur|[Ii]ts|[Hh]is|[Tt]wo|[Tt]hree|[Ff]our"
    r"|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Aa]ll|[Bb]oth)\s)"
)
_HELD = (
    r"(?:[\w-]{1,20}-(?:held|controlled|occupied)\s|(?:enemy|[A-Z]{3,6}|[A-Z][a-z]{2,15}i"
    r"|[A-Z][a-z]{2,15}an)\s)"
)
_MODIFIER = (
    r"(?:(?:old|new|main|local|nearby|northern|southern|eastern|western|central|staging|storage|launch"
    r"|fighting|supply|tunnel"
    r"|command|training|oil|gas|petrol|power|police|military|residential|populated|besieged|liberated"
    r"|rural|urban|coastal"
    r"|border|disputed|contested|safe|capital|deployed|weapons|headquarters|assembly|meeting|city|town"
    r"|bomb|mortar|sniper"
    r"|defensive|large|small|other|surrounding|neighbou?ring|own|entire|whole|first|second|third)\s){0,2}"
)
_PLACES = (
    r"building|camp|city|town|village|hospital|school|area|facility|bridge|highway|route|road|tunnel"
    r"|tunnel entrance|compound|mosque"
    r"|base|port|harbou?r|airport|airfield|position|location|site|region|province|district"
    r"|neighbou?rhood|border|checkpoint|factory"
    r"|warehouse|market|station|restaurant|prison|headquarters|territory|terrain|island|river|dam"
    r"|valley|coast|capital|country"
    r"|safe\s?house|shelter|depot|quay|pier|crossing|embassy building|church|square|street|farm"
    r"|refinery|bunker|cache|supply cache|trench"
    r"|house|homes?|homeland|infrastructure|fortification|structure|stronghold|outpost|garrison"
    r"|barracks|theater|theatre"
)
_PLACE = re.compile(
    rf"(?<![\w’'-])(?:{_DETERMINER}(?:{_HELD})?|{_HELD}){_MODIFIER}(?:{_PLACES}|facilities|caches"
    rf"|cities|countries|territories|headquarters)s?(?![\w-])"
    rf"|(?<![\w’'-]){_MODIFIER.replace('{0,2}', '{1,2}')}(?:(?:{_PLACES})s|facilities|areas|cities"
    rf"|countries)(?![\w-])"
)
_GROUPS = (
    r"regime|coalition|enemy|insurgents|militants|rebels|fighters|terrorists|militias?|civilians"
    r"|refugees|migrants|residents|villagers"
    r"|protesters|demonstrators|smugglers|pirates|insurgency|opposition|international community"
    r"|government|authorities|police|navy|army"
    r"|armed forces|security forces|forces|troops|soldiers|service members|units?|tactical units?"
    r"|squad|battalion|brigade|allies|partners"
    r"|backers|leaders|ministers|officials|countries|parties|citizens|journalists|families|children"
    r"|women|people|organi[sz]ation"
    r"|group|company|ministry|council|committee|delegation|crew|team|contractors|peacekeepers|convoy"
    r"|warfighters?|businessmen|aid workers|nations"
)
_GROUP_MODIFIER = (
    r"(?:(?:[A-Z]{3,6}|[Cc]oalition|international|foreign|enemy|regional|local|global|tactical"
    r"|moderate|extremist|jihadist|terrorist"
    r"|military|security|armed|friendly|allied|partner|[A-Z][a-z]{2,15}i|[A-Z][a-z]{2,15}an|Kurdish"
    r"|other|[\w.]{1,20}-led|(?:anti|counter|pro)-\w+|innocent|displaced|two|2)\s){0,2}"
)
_GROUP = re.compile(
    rf"(?<![\w’'-])(?:{_DETERMINER}{_GROUP_MODIFIER}(?:{_GROUPS})"
    rf"|{_GROUP_MODIFIER.replace('{0,2}', '{1,2}')}(?:{_GROUPS})|(?:civilians|insurgents|militants"
    rf"|rebels|refugees|terrorists|coalition|families|journalists|service\smembers|villagers"
    rf"|protesters))(?![\w-])(?!\s(?:of|in)\s[A-Z])"
)
_OFFICE = re.compile(
    r"(?<![\w-])[Tt]he\s(?:(?:Iraqi|Syrian|Russian|US|UK|U\.S\.|British|French|Foreign|Prime"
    r"|Defen[cs]e|Deputy|Press|commanding|former|resident)\s){0,2}"
    r"(?:[Pp]resident|[Mm]inister|[Ss]ecretary(?:\sof\sState|\sof\sDefense)?|[Gg]eneral|[Cc]ommander"
    r"|[Ss]pokes(?:man|woman|person)|[Aa]mbassador|[Gg]overnor|[Cc]olonel|[Cc]aptain|[Mm]ajor|[Kk]ing"
    r"|[Dd]irector|[Cc]hairman)\b(?!\s[A-Z])"
)
# “the Council”, after it was named in full.
_SHORTENED = re.compile(
    r"(?<=[Tt]he\s)(?:Coalition|Government|Army|Navy|Council|Ministry|Company|Commission|Committee"
    r"|Board|Agency|Department|Regiment"
    r"|Brigade|Battalion|Party|Union|Parliament|Assembly|Alliance|Authority|Office|Organi[sz]ation"
    r"|Group|Front|Bank|Police"
    r"|Administration|Regime|Opposition|Task\sForce|Force|Command|Corps|Guard|Squadron|Wing|Fleet"
    r"|Embassy|Mission|Court|Tribunal)\b"
    r"(?!\s(?:of|for|[A-Z]))"
)
_RULES = (
    (_SHORTENED, Kind.ORGANISATION, 0.55),
    (_PLACE, Kind.PLACE, 0.5),
    (_GROUP, Kind.ORGANISATION, 0.48),
    (_OFFICE, Kind.PERSON, 0.5),
)


class DescriptionRecogniser:
    """Descriptions of places, groups and holders of an office, in English."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        if language not in ("", "en"):
            return []
        return sorted(
            (
                Found(
                    *match.span(),
                    kind,
                    match.group(),
                    folded(match.group()),
                    confidence=confidence,
                    level=Level.NOMINAL,
                    recogniser=NAME,
                )
                for pattern, kind, confidence in _RULES
                for match in pattern.finditer(text)
            ),
            key=lambda m: (m.start, -m.end),
        )
