"""Whose day a date on a paper is: that of the paper, or of something else that the words beside it name.

The words are those with which forms, stamps, letters and contracts label a day, as stems, in many languages.
No list of them is complete: a day beside which none stands is judged by its place, and one in running text
is nobody's.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from ingest.values.dates import PartialDate
from ingest.values.locales import weekday_names

# When something ends, is due or begins to hold; lives; arrives; and the days of other papers.
_STEMS = (
    "until|expir|valid|best before|use by|deadline|payable|no later than|effective|entry into force"
    "|in force|hasta|caduc|vence|vencim|válid|plazo|en vigor|jusqu|échéance|valable|délai|en vigueur"
    "|gültig|ablauf|läuft ab|fällig|frist|in kraft|действ|срок|истека|дійсн|термін|строк|حتى|لغاية|صالح"
    "|انتهاء|ينتهي|استحقاق|نفاذ|validade|prazo|fino a|scad|valevol|ważn|terminu?|upływ|do dnia|kadar"
    "|geçerli|son tarih|son gün|bitiş|geldig|verval|splatn|platn|giltig|förfall|gyldig|forfald|forfall"
    "|voimassa|erääntyy|érvény|lejár|határid|valabil|până|έως|μέχρι|ισχύ|λήξη|انقضا|اعتبار|berlaku"
    "|jatuh tempo|sampai|hingga|vrijedi|krajnji",
    "birth|born|d\\.o\\.b|died|death|nacim|nacid|naissance|née? le|décéd|décès|geburt|geboren|geb\\."
    "|gestorb|рожд|родил|умер|скончал|народж|помер|ميلاد|مولود|ولد|وفاة|nascim|nascid|óbito|nascit"
    "|nat[oa] (?:il|a)|urodz|zmar|doğum|doğdu|ölüm|geboort|naroz|född|født|syntym|szület|naşter|născut"
    "|γέννη|تولد|متولد|lahir|rođen|рођен",
    "received|rec'd|recd|recibid|reçu|arrivé|eingegangen|eingang|erhalten|получен|входящ|поступ|отриман"
    "|вхідн|надійш|وارد|الوارد|استلم|recebid|ricevut|pervenut|wpłyn|otrzyma|wpływu|alındı|alınan|gelen"
    "|ontvangen|ingekomen|došlo|přijat|mottag|modtag|mottatt|saapu|érkez|primit|ελήφθη|παρελήφθη|دریافت"
    "|diterima|primljen|примљен|printed|downloaded|accessed|gedruckt|imprimé|impreso|распечатан"
    "|stampato il|scanned|eingescannt",
    "your (?:letter|message|memo|e-?mail|fax|note|ref|request)|further to|with reference|refer|in reply"
    "|letter of|supersed|replac|amend|repeal|su (?:carta|escrito|oficio|nota)|con referencia|en respuesta"
    "|deroga|votre|vos (?:lettre|courrier)|suite à|ihr (?:schreiben|brief|zeichen|antrag)"
    "|ihre (?:nachricht|anfrage|mail)|bezug|antwort auf|ersetzt|ваш|на №|в ответ|взамен|у відповідь"
    "|رسالتكم|كتابكم|خطابكم|إشارة|بالإشارة|ردا على|sua (?:carta|lettera)|vosso|vossa|em resposta"
    "|in riferimento|riferimento|vostr[ao]|in risposta|pismo (?:pana|pani|państwa)|nawiązani|w odpowiedzi"
    "|ilgi|yazınız|mektubunuz|uw brief|uw kenmerk|váš dopis|er skrivelse|viitaten|hivatkoz|surat saudara"
    "|vaš",
)
_WHOLE_WORDS = "till|due|dob|previous|last|bis|до|até|entro|vade|vu|вх"
_SIGNS = (
    "有效|截止|到期|期限|まで|有効|까지|유효|만료|出生|生于|生年月日|생년월일|收文|收到|收件"
    "|受付|접수|来函|來函|贵方|貴方|หมดอายุ|วันเกิด|तक|वैध|जन्म"
)
_OTHERS = re.compile(
    rf"(?<!\w)(?:ال|لل|بال)?(?:{'|'.join(_STEMS)}|(?:{_WHOLE_WORDS})(?!\w))|{_SIGNS}", re.IGNORECASE
)

_OWN = re.compile(
    r"(?<!\w)(?:dated?|date-time group|dtg|as of|issued?|signed|done|given|made|drawn up|entered into"
    r"|published|released|held on|fecha|fechad|expedid|firmad|celebra|hecho en|dado en|suscri|délivr|émis"
    r"|signé|fait à|conclu|établi|tenue|datum|datiert|datei|ausgestellt|ausgefertigt|unterzeichnet"
    r"|geschlossen|stand|erlassen|дата|выдан|подписан|заключ|составлен|состоя|видан|підписан|укладен"
    r"|складен|відбул|data|datad|emitid|assinad|celebrad|lavrad|feito|realizad|rilasciat|emess|firmat"
    r"|stipulat|fatto|redatt|tenut|wystawion|podpisan|zawart|sporządzon|odbył|tarih|düzenlen|imza|yapıl"
    r"|التاريخ|بتاريخ|المؤرخ|تحريرا|صدر|حرر|أبرم|وقع|وُقّع|المنعقد|opgemaakt|getekend|vydán|podepsán"
    r"|utfärd|udstedt|utstedt|annettu|kelt|emis|încheiat|ημερομηνία|تاریخ|tanggal)"
    "|日期|签发|簽發|签订|簽訂|签署|簽署|发布|發布|召开|召開|公布|作成|発行|日付|날짜|발행|작성|체결|วันที่|दिनांक|तारीख",
    re.IGNORECASE,
)
# Papers that give their day in the sentence with which they open.
_PAPER = re.compile(
    r"(?<!\w)(?:agreement|contract|treaty|deed|minutes|contrato|acuerdo|acta|contrat|accord|procès-verbal"
    r"|vertrag|niederschrift|protokoll|договор|договір|соглашени|протокол|акт|عقد|العقد|اتفاق|محضر|acordo"
    r"|ata|contratto|accordo|verbale|umow|protokół|sözleşme|tutana|overeenkomst|smlouv|avtal|aftale"
    r"|avtale|sopimus|szerződés|σύμβαση|قرارداد|perjanjian|ugovor)|合同|协议|協議|契约|纪要|紀要|契約|계약|สัญญา",
    re.IGNORECASE,
)
_BEFORE_CLOSING_DAY = re.compile(
    r"(?:[,،，]|\bthis)\s*(?:the\s+|den\s+|de\s+|el\s+|le\s+|dnia\s+|em\s+|lì\s+)?$", re.IGNORECASE
)
_AFTER_DATELINE = re.compile(r"\s*(?:\([^)]{0,40}\)\s*)?[–—]|\s+-+\s|\s*\([A-Z]{2,}\)")
_ENDS_SENTENCE = re.compile(r"[.!?。؟！？।]\s*+[\"'”’»)]?+\s*+$")
_PARTS = re.compile(r"[.;|•]\s|\s{3,}|\t")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SHORT_LINE, _TITLE_LINE, _NEAR = 40, 160, 60
_TITLE_LINES = 6


class Role(IntEnum):
    """What a date says of the day of its paper. `OF_ITSELF` is labelled as that or stands where it stands."""

    OTHER = 0
    PROSE = 1
    TITLE = 2
    OF_ITSELF = 3


def role_of(lines: Sequence[str], number: int, found: PartialDate, since: int) -> Role:
    """The role of a date. `lines` are those of the page that hold text, `number` is that of the line with the
    date, `since` where the date before it on the same line ended.
    """
    line = lines[number]
    before = _PARTS.split(line[since : found.start])[-1][-_NEAR:]
    after = _PARTS.split(line[found.end :])[0]
    if not _says(before) and not _says(after) and number and len(lines[number - 1]) <= _SHORT_LINE:
        # A form may have the label above its field.
        above = lines[number - 1]
        before = above if not re.search(r"\d", above) else before
    beside = after[:_NEAR] if not _says(before) else ""
    if _OTHERS.search(before) or _OTHERS.search(beside):
        return Role.OTHER
    is_running = _is_running(lines, number, after)
    if found.form == "group":
        return Role.OF_ITSELF
    if (_OWN.search(before) or _OWN.search(beside)) and not is_running:
        return Role.OF_ITSELF
    if _is_placed(line, before, after, is_running=is_running):
        return Role.OF_ITSELF
    if number < _TITLE_LINES and len(line) <= _TITLE_LINE and (not is_running or _opens_a_paper(line)):
        return Role.TITLE
    return Role.PROSE


def _says(text: str) -> bool:
    """Whether words stand there that are no name of a weekday."""
    names = weekday_names()
    return any(word.casefold() not in names and word not in ("г", "р") for word in _LETTERS.findall(text))


def _is_placed(line: str, before: str, after: str, *, is_running: bool) -> bool:
    """Whether a line is there for its day: short, closed by it, or opened by place and day."""
    if not _says(after):
        is_closing = bool(_BEFORE_CLOSING_DAY.search(before))
        return is_closing or not _says(before) or (len(line.strip()) <= _SHORT_LINE and not is_running)
    if _AFTER_DATELINE.match(after) and _BEFORE_CLOSING_DAY.search(before):
        return True
    return len(line.strip()) <= _SHORT_LINE and not is_running


def _is_running(lines: Sequence[str], number: int, after: str) -> bool:
    """Whether a line is part of a sentence that goes on around the date."""
    line = lines[number].strip()
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return (
        line[:1].islower()
        or following[:1].islower()
        or (bool(_ENDS_SENTENCE.search(line)) and _says(after))
        or len(line) > _TITLE_LINE
    )


def _opens_a_paper(line: str) -> bool:
    return bool(_PAPER.search(line) and _OWN.search(line))
