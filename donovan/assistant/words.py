"""Closed lists of words by language: what carries no content, what denies, what hedges.

Only closed classes are listed. Open vocabulary (names, places, subjects) never is: no list knows the next
document.
"""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists that are written as one."""
    return _set(text)


def _lines(text: str) -> list[str]:
    return text.split("|")


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": _set(
        "a an the of in on at to for from by with and or is are was were be been being am do does did "
        "done has have had having what which who whom whose when where why how many much that this "
        "these those it its their there here as into than then i s you your we our they them he she "
        "his her him me my us can could will would shall should about if while also such so very just "
        "own same per via upon within please tell give show list me do any some each other another "
        "both either one ones"
    ),
    "es": _set(
        "el la los las un una unos unas de del al a ante con contra desde en entre hacia hasta "
        "para por según sobre y e o u que qué quién quien quiénes cuál cuáles cuándo cuando cómo "
        "como dónde donde cuánto cuánta cuántos cuántas es son era eran fue fueron ser sido estar "
        "está están estaba ha han había su sus se le les lo este esta estos estas ese esa esos "
        "esas aquel aquella más muy también tan"
    ),
    "fr": _set(
        "le la les un une des de du au aux à en dans par pour sur avec et ou que qui quoi quel "
        "quelle quels quelles quand comment où combien est sont était étaient fut être été a ont "
        "avait il elle ils elles se ce cette ces son sa ses leur leurs y plus très aussi"
    ),
    "de": _set(
        "der die das den dem des ein eine einen einem einer eines und oder in im an am auf aus "
        "bei mit nach von vom zu zum zur für über wer was wann wo wie welche welcher welches "
        "wieviel viele ist sind war waren wird werden wurde wurden sein hat haben hatte es er sie "
        "sich als auch"
    ),
    "ru": _set(
        "и в во на с со к ко о об от до из у за по под над при для что кто когда где как какой "
        "какая какое какие каким какого какую какова каков сколько чей чья это этот эта эти тот "
        "та те был была было были быть есть он она они его её их который которая которые а но же "
        "ли бы также"
    ),
    "sr": _set(
        "i u na s sa k o od do iz za po pod nad pri što šta ko tko kada kad gdje gde kako koji "
        "koja koje kojeg koliko čiji je su bio bila bilo bili biti se to taj ta te on ona oni ono "
        "a ali da li и у на са од до из за по шта ко када где како који која које колико је су "
        "био била било били се то"
    ),
    "ar": _set("في من إلى على عن مع هو هي هذا هذه ما ماذا من متى أين كيف كم هل و أو التي الذي كان كانت"),
    "zh": _set("的 了 是 在 和 与 有 什 么 谁 哪 何 时 几 多 少 吗 呢 为 被 将 这 那 个"),
}

# Verbs and nouns that only carry a question or a sentence: "gain", "located", "name of".
CARRIERS: dict[str, frozenset[str]] = {
    "en": _set(
        "gain get make take place locate situate call name know number kind sort amount find happen "
        "occur include consist contain comprise use become hold total exist total state say mention "
        "describe speak report be"
    ),
    "es": _set("llamar nombre encontrar ubicar situar tener haber hacer número cantidad tipo total"),
    "ru": _set("называть название имя находиться количество число тип"),
}

# Common verbs of questions beside the words that answer them: "When does it arrive?" "It is due on Monday."
KIN: tuple[frozenset[str], ...] = tuple(
    map(
        _set,
        _lines(
            "arrive due berth dock land|begin start commence launch|end finish cease expire|"
            "cost price|die death dead|build construct erect|buy purchase|close shut|"
            "reopen open|cause source|repair mend fix|leave depart"
        ),
    )
)

# Words of a question that belong to its verb, and ask for nothing themselves: "set up", "may cross".
PARTICLES: frozenset[str] = _set(
    "up off out down away back not may might must can could will would shall should not ever yet now still "
    "likely"
)

# Words that join what is said and say nothing themselves; a statement may begin with one of its own.
CONNECTIVES: frozenset[str] = _set(
    "according additionally after afterwards again also although among and another as before besides "
    "between both but by consequently despite during earlier either finally first following further "
    "furthermore "
    "hence here however indeed instead it later meanwhile moreover nevertheless nonetheless now once "
    "otherwise "
    "overall since so somebody someone something still subsequently that then there therefore these they "
    "this "
    "those though through throughout thus today together under until upon whereas when where whereby while "
    "who "
    "with within yes yet asimismo además aunque como cuando desde después durante embargo entonces entre "
    "finalmente "
    "luego mientras pero según sin también tras ainsi alors après aussi avant avec cependant comme dans "
    "depuis donc durant enfin ensuite entre lorsque mais malgré outre pendant pourtant puis quand selon "
    "tandis "
    "außerdem daher danach dann dennoch deshalb jedoch laut nachdem obwohl seit trotz während zudem "
    "кроме когда однако поэтому после потом при согласно также так тем затем несмотря хотя"
)

NEGATIONS: frozenset[str] = _set(
    "no not never none nobody nothing nowhere neither nor without cannot non n't isn't aren't "
    "wasn't weren't don't doesn't didn't hasn't haven't hadn't won't wouldn't can't couldn't "
    "shouldn't denied deny denies refused refuse refuses failed fail fails lacks lack lacking "
    "absent excluding except nunca jamás sin ni ningún ninguna ninguno nadie нет не без ни "
    "никогда никто ne pas sans aucun kein keine keinen nicht ohne nie nije nisu bez nema није "
    "нису нема ليس لا لم لن غير بدون"
)
CJK_NEGATIONS = ("不", "没", "沒", "無", "无", "未", "非")

# Words that make a statement less than a fact. A claim may not drop them.
HEDGES: frozenset[str] = _set(
    "may might could would should possible possibly probable probably perhaps maybe likely "
    "unlikely allegedly alleged reportedly unconfirmed unverified claimed claims claim rumoured "
    "rumored suspected believed planned plans intends proposed expected if unless whether draft "
    "attempted denied apparently seemingly supposed purported rumours rumors posiblemente "
    "probablemente quizá quizás presunto presunta presuntamente возможно вероятно "
    "предположительно якобы možda navodno могуће наводно"
)

# Words that turn a number into a bound or an estimate: part of the statement, so never left out of the
# comparison.
BOUNDS: frozenset[str] = _set(
    "more less fewer over under above below least most nearly almost about around approximately "
    "roughly up before after until since between only exceed exceeds"
)

# Pairs that turn a statement round. Neither may stand for the other.
OPPOSITES: tuple[tuple[str, str], ...] = (
    ("highest", "lowest"), ("high", "low"), ("largest", "smallest"), ("large", "small"),
    ("longest", "shortest"),
    ("most", "least"), ("more", "less"), ("more", "fewer"), ("north", "south"), ("northern", "southern"),
    ("east", "west"), ("eastern", "western"), ("male", "female"), ("men", "women"), ("import", "export"),
    ("increase", "decrease"), ("increase", "fall"), ("rise", "fall"), ("before", "after"), ("first", "last"),
    ("open", "close"), ("open", "shut"), ("win", "lose"), ("buy", "sell"), ("arrive", "depart"),
    ("minimum", "maximum"),
    ("above", "below"), ("over", "under"), ("inside", "outside"), ("friendly", "enemy"),
    ("killed", "wounded"),
    ("dead", "alive"), ("upper", "lower"), ("left", "right"), ("start", "end"), ("begin", "end"),
    ("inbound", "outbound"), ("legal", "illegal"), ("safe", "unsafe"), ("passable", "impassable"),
    ("oldest", "youngest"), ("urban", "rural"), ("military", "civilian"), ("accept", "reject"),
)  # fmt: skip

IRREGULAR: dict[str, str] = {
    form: base
    for line in _lines(
        "win won| lose lost| lead led| fight fought| begin began begun| make made| take took taken|"
        "give gave given| go went gone| come came| see saw seen| find found| build built|"
        "send sent| spend spent| hold held| keep kept| leave left| meet met| sell sold| buy bought|"
        "teach taught| think thought| bring brought| catch caught| say said| pay paid|"
        "lie lay lain| write wrote written| speak spoke spoken| break broke broken|"
        "choose chose chosen| drive drove driven| rise rose risen| fall fell fallen|"
        "fly flew flown| grow grew grown| know knew known| throw threw thrown| draw drew drawn|"
        "show showed shown| run ran| sink sank sunk| become became| get got gotten| stand stood|"
        "understand understood| tell told| die died dead| shoot shot| strike struck|"
        "steal stole stolen| man men| woman women| child children| person people| foot feet|"
        "good better best| high higher highest"
    )
    for base, *forms in [line.split()]
    for form in forms
    if form not in {"better", "best", "higher", "highest", "dead", "left", "feet"}
}
