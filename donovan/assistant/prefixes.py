"""What stands before the colon of a line: the name of a field, a header of mail, the word of a notice, the
name of a speaker, or only the beginning of a sentence.

"Coastline: 998 km" is a field. "Correction: the bridge was closed on 5 July." is a sentence that says of
itself that it corrects, "From: Owen Tretherne" says who wrote and nothing of the matter, and "MR SMITH: We
left at five." is a sentence with its speaker. The forms are closed lists and the shape of what follows the
colon; no list knows the fields of the next document.
"""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.values.dates import dates

LONGEST_LABEL = 90
_LONGEST_LABEL_WORDS = 10
_CELL = " | "
_QUOTED = r"(?:>\s?)*"

LABELLED = re.compile(
    rf"^\s*{_QUOTED}(?:[-*•·–]\s*)?(?P<label>[^\s.!?:|>][^.!?:|\n]{{0,{LONGEST_LABEL}}}?)\s?:(?=\s)"
)
# "Update 3:", "Amendment No. 1:", "Correction (2):", "Correction to report 7:"; Chinese has its own colon.
_NOTICE = re.compile(
    r"^\W*+(?P<word>[^\W\d_][^\d:：()\[\].]{0,40}?)(?:\s*+(?:[(\[]\s*+)?(?:no|nr|num|núm|№|n[°º])?\.?\s?#?"
    r"(?:\d{1,3}|[ivx]{1,4})\s*+[)\]]?)?\**\s?[:：](?=\s|\*|[\u3400-\u9fff])",
    re.IGNORECASE,
)
_NOTICE_OF = re.compile(
    r"^\W*(?P<word>[^\W\d_]+)\s(?:to|of|on|no|number|from|al?|del?|du|au|aux|à|sur|zum?|zur|vom|von|к|от|по|uz)"
    r"\b[^:：\n]{1,60}[:：](?=\s)",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"^\s*(?P<label>[^\W\d_]{1,5}\.\s[^.!?:|\n]{1,40}?)\s?:(?=\s)")
_ENDS_SENTENCE = re.compile(r"[.!?。！？…؟۔][\"'”’»)\]]*$")
_ENDS_PROSE = re.compile(r"[.!?。！？…؟۔][\"'”’»]*$")
_ENDS_INITIALS = re.compile(r"\b[A-Za-z]\.[A-Za-z]\.[\"'”’»)\]]*$")
_LOWER_WORD = re.compile(r"(?<![^\s(\"“«])[^\W\d_A-ZÀ-ÞА-Я]{2,}(?![^\s.,!?)\"”»])")
_LEAST_WORDS = 4


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split("|"))


# What a mail says of itself, in the languages of the common mail programs and of a memorandum.
HEADERS = _words(
    "from|to|cc|bcc|date|sent|subject|reply-to|in-reply-to|message-id|attachments|attachment|importance|via|"
    "info|dtg|"
    "von|an|kopie|datum|gesendet|betreff|antwort an|anlagen|"
    "de|para|a|cco|fecha|enviado|enviado el|asunto|adjuntos|responder a|"
    "à|objet|envoyé|pièces jointes|répondre à|"
    "от|от кого|кому|копия|дата|отправлено|тема|вложения|"
    "od|za|šalje|prima|poslano|poslato|predmet|"
    "من|إلى|نسخة|التاريخ|تاريخ|أرسلت|الموضوع|"
    "发件人|收件人|抄送|日期|发送时间|主题"
)
# Words with which a text says that it puts an earlier statement right.
CORRECTIONS = _words(
    "correction|corrections|corrected|corrigendum|corrigenda|erratum|errata|amendment|amended|amends|"
    "rectification|retraction|retracted|"
    "corrección|correcciones|corregido|rectificación|fe de erratas|enmienda|modificación|"
    "rectificatif|rectifié|correctif|amendement|"
    "korrektur|korrigiert|berichtigung|berichtigt|richtigstellung|korrigendum|änderung|"
    "исправление|исправлено|поправка|уточнение|опровержение|"
    "ispravka|ispravak|izmena|izmjena|исправка|измена|"
    "تصحيح|تعديل|استدراك|تصويب|"
    "更正|勘误|修正|订正|更正通知"
)
# Words with which a text says that it tells the newer state.
UPDATES = _words(
    "update|updated|updates|addendum|addenda|"
    "actualización|actualizado|adenda|última hora|"
    "mise à jour|mis à jour|actualisation|additif|"
    "aktualisierung|aktualisiert|nachtrag|neuester stand|"
    "обновление|обновлено|дополнение|"
    "ažuriranje|dopuna|ажурирање|допуна|"
    "تحديث|إضافة|ملحق|"
    "更新|补充"
)
# Words that only draw the eye: what follows is a sentence like any other.
REMARKS = _words(
    "note|notes|nb|ps|remark|warning|caution|attention|important|reminder|notice|comment|"
    "nota|aviso|advertencia|atención|observación|importante|"
    "remarque|avertissement|rappel|"
    "hinweis|achtung|anmerkung|warnung|bemerkung|wichtig|"
    "примечание|внимание|предупреждение|замечание|важно|"
    "napomena|pažnja|upozorenje|напомена|пажња|"
    "ملاحظة|تنبيه|تحذير|"
    "注|注意|说明|备注|警告"
)

