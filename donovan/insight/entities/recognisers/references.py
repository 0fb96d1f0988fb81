"""Numbers and names of documents: orders, reports, resolutions, letters, contracts, bills and forms."""

import re

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found

NAME = "references"
_NUMBER = r"(?:No\.?\s?|Nr\.?\s?|#|№\s?|n\.º\s?|number\s)?"
_CODE = r"[A-Z]{0,6}\d[\w]*(?:[-/.]\w*\d[\w]*|[-/][A-Z]{1,6}\b)*"
_PATTERNS = (
    (
        re.compile(
            rf"\b(?:SITREP|INTREP|INTSUM|SPOTREP|OPORD|OPLAN|FRAGO|FRAGORD|WARNO|WARNORD|CONOP|MISREP"
            rf"|LOGSTAT|SALUTE|PERSTAT"
            rf"|CASREP|NOTAM|NAVAREA|DIIR|IIR|FPCON|MEMO|MOU|SOP|FM|JP|AR|STANAG|DTG)\s?{_NUMBER}{_CODE}\b"
        ),
        0.97,
    ),
    (re.compile(r"\b[SAE]/(?:RES|PV|PRST|HRC|AC|CN)[./][\w./]{0,60}\d(?:\s?\(\d{4}\))?"), 0.98),
    (
        re.compile(
            r"\b(?:the\s)?(?:(?:UN|U\.N\.|United\sNations|Security\sCouncil|UN\sSecurity\sCouncil"
            r"|General\sAssembly|Human\sRights\sCouncil)\s){0,2}"
            r"[Rr]esolution\s(?:No\.?\s?)?\d{1,4}(?:\s?\(\d{4}\)|/\d{2,4})?"
        ),
        0.97,
    ),
    (
        re.compile(
            rf"\b(?:[Rr]eport|[Rr]eference|[Rr]ef\.?|[Ll]etter|[Mm]emorandum|[Cc]ontract|[Ii]nvoice"
            rf"|[Pp]ermit|[Ll]icen[cs]e|[Oo]rder|[Pp]urchase\s[Oo]rder"
            rf"|[Bb]ill\sof\s[Ll]ading|B/L|[Ww]aybill|[Mm]anifest|[Cc]ase|[Ff]ile|[Ff]orm|[Dd]irective"
            rf"|[Dd]ecree|[Cc]ircular|[Bb]ulletin|[Nn]otice|[Cc]ertificate"
            rf"|[Pp]assport|[Vv]isa|[Tt]icket|[Ww]arrant|[Dd]ocket|[Pp]asscode|[Oo]ficio|[Ff]actura"
            rf"|[Cc]ontrato|[Ii]nforme|[Рр]апорт|[Пп]риказ|[Дд]оговор|[Nn]alog|[Uu]govor)"
            rf"\s?:?\s(?:No\.?|Nr\.?|#|№|n\.º|number)?\s?{_CODE}(?![\w])"
        ),
        0.9,
    ),
    (
        re.compile(
            r"(?<![\w/-])[A-Z]{2,6}(?:[-/][A-Z]{1,6}){0,3}[-/]\d{2,6}(?:[-/][\dA-Z]{1,6}){0,3}(?![\w/-])"
        ),
        0.8,
    ),
    (re.compile(r"\b(?:ISBN|ISSN|DOI|IMO|MMSI|IBAN|VIN|HS\sCode)[\s:]*[\dA-Z][\dA-Z./-]{4,30}\b"), 0.93),
    (
        re.compile(
            r"\b(?:the\s)?[A-Z][a-z]+\s(?:[A-Z][a-z]+\s)?(?:[Aa]greements?|Accords?|Protocol|Treaty"
            r"|Convention|Communiqué|Declaration|Charter)\b"
        ),
        0.8,
    ),
)


class ReferenceRecogniser:
    """Documents that a text refers to by number or name."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(
            (
                Found(
                    *match.span(),
                    Kind.DOCUMENT_NUMBER,
                    match.group(),
                    normal_name(match.group()),
                    confidence=confidence,
                    recogniser=NAME,
                )
                for pattern, confidence in _PATTERNS
                for match in pattern.finditer(text)
            ),
            key=lambda m: (m.start, -m.end),
        )
