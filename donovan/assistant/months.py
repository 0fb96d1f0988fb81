"""The names of months, in full and short, by language (Unicode CLDR), beside those of `words.MONTHS`.

They are known only to text in their language: "out" is October in Portuguese and "lis" November in Polish.
"""

_LINES = {
    "es": "ene|feb|mar|abr|may|jun|jul|ago|sept set|oct|nov|dic",
    "fr": "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc",
    "de": "jan jänner|feb feber|mär|apr|mai|jun|jul|aug|sep sept|okt|nov|dez",
    "it": "gen gennaio|feb febbraio|mar marzo|apr aprile|mag maggio|giu giugno|lug luglio|ago agosto"
    "|set settembre|ott ottobre|nov novembre|dic dicembre",
    "pt": "jan janeiro|fev fevereiro|mar março|abr abril|mai maio|jun junho|jul julho|ago agosto|set setembro"
    "|out outubro|nov novembro|dez dezembro",
    "nl": "jan januari|feb februari|maart mrt|apr april|mei|jun juni|jul juli|aug augustus|sep september"
    "|okt oktober|nov november|dec december",
    "sv": "jan januari|feb februari|mars|apr april|maj|juni|juli|aug augusti|sep september|okt oktober"
    "|nov november|dec december",
    "da": "jan januar|feb februar|mar marts|apr april|maj|jun juni|jul juli|aug august|sep september"
    "|okt oktober|nov november|dec december",
    "nb": "jan januar|feb februar|mar mars|apr april|mai|jun juni|jul juli|aug august|sep september"
    "|okt oktober"
    "|nov november|des desember",
    "pl": "sty styczeń stycznia|lut lutego luty|mar marca marzec|kwi kwiecień kwietnia|maj maja"
    "|cze czerwca czerwiec|lip lipca lipiec|sie sierpień sierpnia|wrz wrzesień września"
    "|paź październik października|lis listopad listopada|gru grudnia grudzień",
    "cs": "led leden ledna|úno únor února|bře březen března|dub duben dubna|kvě květen května"
    "|červen června čvn|červenec července čvc|srp srpen srpna|zář září|říj říjen října|lis listopad listopadu"
    "|pro prosinec prosince",
    "ru": "янв январе|февр фев феврале|мар марте|апр апреле|мае|июн июне|июл июле|авг августе"
    "|сент сентябре|окт октябре|нояб ноябре|дек декабре",
    "uk": "січ січень січня|лют лютий лютого|бер березень березня|квіт квітень квітня|трав травень травня"
    "|черв червень червня|лип липень липня|серп серпень серпня|вер вересень вересня|жовт жовтень жовтня"
    "|лист листопад листопада|груд грудень грудня",
    "tr": "oca ocak|şub şubat|mar mart|nis nisan|may mayıs|haz haziran|tem temmuz|ağu ağustos|eyl eylül"
    "|eki ekim|kas kasım|ara aralık",
    "id": "jan januari|feb februari|mar maret|apr april|mei|jun juni|jul juli|agu agustus|sep september"
    "|okt oktober|nov november|des desember",
    "ro": "ian ianuarie|feb februarie|mar martie|apr aprilie|mai|iun iunie|iul iulie|aug august"
    "|sept septembrie|oct octombrie|nov noiembrie|dec decembrie",
    "ar": "يناير كانون_الثاني جانفي|فبراير شباط فيفري|مارس آذار|أبريل ابريل إبريل نيسان أفريل|مايو أيار ماي"
    "|يونيو حزيران يونية جوان|يوليو تموز يولية جويلية|أغسطس اغسطس آب أوت|سبتمبر أيلول"
    "|أكتوبر اكتوبر تشرين_الأول"
    "|نوفمبر تشرين_الثاني|ديسمبر كانون_الأول",
    "fa": "ژانویه ژانویهٔ ژانویۀ|فوریه فوریهٔ|مارس|آوریل|مه مهٔ|ژوئن|ژوئیه ژوئیهٔ|اوت|سپتامبر|اکتبر|نوامبر"
    "|دسامبر",
    "hi": "जनवरी जन॰|फ़रवरी फ़र॰ फरवरी|मार्च|अप्रैल|मई|जून|जुलाई जुल॰|अगस्त अग॰|सितंबर सित॰|अक्टूबर अक्टू॰"
    "|नवंबर नव॰|दिसंबर दिस॰",
}

MONTHS_OF: dict[str, dict[str, int]] = {
    language: {
        name.replace("_", " ").casefold(): number
        for number, names in enumerate(line.split("|"), start=1)
        for name in names.split()
    }
    for language, line in _LINES.items()
}
