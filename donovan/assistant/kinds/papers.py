"""Kinds of paper by their common names, and whether a question counts papers: "How many cables from ...?"

The names are general language, in groups that mean the same thing; which of them a collection uses is seen
in its titles.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from donovan.assistant.terms import is_stop_word, stem_of
from donovan.assistant.words import word_set

# Words of one group stand for each other; "~" divides what is only used where nothing else is found.
_GROUPS = (
    "telegram telegrams cable cables wire wires cablegram telex telegrama telegramas télégramme télégrammes "
    "telegramm telegramme fernschreiben телеграмма телеграммы телеграмм",
    "memorandum memoranda memorandums memo memos memorando mémorandum меморандум меморандумы меморандумов",
    "email emails e-mail e-mails mail mails correo correos courriel courriels ~ message messages mensaje "
    "mensajes nachricht nachrichten сообщение сообщения сообщений",
    "message messages mensaje mensajes nachricht nachrichten сообщение сообщения сообщений ~ email mail "
    "telegram signal",
    "letter letters carta cartas lettre lettres brief briefe schreiben письмо письма писем",
    "despatch despatches dispatch dispatches despacho despachos dépêche dépêches депеша депеши депеш",
    "report reports informe informes rapport rapports bericht berichte отчет отчеты отчетов доклад доклады "
    "докладов донесение донесения донесений sitrep sitreps",
    "note notes nota notas notiz notizen записка записки записок",
    "minutes acta actas protokoll protokolle procès-verbal протокол протоколы протоколов ~ notes record",
    "record records registro registros ~ memorandum minutes notes",
    "estimate estimates",
    "assessment assessments evaluación",
    "study studies estudio estudios étude studie",
    "article articles artículo artículos artikel статья статьи статей",
    "bulletin bulletins boletín boletines",
    "notice notices aviso avisos avis",
    "briefing briefings",
    "statement statements declaración declaration",
    "speech speeches discurso discours rede речь речи",
    "transcript transcripts",
    "interview interviews entrevista",
    "contract contracts contrato contrat vertrag договор",
    "invoice invoices factura facture rechnung счет",
    "order orders orden ordre befehl приказ приказы приказов",
    "directive directives",
    "circular circulars",
    "form forms",
    "log logs",
    "fax faxes",
    "annex annexes",
    "appendix appendices",
    "agreement agreements",
    "paper papers",
    "summary summaries",
    "manifest manifests",
    "permit permits",
    "certificate certificates",
    "photo photos photograph photographs picture pictures foto fotos фотография фотографии",
    "spreadsheet spreadsheets",
    "presentation presentations",
    "airgram airgrams",
    "communique communiques",
)

# Words for a paper of any kind.
_ANY = word_set(
    "document documents paper papers file files item items documento documentos fichero ficheros archivo "
    "archivos fichier fichiers dokument dokumente unterlage unterlagen datei dateien документ документы "
    "документов файл файлы файлов source sources"
)
# Kinds of paper that their media type tells, whatever their title says.
_MEDIA = {
    "email": ("message/rfc822", "application/vnd.ms-outlook"),
    "message": ("message/rfc822", "application/vnd.ms-outlook"),
    "photo": ("image/",),
    "spreadsheet": ("spreadsheet", "ms-excel", "text/csv"),
    "presentation": ("presentation", "powerpoint"),
}

_TRIGGER = re.compile(
    r"\bhow many\b|\b(?:the )?(?:total )?number of\b|\bcount (?:up )?(?:of )?(?:the|all(?: the)?|"
    r"every)\b|\btally of\b|"
    r"\bcu[áa]nt[oa]s\b|\bcombien (?:de|d')|\bwie ?viele\b|\bсколько\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"[\s,;:–—-]*\b(?:how many|cu[áa]ntos|сколько|wie ?viele|combien)\b(?: (?:are there|"
    r"altogether|in all|in total|of them|do we (?:have|hold)|"
    r"have we(?: got)?|exist|were there|всего|en total|insgesamt|en tout))*\s*[?.]*\s*$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"^(?:different |separate |various )?(?:sets?|cop(?:y|ies)|pieces?|kinds?|pages?) of ", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_MOST_BEFORE = 4


@dataclass(frozen=True)
class CountedPaper:
    """The kind of paper that a question counts: the word for it and its place in the question."""

    word: str
    start: int
    end: int
    trigger: tuple[int, int]
    """Where the words stand that ask for a number."""

    @property
    def is_any(self) -> bool:
        """Whether any document will do."""
        return self.word.casefold() in _ANY


def counted_paper(text: str) -> CountedPaper | None:
    """The kind of paper that is counted, or None where something else is: "How many dead?" """
    trailing = _TRAILING.search(text)
    if trailing is not None and trailing.start() > 0:
        return _first_paper(text, 0, trailing.span(), is_plural=False)
    for trigger in _TRIGGER.finditer(text):
        start = trigger.end()
        skipped = _OF.match(text[start:].lstrip())
        if skipped:
            start += len(text[start:]) - len(text[start:].lstrip()) + skipped.end()
        found = _first_paper(text, start, trigger.span(), is_plural=True)
        if found is not None:
            return found
    return None


def _first_paper(text: str, start: int, trigger: tuple[int, int], *, is_plural: bool) -> CountedPaper | None:
    """The first kind of paper in the words that follow, before any word that only carries a sentence."""
    for number, match in enumerate(_WORD.finditer(text, start)):
        word = match[0]
        if number > _MOST_BEFORE or (number and text[match.start() - 1] in ",;:.?"):
            return None
        if is_stop_word(word, "en") and word.islower() and word not in ("the", "all", "of", "us"):
            return None
        if word.casefold() in _words() and not (is_plural and _is_singular(word)):
            return CountedPaper(word, match.start(), match.end(), trigger)
    return None


def _is_singular(word: str) -> bool:
    """Whether an English word is in the singular: "how many men report" counts no reports."""
    folded = word.casefold()
    return folded.isascii() and folded not in ("memoranda", "mail", "appendices") and f"{folded}s" in _words()


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return _ANY | frozenset(word for group in _GROUPS for word in group.split("~")[0].split())


@dataclass(frozen=True)
class PaperNames:
    """The stems that titles of one kind of paper hold, what stands in where they are not used, and the media
    types that tell it.
    """

    stems: frozenset[str]
    instead: frozenset[str]
    media: tuple[str, ...]


@lru_cache(maxsize=256)
def names_of_paper(word: str) -> PaperNames:
    """What a kind of paper is called in titles."""
    folded = word.casefold()
    for group in _GROUPS:
        same, _, instead = group.partition("~")
        if folded in same.split():
            return PaperNames(_stems(same), _stems(instead), _MEDIA.get(same.split()[0], ()))
    return PaperNames(_stems(folded), frozenset(), ())


def _stems(words: str) -> frozenset[str]:
    """Each word's stem in every language it may stand in."""
    return frozenset(
        stem_of(word, language) for word in words.split() for language in ("en", "es", "fr", "de", "ru")
    )
