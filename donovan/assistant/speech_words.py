"""How a text says that it does not speak for itself: who says it, what is believed, planned, asked, denied.

Closed lists by language. A verb stands in the forms in which documents use it; those that are more often a
noun ("reports", "claims") count only before "that".
"""


def _any(words: str) -> str:
    return "|".join(word.replace("_", r"\s+") for word in words.split())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


REPORTING: dict[str, str] = {
    "en": _any(
        r"""
        said says saying stated announced announces testified insisted insists asserted asserts
        alleged alleges claimed maintained explained added_that told informed reported reports?_that
        claims?_that states?_that notes?_that noted_that wrote_that writes_that writing_that
        warned_that warns_that argued_that argues_that confirmed_that confirms_that indicated_that
        indicates_that suggested_that suggests_that replied_that remarked_that observed_that
        (?:is|are|was|were)_(?:said|reported|rumou?red|alleged)_to
        it_(?:is|was|has_been)_(?:said|reported|rumou?red|alleged|claimed)
        """
    ),
    "es": _any(
        r"""
        dijo dice dijeron dicen afirmó afirma afirmaron afirman declaró declara declararon aseguró
        asegura aseguraron aseguran señaló señala señalaron informó_que informó_de informaron_que
        indicó indica_que anunció anunciaron explicó añadió sostuvo sostiene manifestó alega alegó
        comentó
        """
    ),
    "fr": _any(
        r"""
        a_dit ont_dit dit_que déclare a_déclaré ont_déclaré affirme affirment a_affirmé ont_affirmé
        assure a_assuré a_annoncé ont_annoncé annonce_que a_indiqué ont_indiqué indique_que
        a_expliqué explique_que a_ajouté a_rapporté rapporte_que soutient_que prétend a_prétendu
        aurait auraient
        """
    ),
    "de": _any(
        r"""
        sagte sagten sagt erklärte erklärten erklärt,_dass behauptet behauptete berichtete
        berichteten meldete teilte_mit sollen_angeblich betonte
        """
    ),
    "ru": _any(
        r"""
        сказал сказала сказали говорит говорят говорил заявил заявила заявили заявляет заявляют
        сообщил сообщила сообщили сообщает сообщают сообщается отметил отметила отметили рассказал
        рассказала утверждает утверждают утверждал утверждала подчеркнул подчеркнула добавил
        добавила объявил объявила
        """
    ),
    "ar": _any(
        r"""
        و?قال و?قالت و?قالوا و?أعلن و?أعلنت و?صرح و?صرحت و?ذكر و?ذكرت و?أفاد و?أفادت و?أكد و?أكدت
        و?أضاف و?أضافت و?أوضح و?أوضحت و?أشار و?أشارت و?زعم و?زعمت و?ادعى و?يقول و?تقول
        """
    ),
    "zh": r"表示|指出|宣布|声称|宣称|透露|强调说?|(?<![小学传据])说(?!明|法|服)|报道称?|据(?:报道|说|称)"
    r"|(?<![名声著职])称(?![为作呼号赞])",
}
BELIEVING: dict[str, str] = {
    "en": _any(
        r"""
        believes? believed thinks? thought suspects?_that suspected_that suspects suspected assumes?
        assumed fears?_that feared_that supposes? supposed_that feels_that felt_that considers?_that
        hopes?_that doubts is_convinced_that are_convinced_that
        in_(?:his|her|their|my|our|the)_(?:view|opinion)
        """
    ),
    "es": _any(
        r"""
        cree creen creía creían creyó piensa piensan pensaba opina opinan considera_que
        consideran_que consideró_que sospecha sospechan supone
        """
    ),
    "fr": _any(
        r"""
        croit croient croyait pense_que pensent_que pensait_que estime_que estiment_que a_estimé
        considère_que soupçonne suppose
        """
    ),
    "de": _any(r"""glaubt glauben glaubte glaubten meint meinte vermutet vermuten vermutete"""),
    "ru": _any(
        r"""
        считает считают считал считала считали полагает полагают полагал полагала думает думают
        думал верит верят подозревает подозревают предполагает предполагают
        """
    ),
    "ar": _any(r"""و?يعتقد و?تعتقد و?يعتقدون و?اعتقد و?اعتقدت و?يظن و?تظن و?يرجح و?يشتبه"""),
    "zh": r"认为|相信|怀疑|猜测|觉得",
}
DENYING: dict[str, str] = {
    "en": _any(
        r"""
        denied denies deny denying disputed disputes refuted refutes
        rejected_the_(?:claim|suggestion|idea) rejects_the_(?:claim|suggestion|idea)
        """
    ),
    "es": _any(
        r"""
        negó_que niega_que niegan_que negaron_que negó_haber niega_haber desmintió desmiente
        desmintieron
        """
    ),
    "fr": _any(r"""nie nient a_nié ont_nié dément démentent a_démenti ont_démenti conteste a_contesté"""),
    "de": _any(r"""bestreitet bestreiten bestritt bestritten dementiert dementierte leugnet leugnete"""),
    "ru": _any(r"""отрицает отрицают отрицал отрицала отрицали опроверг опровергла опровергли опровергает"""),
    "ar": _any(r"""و?نفى و?نفت و?ينفي و?تنفي و?أنكر و?أنكرت"""),
    "zh": r"否认|驳斥|反驳",
}
ASKING: dict[str, str] = {
    "en": _any(
        r"""
        asked_(?:\w+_){0,3}?(?:whether|if|who|what|when|where|why|how) asks_(?:whether|if) wondered
        wonders inquired enquired questioned_whether
        """
    ),
    "es": _any(r"""preguntó preguntaron pregunta_si se_pregunta"""),
    "fr": _any(r"""a_demandé_si demande_si se_demande"""),
    "de": _any(r"""fragte fragten fragt,_ob fragt_sich"""),
    "ru": _any(r"""спросил спросила спросили спрашивает интересуется"""),
    "ar": _any(r"""و?سأل و?سألت و?تساءل و?تساءلت"""),
    "zh": r"询问|(?<![疑访学])问(?=[：:“]|道|是否)|质疑",
}
PLANNING: dict[str, str] = {
    "en": _any(
        r"""
        will shall won['’]t plans?_to (?<!as\s)planned planning_to intends?_to intended_to intending_to
        (?:the|our|their|its|his|her)_(?:plan|intention|aim)_(?:is|was)_(?:that|to)
        (?:is|are|was|were)_(?:due|set|expected|projected|forecast|going|supposed)_to
        (?:is|are|was|were)_(?:due|expected|projected|forecast)_(?:for|in|on|by|at)
        due_(?:to|on|in|by) going_to scheduled projected forecasts? target_date new_date estimated?_to
        aims?_to hopes?_to hoped_to proposes?_to proposed expects?_(?:to|that|on|for|in|by)
        expect(?:s|ed|ing)?_(?:[\w'’-]+_){1,6}?to(?=\s+\w) expected_(?:to|on|for|in|by) in_case
        (?:is|are|was|were)_to_(?:be|have|begin|start|take|open|close|arrive|leave|go|become)
        to_be_(?:\w+ed|built|held)
        """
    ),
    "es": _any(
        r"""
        va_a van_a iba_a iban_a planea\w* prevé prevén previst[oa]s? pretende pretenden se_espera
        espera_que \w+[aei](?:rá|rán|remos)(?!\w)
        """
    ),
    "fr": _any(
        r"""
        va_(?:être|rouvrir|ouvrir) vont_être prévoi\w+ envisage envisagent compte_\w+er devrait devraient
        prévue?s? sera seront aura auront pourra pourront
        """
    ),
    "de": _any(
        r"""
        plant planen plante beabsichtigt beabsichtigen soll sollen sollte voraussichtlich geplant\w*
        wird_(?:[\w.-]+_){0,8}?(?!ge)\w+en(?=[.,;]|$)
        """
    ),
    "ru": _any(
        r"""
        будет будут планиру\w+ планировал намерен намерена намерены намечен\w* предполагается
        намеревается собирается собираются ожидается ожидают ожидаем\w* предстоит
        """
    ),
    "sr": _any(r"""biće bit_će planira\w* očekuje биће планира\w* очекује треба_да treba_da"""),
    "ar": _any(r"""و?سوف سي\w{2,} ست\w{3,} من_المقرر من_المتوقع يعتزم تعتزم يخطط تخطط ينوي تنوي"""),
    "zh": r"将(?!军|领|士|官|来|近)|计划|打算|预计|预期|拟于|有望",
}
ACCORDING: dict[str, str] = {
    "en": _any(r"""according_to reportedly allegedly supposedly purportedly in_the_words_of"""),
    "es": _any(r"""según de_acuerdo_con supuestamente presuntamente"""),
    "fr": _any(r"""selon d['’]après prétendument"""),
    "de": _any(r"""laut nach_Angaben nach_Aussage zufolge angeblich"""),
    "ru": _any(r"""по_словам по_данным по_сообщениям согласно якобы по_мнению"""),
    "ar": _any(r"""وفقا_ل\w* وفقًا_ل\w* بحسب حسب_\w+ على_حد_قول"""),
    "zh": r"根据|按照|据(?=[^此理点守有])",
}
THAT: dict[str, str] = {
    "en": r"\bthat\b",
    "es": r"\bque\b",
    "fr": r"\bqu(?:e\b|['’])",
    "de": r"\bdass\b",
    "ru": r"\bчто\b",
    "ar": r"(?<!\w)(?:إن|أن|بأن|إنه|أنه|إنها|أنها)\w{0,3}(?!\w)",
    "zh": r"",
}
"""The word before what is said."""

GENERIC_SPEAKERS = _set(
    "article bericht carta document documento documents dokument file fuente informe it letter lettre memo "
    "page paper papers passage página quelle rapport record records report reports seite source sources "
    "text texte texto доклад документ источник отчет отчёт письмо текст تقرير رسالة نص وثيقة"
)
"""What a statement may name as its own source without leaving out who says it."""

RELATIVES: dict[str, str] = {
    "en": (
        r"which who whom whose where while whereas but although though because after before when if "
        r"unless since as so and_then"
    ),
    "es": r"que quien quienes cuyo cuya donde mientras pero aunque porque cuando si después",
    "fr": r"qui que dont où tandis mais bien_que parce_que lorsque quand si après",
    "de": r"der die das welche welcher wo während aber obwohl weil als wenn nachdem",
    "ru": (
        r"который которая которое которые которого которой которых которым где но хотя потому когда "
        r"если после"
    ),
    "ar": r"الذي التي الذين حيث لكن ولكن بينما لأن عندما إذا بعد",
    "zh": r"",
}
"""The words that begin a clause of its own after a comma."""
