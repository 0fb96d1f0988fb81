"""The words with which mail programs introduce what they quote, in the languages of the common ones.

Closed lists: names of the headers of a mail, verbs of "X wrote:", and lines that divide.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split("|"))


FROM = _words(
    "from|von|de|от|от кого|od|šalje|pošiljatelj|пошиљалац|من|发件人|寄件者|寄件人|da|van|mittente|från|fra|"
    "feladó|lähettäjä|kimden|gönderen|від|差出人|보낸 사람|από|nadawca|odesílatel|dari|фром"
)
DAY = _words(
    "sent|date|gesendet|datum|gesendet am|fecha|enviado|enviado el|enviada em|envoyé|"
    "date d'envoi|дата|отправлено|"
    "poslano|poslato|послато|التاريخ|تاريخ|أرسلت|تم الإرسال|发送时间|日期|寄件日期|data|inviato|verzonden|"
    "skickat|sendt|"
    "dato|küldve|lähetetty|gönderildi|tarih|надіслано|送信日時|보낸 날짜|ημερομηνία|wysłano|odesláno|"
    "dikirim|sent on"
)
SUBJECT = _words(
    "subject|betreff|asunto|objet|тема|predmet|предмет|الموضوع|主题|主旨|oggetto|assunto|onderwerp|"
    "ämne|emne|tárgy|aihe|"
    "konu|件名|제목|θέμα|temat|předmět|subjek|re"
)
OTHERS = _words(
    "to|cc|bcc|reply-to|importance|attachments|an|kopie|cc|para|à|кому|копия|za|prima|إلى|نسخة|"
    "收件人|抄送|a|aan|till|til|"
    "címzett|kime|кому|宛先|받는 사람|do|komu|message-id|in-reply-to|organization|organisation|"
    "priority|wichtigkeit"
)
HEADER = re.compile(r"^[*_\s]*(?P<name>[^\W\d_][^:：\n]{0,24}?)[*_\s]*[:：][*_]*\s*(?P<value>.*)$")
LONGEST_DIVIDER = 300
"""Characters of a line that may divide a mail from what it quotes."""

DIVIDER = re.compile(
    r"^[-–—_=\s*]*(?:original[ -](?:message|appointment)|forwarded (?:message|by\b.*)|"
    r"ursprüngliche nachricht|"
    r"originalnachricht|weitergeleitete nachricht|mensaje (?:original|reenviado)|"
    r"mensagem (?:original|encaminhada)|"
    r"message (?:d'origine|original|transféré)|messaggio (?:originale|inoltrato)|"
    r"oorspronkelijk bericht|"
    r"doorgestuurd bericht|исходное сообщение|пересылаемое сообщение|пересланное сообщение|"
    r"originalna poruka|izvorna poruka|proslijeđena poruka|prosleđena poruka|"
    r"الرسالة الأصلية|رسالة معاد توجيهها|原始邮件|转发的?邮件|邮件原件|wiadomość oryginalna|původní zpráva|"
    r"oryginalna wiadomość|opprinnelig melding|ursprungligt meddelande|"
    r"oprindelig meddelelse)[-–—_=\s*]*:?\s*$"
    r"|^begin forwarded message\s*:$|^anfang der weitergeleiteten (?:nachricht|e-mail)\s*:?$"
    r"|^début du message (?:transféré|réexpédié)\s*:$|^inicio del mensaje reenviado\s*:$|"
    r"^inizio messaggio inoltrato\s*:$"
    r"|^начало переадресованного сообщения\s*:$",
    re.IGNORECASE,
)
RULE = re.compile(r"^[-–—_=*]{5,}$")
WROTE = re.compile(
    r"(?<!\w)(?:wrote|writes|schrieb|escribió|escribio|a écrit|escreveu|ha scritto|schreef|skrev|"
    r"написал(?:а|\(а\))?|пишет|писал(?:а)?|написав|пише|је написа(?:о|ла)|je napisa(?:o|la)|piše|"
    r"napisał(?:a|\(a\))?|napsal(?:a|\(a\))?|kirjoitti|írta|ezt írta|a scris|έγραψε|şunu yazdı|"
    r"yazdı|menulis|كتب(?:ت)?)"
    r"(?!\w)|تمت كتابة ما يلي بواسطة|تمت كتابة ما يلي|写道|寫道|のメール|書きました|님이 작성",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"[<(\[]?(?:mailto:)?[\w.+'-]{1,128}@[\w.-]{1,255}\.\w{2,63}(?:<mailto:[^>]{0,255}>)?[>)\]]?"
)
CLOCK = re.compile(
    r"(?<!\d)\d{1,2}(?:[:.]\d{2}){1,2}(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?(?:\s?(?:Uhr|h|ч\.?))?|"
    r"(?<!\d)\d{1,2}\s?[hH]\s?\d{2}"
    r"|(?:UTC|GMT)?\s?[+-]\d{2}:?\d{2}\b|\b(?:UTC|GMT|[A-Z]{1,3}[SD]?T)\b|[上下]午"
)
SMALL_WORDS = _words(
    "on|at|the|am|um|den|der|le|à|el|a|las|los|em|às|il|alle|ore|giorno|op|om|du|kl|klokken|у|от|"
    "od|dana|u|dnia|"
    "w|o|tarihinde|في|الساعة|在|于|於|hrs|uhr"
)