_NOTICES = {"correction": CORRECTIONS, "update": UPDATES, "remark": REMARKS}
_TITLES = _words(
    "mr|mrs|ms|miss|dr|prof|professor|sir|lady|lord|capt|captain|maj|major|col|colonel|lt|lieutenant|gen|"
    "general|sgt|sergeant|adm|admiral|cmdr|commander|insp|inspector|senator|sen|minister|ambassador|judge|"
    "justice|president|chairman|chairwoman|chair|secretary|"
    "sr|sra|srta|señor|señora|m|mme|mlle|monsieur|madame|herr|frau|hr|fr|"
    "г-н|г-жа|господин|госпожа|gospodin|gospođa|السيد|السيدة|د|الدكتور"
)
_ROLES = _words(
    "q|a|question|answer|interviewer|interviewee|interpreter|witness|counsel|the court|speaker|moderator|"
    "the chairman|the chair|the president|the secretary|the witness|"
    "entrevistador|entrevistadora|entrevistado|pregunta|respuesta|testigo|"
    "enquêteur|témoin|frage|antwort|zeuge|zeugin|вопрос|ответ|свидетель|سؤال|جواب|الشاهد"
)


def field_of(text: str, start: int = 0) -> str:
    """The label of a field line, or nothing: "Elevation > highest point: Tahat" gives the part before the
    colon.

    `start` is where the words begin, behind a portion mark.
    """
    if _CELL in text:
        # A row of a table: it has many labels, and the first says no more than the others.
        return ""
    plain = text[start:]
    match = LABELLED.match(plain)
    label = match["label"].strip() if match else ""
    # So many words are a sentence with a colon in it.
    if match is None or len(label.split()) > _LONGEST_LABEL_WORDS:
        return ""
    if is_header(plain) or notice_of(plain):
        return ""
    return "" if " > " not in label and is_sentence(plain[match.end() :]) else label


def is_header(text: str) -> bool:
    """Whether a line is a header of mail ("Subject: ...", "> Von: ..."): who wrote, when and of what."""
    match = LABELLED.match(text)
    return match is not None and match["label"].strip(" *_").casefold() in HEADERS


def notice_of(text: str) -> str:
    """ "correction", "update" or "remark" where a text begins with such a word and a colon, else nothing.

    "Update: 10 September 2026" only dates something and is a field.
    """
    for pattern, kinds in (
        (_NOTICE, ("correction", "update", "remark")),
        (_NOTICE_OF, ("correction", "update")),
    ):
        match = pattern.match(text)
        if match is None or not _says_something(text[match.end() :]):
            continue
        word = " ".join(match["word"].strip(" *_").casefold().split())
        for kind in kinds:
            if word in _NOTICES[kind]:
                return kind
    return ""


def _says_something(text: str) -> bool:
    """Whether anything is left of a text when its dates are taken out."""
    left = text
    for date in dates(text):
        left = left[: date.start] + " " * (date.end - date.start) + left[date.end :]
    return any(character.isalnum() for character in left)


def is_sentence(text: str) -> bool:
    """Whether a text reads as prose: several words, small ones among them, closed by a full stop; no list of
    values.
    """
    bare = text.strip()
    return (
        len(bare.split()) >= _LEAST_WORDS
        and ";" not in bare
        and _ENDS_PROSE.search(bare) is not None
        and _ENDS_INITIALS.search(bare) is None
        and _LOWER_WORD.search(bare) is not None
    )


def speakers_in(text: str, cuts: Sequence[tuple[int, int]]) -> list[str]:
    """Who speaks each span of a page, "" where nobody is named: one for each of `cuts`.

    A speaker has a title or a part ("MR SMITH:", "Q:"), or is one of at least two names that stand again and
    again before sentences. Where people speak in turn, what follows is still said by the one who began, until
    the next turn or a line that is no sentence.
    """
    labels = [_turn(text[start:end]) for start, end in cuts]
    names = Counter(label for label in labels if label)
    again = {label for label, count in names.items() if count > 1 and _is_name(label)}
    known = {label for label in names if _is_titled(label)} | (again if len(again) > 1 else set())
    goes_on = sum(names[label] for label in known) > 1
    speakers: list[str] = []
    current = ""
    for (start, end), label in zip(cuts, labels, strict=True):
        if label in known:
            current = label
        elif not goes_on or not _ENDS_SENTENCE.search(text[start:end]) or field_of(text[start:end]):
            current = ""
        speakers.append(current)
    return speakers


def _turn(text: str) -> str:
    """The label before a sentence that may be a speaker's."""
    match = LABELLED.match(text)
    if match is None:
        # "MR. SMITH: ..." has a full stop within the name.
        match = _ABBREVIATED.match(text)
    if match is None or _CELL in text or is_header(text) or notice_of(text):
        return ""
    label = match["label"].strip(" *_")
    is_said = _ENDS_SENTENCE.search(text) is not None
    return label if is_said and len(label.split()) <= 5 else ""


def _is_titled(label: str) -> bool:
    folded = label.casefold()
    words = folded.split()
    if folded in _ROLES or re.fullmatch(r"(?:speaker|interviewer|witness|voice|q|a)\s?\d{1,2}", folded):
        return True
    return words[0].rstrip(".") in _TITLES and len(words) > 1 and _is_name(label)


def _is_name(label: str) -> bool:
    words = label.replace(".", " ").split()
    return (
        bool(words) and all(word[0].isupper() or not word[0].isalpha() for word in words) and len(words) <= 4
    )
