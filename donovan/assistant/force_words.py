"""Words that make a statement less than a fact, or a number less than exact, by what they do."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


DOUBTS: dict[str, frozenset[str]] = {
    "possible": _set(
        "may might could possible possibly perhaps maybe potentially posible posiblemente quizá quizás "
        "acaso podría "
        "podrían pudo peut-être peut possible possiblement pourrait pourraient vielleicht möglich "
        "möglicherweise "
        "könnte könnten возможно может могут мог могла могли möglich možda могуће ربما يمكن قد محتمل"
    ),
    "probable": _set(
        "probable probably likely unlikely apparently seemingly presumably seems appears appeared seemed "
        "probablemente "
        "aparentemente parece probablement apparemment semble wahrscheinlich vermutlich anscheinend "
        "offenbar scheint "
        "вероятно вероятнее видимо кажется похоже المحتمل يبدو المرجح"
    ),
    "unproven": _set(
        "unconfirmed unverified suspected alleged allegedly reportedly supposed supposedly purported "
        "rumoured rumored "
        "rumours rumors claimed presunto presunta presuntamente supuesto supuesta supuestamente présumé "
        "présumée "
        "prétendu prétendument mutmaßlich angeblich предположительно якобы navodno наводно المزعوم مزعوم"
    ),
    "condition": _set("if unless provided draft si sauf wenn falls ob sofern если ли إذا لو"),
    "almost": _set(
        "almost nearly practically virtually casi prácticamente presque quasiment pratiquement fast beinahe "
        "почти практически تقريبا تقريباً gotovo skoro"
    ),
    "should": _set(
        "would should ought debería deberían habría devrait devraient sollte sollten würde бы ينبغي"
    ),
}
HAN_DOUBTS: dict[str, tuple[str, ...]] = {
    "possible": ("可能", "也许", "或许"),
    "probable": ("大概", "似乎", "看来", "恐怕"),
    "unproven": ("疑似", "据称", "据说", "未经证实", "所谓"),
    "condition": ("如果", "假如", "若"),
    "almost": ("几乎", "差不多", "近乎"),
    "should": ("应该", "应当"),
}

_OVER = (
    "more than|over|above|at least|exceeding|in excess of|no fewer than|no less than|upwards of|minimum of|"
    "más de|"
    "por encima de|al menos|por lo menos|como mínimo|plus de|au moins|au-delà de|mehr als|über|mindestens|"
    "более чем|"
    "более|больше|свыше|не менее|как минимум|أكثر من|ما يزيد عن|يزيد على|لا يقل عن|على الأقل|超过|至少|"
    "不少于|逾|多于"
)
_UNDER = (
    "less than|fewer than|under|below|at most|no more than|up to|not more than|nearly|almost|just under|"
    "close to|"
    "menos de|como máximo|a lo sumo|hasta|casi|cerca de|moins de|au plus|jusqu['’]à|presque|près de|"
    "weniger als|"
    "höchstens|bis zu|fast|knapp|менее чем|менее|меньше|не более|почти|أقل من|ما يصل إلى|لا يزيد عن|لا "
    "يتجاوز|不到|"
    "不足|至多|多达|将近|接近|近"
)
_ABOUT = (
    "about|around|approximately|roughly|some|circa|an estimated|estimated|or so|aproximadamente|unos|unas|"
    "alrededor de|"
    "en torno a|environ|à peu près|quelque|etwa|rund|ungefähr|около|примерно|приблизительно|порядка|حوالي|"
    "نحو|"
    "ما يقرب من|تقريبا|大约|约|左右"
)
BOUNDS_BEFORE: dict[str, str] = {"over": _OVER, "under": _UNDER, "about": _ABOUT}
BOUNDS_AFTER: dict[str, str] = {
    "over": r"or more|o más|ou plus|oder mehr|и более|أو أكثر|以上|\+",
    "under": r"or less|or fewer|o menos|ou moins|oder weniger|или менее|أو أقل|以下|以内",
    "about": r"or so|approximately|aproximadamente|environ|تقريبا|左右",
}
"""What makes a number a bound, before it and after it. "近" alone stands for "close to"."""

TIMES_BEFORE: dict[str, str] = {
    "before": "before|prior to|until|till|ahead of|by|antes del?|hasta(?: el)?|avant(?: le)?|"
    "jusqu['’]au|jusqu['’]en|"
    "vor(?: dem)?|bis(?: zum)?|перед|до|قبل|حتى",
    "after": "after|since|following|después del?|desde(?: el)?|tras|a partir de|"
    "après(?: le)?|depuis(?: le)?|dès|"
    "nach(?: dem)?|seit(?: dem)?|после|с|بعد|منذ|自|自从",
}
TIMES_AFTER: dict[str, str] = {"before": "(?:之前|以前|前)", "after": "(?:之后|以后|后|以来|起)"}
"""The same of a day or year."""

NOT_DENIALS = (
    r"\bno\.\s?(?=\d)|\bnot only\b|\bno (?:sólo|solo|solamente)\b|\bnon seulement\b|\bnicht nur\b|\bне "
    r"только\b|ليس فقط|"
    r"\bno doubt\b|不仅|不但|不过|不同|不断|不少|不久|不得不|非常|非洲|非正式|南非|北非|未来|无论|无线|"
    r"不管|除非|不料|差不多|无数"
)
DENIALS: dict[str, str] = {
    "en": r"no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|non|\w+n['’]t|"
    r"failed|fails|refused|refuses|"
    r"lacks?|lacked|lacking|denied|denies",
    "es": r"no|nunca|jamás|sin|ni|ningún|ninguna|ninguno|nadie|nada|tampoco",
    "fr": r"ne|n(?=['’])|pas|jamais|sans|aucune?|ni|rien|personne ne|nul",
    "de": r"nicht|kein(?:e[nmrs]?)?|nie|niemals|ohne|niemand|nichts|weder",
    "ru": r"не|нет|ни|никогда|никто|ничего|без|нельзя|никаких",
    "ar": r"[وف]?(?:لا|لم|لن|ليس|ليست|ليسوا|غير|بدون|دون|ولا|عدم)",
    "sr": r"ne|nije|nisu|nema|bez|ni|nikad|не|није|нису|нема|без|ни",
    "zh": r"不|没有|没|未|并非|绝非|非|无|勿",
}
BARE_ANSWERS = _set(
    "yes yeah yep no nope ok okay right sure sí si claro oui non ja nein doch да нет نعم لا بلى كلا da ne "
    "是 是的 不 不是 不是的 对 没有"
)
"""What says something only together with the question it answers."""
