"""What kind of answer a question wants, from the grammar of questions alone.

Only closed classes are read: question words, auxiliary verbs, words that announce a list, a sequence, a
comparison, and kinds of paper. Which archive it is asked of plays no part.
"""

import re

from donovan.assistant.kinds.papers import counted_paper
from donovan.assistant.terms import names_of

KINDS = (
    "fact",
    "role",
    "yes-no",
    "why-how",
    "list",
    "count",
    "compare",
    "timeline",
    "change",
    "about",
    "summary",
    "table",
    "odd",
)

_FLAGS = re.IGNORECASE


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), _FLAGS)


_ODD = _any(
    r"\b(?:what|anything|which|something)(?: \w+){0,4} (?:odd|unusual|strange|anomal\w+|"
    r"suspicious|out of the ordinary)\b",
    r"\b(?:anomal(?:y|ies)|outliers?)\b",
    r"\bqué hay de (?:raro|extraño)\b|\banomalías?\b",
    r"\banomalies?\b|\bqu'y a-t-il d'(?:étrange|anormal)",
    r"\bauffällig\w*\b|\bungewöhnlich\w*\b",
    r"\bчто (?:\w+ )?(?:странного|необычного)\b|\bаномали\w+",
    r"异常",
    r"شذوذ",
)
_CHANGE = _any(
    r"\bwhat (?:has |have |was |is )?(?:\w+ )?(?:changed|been changed|new|different|revised|"
    r"amended)\b.*\b(?:since|between|from|in version)\b",
    r"\bwhat'?s (?:new|changed)\b",
    r"\bchanges (?:since|between)\b",
    r"\bdifferences? between (?:the )?(?:two )?(?:version|draft)s?\b",
    r"\bqué (?:ha )?cambi(?:ó|ado)\b",
    r"\bqu'est-ce qui a changé\b",
    r"\bwas hat sich (?:\w+ )*geändert\b",
    r"\bчто (?:\w+ )?изменилось\b",
    r"有什么变化|发生了什么变化",
    r"ما الذي تغير",
)
_ABOUT = _any(
    r"^what (?:do|can|did) (?:we|you|i) (?:know|have|hold|say|find|tell)(?: \w+){0,2} (?:about|on|of)\b",
    r"^what is known (?:about|of)\b",
    r"^(?:tell me|give me) (?:everything|all|what you (?:know|have))\b.*\b(?:about|on)\b",
    r"^(?:everything|anything|all) (?:we know |you have |there is )?(?:about|on)\b",
    r"^profile of\b",
    r"^tell me about\b",
    r"^¿?qué sabemos (?:de|sobre)\b",
    r"^que (?:sait-on|savons-nous) (?:de|sur)\b",
    r"^was wissen wir über\b",
    r"^что (?:мы )?(?:знаем|известно) (?:о|об|про)\b",
    r"我们(?:对|关于).*(?:了解|知道)",
    r"^ماذا نعرف عن",
)
_SUMMARY = _any(
    r"^(?:please )?(?:sum(?:mari[sz]e)?(?: up)?|boil down|brief me|recap|condense|outline|digest|"
    r"give (?:me )?(?:an? |the )?(?:\w+ )?(?:summary|overview|outline|gist|digest))\b",
    r"^(?:in short|in brief|briefly|in a nutshell)\b",
    r"\b(?:summary|overview|gist|headlines|main (?:points|arguments)|key (?:points|terms|"
    r"findings))\b(?! report)",
    r"^(?:resume|resumen|resumir)\b",
    r"^(?:résume|résumez|résumé)\b",
    r"^(?:fasse|zusammenfass)\w*|\bzusammenfassung\b",
    r"^(?:кратко|резюм\w+|обобщи\w*|подведи)\b",
    r"总结|概括|摘要",
    r"لخص|ملخص",
)
_TIMELINE = _any(
    r"\btime ?line\b|\bchronolog\w+|\bsequence of events\b|\bstep by step\b|"
    r"\bin (?:chronological |date |time )?order\b(?! to\b)",
    r"^(?:walk|take|lead|talk)(?: me)? through\b|^trace\b|^retrace\b|^history of\b",
    r"\bhow (?:did|has|have|had|was|were)\b.*\b(?:chang|evolv|develop|shift|mov|progress|unfold|"
    r"grow|grew|vary|varied)\w*\b",
    r"\bday by day\b|\bmonth by month\b|\bover time\b|\bfrom (?:start|beginning) to (?:end|finish)\b",
    r"\bwhen (?:was|were|did|is|are)\b.*\band when\b",
    r"\bcronolog[íi]a\b|\bpaso a paso\b|\bpor orden\b",
    r"\bchronologie\b|\bpas à pas\b|\bétape par étape\b",
    r"\bschritt für schritt\b|\bzeitlicher ablauf\b|\bchronologisch\b",
    r"\bхронологи\w+|\bпо порядку\b|\bшаг за шагом\b",
    r"时间线|按时间|逐步|经过",
    r"تسلسل|الجدول الزمني",
)
_COMPARE = _any(
    r"\bcompar(?:e|ed|ing|ison)\b|\bversus\b|\bvs\.?(?=\s)|\bcontrast(?:ed|ing)?\b",
    r"\bhow (?:do|does|did|was|is|were|are)\b.*\b(?:differ|part company|diverge|disagree|"
    r"different|part ways)\b",
    r"\b(?:difference|disagreement)s? between\b|\bdo(?:es)? (?:the |these |"
    r"those )?(?:\w+ )?(?:sources?|papers?|reports?|documents?|accounts?|versions?|figures?|that|"
    r"this|it)(?: \w+)* (?:agree|tally|match|fit|square|bear\b.*\bout|differ)\b",
    r"\bwhere (?:do|did|does) .+ and .+ stand\b|\bsee\b.+\bthe same way\b|\bsay about\b.+\band what\b",
    r"\bwhose .*,? and whose\b|\bin (?:\w+'?s?) (?:eyes|telling|view|account|version)\b.*\band\b",
    r"\bcompar(?:a|ar|e)\b|\bdiferencias? entre\b",
    r"\bcompare[rz]?\b|\bdifférences? entre\b",
    r"\bvergleich\w*|\bunterschied\w* zwischen\b",
    r"\bсравни\w*|\bразниц\w+ между\b|\bотлича\w+",
    r"比较|区别|差异",
    r"قارن|الفرق بين",
)
_LIST = _any(
    r"^(?:please )?(?:list|name|enumerate|give (?:me )?(?:the |a )?(?:list|names?)|go through|"
    r"run through)\b(?! of the (?:man|woman|person|place|ship)\b)",
    r"^(?:all|every|each|names of|members of|participants in|reasons|types of|kinds of)\b",
    r"^(?:which|what)(?: (?!\w+ed\b)\w+){0,2} \w{2,}[^su\W]s\b(?!['’])(?! (?:is|was|the|a|an|his|her)\b)",
    r"^who (?:were|are)\b(?! (?:the )?\w+'s\b)|^(?:besides|apart from|aside from|"
    r"other than)\b.*\b(?:who|whom|which|what|whose)\b",
    r"\bwhat (?:were|are) (?:its|his|her|their|the)\b.*(?:proposals|reasons|terms|conditions|"
    r"points|demands|objections|options|names|items|members|steps|grounds|arguments|"
    r"recommendations)\b",
    r"^(?:\w+ )?(?:lista|enumera|nombra|quiénes (?:son|eran|fueron)|cuáles (?:son|eran|fueron))\b|"
    r"^¿(?:quiénes|cuáles)\b",
    r"^(?:liste[rz]?|énumère[rz]?|quels|quelles|qui sont|qui étaient)\b",
    r"^(?:liste|nenne|zähle|welche \w+(?:en|e|er|s)\b|wer waren|wer sind)\b",
    r"^(?:перечисли\w*|назови\w*|список|какие|кто были)\b",
    r"列出|有哪些|哪些",
    r"^(?:اذكر|عدد|ما هي)\b",
)
_AUXILIARY = _any(
    r"^(?:and |so |but |then |also )?(?:is|are|was|were|am|do|does|did|has|have|had|can|could|"
    r"will|would|shall|should|may|might|must|isn'?t|aren'?t|wasn'?t|weren'?t|don'?t|doesn'?t|"
    r"didn'?t|hasn'?t|haven'?t|hadn'?t|can'?t|won'?t|wouldn'?t)\s+(?!not\b)\S",
    r"^¿?(?:es|son|está|están|fue|fueron|ha|han|hay|había|hubo|tiene|tenía|puede|podía|era|eran)\s",
    r"^est-ce que\b|^\w+-t?-?(?:il|elle|ils|elles|on)\b",
    r"^(?:ist|sind|war|waren|hat|haben|hatte|hatten|kann|konnte|wird|wurde|wurden|soll|gibt|gab)\s",
    r"\b\w+ ли\b|^(?:правда|верно) ли\b|^разве\b",
    r"[吗嗎]\s*[？?]?$|是否",
    r"^هل\b",
)
# "Israeli hardware, 1957 - did State find out?": the question comes after its subject.
_LATE_AUXILIARY = re.compile(
    r"[,;:–—-]\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\s+(?:he|she|it|"
    r"they|we|\w+)\s[^?]*\?$",
    _FLAGS,
)
_QUESTION_WORD = _any(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b")
_WHY = _any(
    r"\b(?:why|how come|what for)\b|^for what (?:reason|purpose)\b",
    r"\bwhat (?:made|caused|led|prompted|drove|lay behind|explains?|explained|was the (?:reason|"
    r"cause|purpose|point)|is the (?:reason|cause|purpose|point)|were the reasons)\b",
    r"^how (?!(?:many|much|long|far|old|large|big|tall|high|deep|wide|often|heavy|fast|soon|late|strong)\b)",
    r"\bon what grounds\b|\bwhat ruled out\b|\bwhat worried\b",
    r"\bpor qué\b|^¿?cómo\b",
    r"\bpourquoi\b|^comment\b",
    r"\b(?:warum|weshalb|wieso|weswegen)\b|^wie (?!viele?|lange|weit|alt|hoch|gro(?:ß|ss))",
    r"\b(?:почему|зачем|отчего)\b|^как (?!ой|ая|ие|долго|далеко)\b",
    r"为什么|为何|怎么|如何|怎样",
    r"^(?:لماذا|كيف)\b",
)
_ROLE = _any(
    r"^(?:who|whom|which \w+ (?:was|is|sat|headed|chaired|led|ran|acted|represented))\b(?: (?:is|"
    r"was|were|are|had|has|did|acted|chaired|headed|led|ran|sat|commands?|commanded|heads?|leads?|"
    r"holds?|held))\b.*\b(?:the|of|for|in|at|as)\b",
    r"\b(?:head|chief|boss|chair(?:man|woman)?|director|minister|ambassador|commander|secretary|"
    r"president|governor|leader|representative|envoy|spokes\w+)\b[^?]*\?$(?<!what\?)",
    r"^¿?quién (?:es|era|fue|mandaba|dirige|dirigía|encabeza)\b",
    r"^qui (?:est|était|dirige|dirigeait|commande)\b",
    r"^wer (?:ist|war|leitet|leitete|führt)\b",
    r"^кто (?:был|является|возглавля\w+|командова\w+|руководи\w+)\b",
)


def classify(text: str, language: str = "en") -> str:
    """The kind of a question: one of `KINDS`. "fact" where nothing tells more.

    `language` is a hint for what only some languages write; the question words of all are known at once.
    """
    plain = " ".join(text.strip().lstrip("¿¡\"'“«(").split())
    if counted_paper(plain) is not None:
        return "count"
    for kind, pattern in (
        ("odd", _ODD),
        ("change", _CHANGE),
        ("about", _ABOUT),
        ("summary", _SUMMARY),
        ("timeline", _TIMELINE),
        ("compare", _COMPARE),
    ):
        if pattern.search(plain):
            return kind
    if _AUXILIARY.search(plain) or (_LATE_AUXILIARY.search(plain) and not _QUESTION_WORD.search(plain)):
        return "yes-no"
    if _LIST.search(plain):
        return "list"
    if _WHY.search(plain):
        return "why-how"
    if _is_role(plain, language):
        return "role"
    return "fact"


def _is_role(text: str, language: str) -> bool:
    return _ROLE.search(text) is not None and bool(names_of(text, language) or " the " in text.casefold())
