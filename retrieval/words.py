"""Words as the lexical index counts them: one analysis per language, so that every script finds its own
passages.

A passage is read in its own language and a query is read once in each language that occurs in the scope, so
nobody has to guess the language of four words. Stemming follows the Snowball algorithms; Chinese and Japanese
have no spaces and are counted as single characters and overlapping pairs (Nie & Ren 1999, "Chinese
information retrieval: using characters or words?"); Arabic is normalised after Larkey, Ballesteros & Connell
2002 (light stemming) before it is stemmed.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer

PLAIN = "plain"
"""The analysis of passages in no known language: folded, never stemmed."""

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sh": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_SAME_ANALYSIS = {"sr": "sh", "hr": "sh", "bs": "sh", "cnr": "sh", "me": "sh", "nb": "no", "nn": "no"}
_ACCENTS_MATTER = frozenset({"ar", "el", "fa", "hi", "hy", "ru", "ta"})
"""In these scripts a combining mark makes another letter; elsewhere people leave accents out when they type.
"""

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAN_RUN = re.compile(f"[{_HAN}]+")
_HAN_OR_OTHER = re.compile(f"[{_HAN}]+|[^{_HAN}]+")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه"}
)
_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال")
_SERBIAN = str.maketrans("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš") | str.maketrans(
    {"љ": "lj", "њ": "nj", "џ": "dž"}
)
_UNDECOMPOSED = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ı": "i"})

_stemmers_of_thread = threading.local()


def analysis_of(language: str) -> str:
    """The analysis a language is read with: its two-letter code, or `PLAIN` where there is no stemmer for it.

    Serbian, Croatian, Bosnian and Montenegrin share one, in which both scripts are the same letters.
    """
    code = language.lower().replace("_", "-").split("-")[0]
    code = _SAME_ANALYSIS.get(code, code)
    return code if code in _STEMMERS else PLAIN


def normalise(text: str) -> str:
    """Compatibility forms, letter case and Arabic spelling variants folded; accents kept (stemmers need
    them).
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    if _ARABIC.search(folded):
        folded = _ARABIC_MARKS.sub("", folded).translate(_ARABIC_LETTERS)
    return folded


def terms(text: str, analysis: str) -> list[str]:
    """The terms of `text` in reading order, with repeats. `analysis` comes from `analysis_of`."""
    folded = normalise(text)
    if not _HAN_RUN.search(folded):
        return [_stem(word, analysis) for word in _WORD.findall(folded)]
    return [term for group in grouped_terms(text, analysis) for term in group]


def grouped_terms(text: str, analysis: str) -> list[tuple[str, ...]]:
    """The terms of `text`, one group for each run of letters: same groups, in the same order, in every
    analysis.
    """
    groups = []
    for word in _WORD.findall(normalise(text)):
        for piece in _HAN_OR_OTHER.findall(word):
            groups.append(_han_terms(piece) if _HAN_RUN.match(piece) else (_stem(piece, analysis),))
    return groups


def pieces(text: str) -> list[str]:
    """The words of `text` in reading order, folded, with their endings; script without spaces in overlapping
    pairs of signs. What `terms` makes of one of them is how the index counts it.
    """
    return raw_pieces(normalise(text))


def raw_pieces(text: str) -> list[str]:
    """The same as they are written."""
    found: list[str] = []
    for word in _WORD.findall(text):
        for piece in _HAN_OR_OTHER.findall(word):
            if _HAN_RUN.match(piece):
                found += [piece[at : at + 2] for at in range(max(len(piece) - 1, 1))]
            else:
                found.append(piece)
    return found


class ReadWord(NamedTuple):
    """A word of a text twice: `form` folded and with its ending, `stem` as the index counts it."""

    form: str
    stem: str


def read_words(text: str, analysis: str) -> list[ReadWord]:
    """Every word of `text` in reading order; in script without spaces every sign is one.

    Forms are compared where an ending matters: in phrases and patterns. They lose what the stems lose too:
    accents that people leave out, the Arabic article, the other script of Serbian.
    """
    found: list[ReadWord] = []
    for word in _WORD.findall(normalise(text)):
        for piece in _HAN_OR_OTHER.findall(word):
            found += (
                [ReadWord(sign, sign) for sign in piece]
                if _HAN_RUN.match(piece)
                else [ReadWord(form_of(piece, analysis), _stem(piece, analysis))]
            )
    return found


@lru_cache(maxsize=200_000)
def form_of(word: str, analysis: str) -> str:
    """One normalised word (`normalise`) as an analysis folds it, without taking its ending away."""
    word = word.replace("’", "'")
    if analysis == "sh":
        word = word.translate(_SERBIAN)
    if analysis == "ar":
        word = _without_article(word)
    word = word.removesuffix("'s") if analysis in ("en", PLAIN) else word
    return _without_accents(word) if analysis not in _ACCENTS_MATTER else word


def _han_terms(run: str) -> tuple[str, ...]:
    return (*run, *(run[i : i + 2] for i in range(len(run) - 1)))


@lru_cache(maxsize=200_000)
def _stem(word: str, analysis: str) -> str:
    word = word.replace("’", "'")
    if analysis == "sh":
        word = word.translate(_SERBIAN)
    if analysis == "ar":
        word = _without_article(word)
    if analysis != PLAIN:
        word = _stemmer(_STEMMERS[analysis]).stemWord(word)
    word = word.removesuffix("'s") if analysis in ("en", PLAIN) else word
    return _without_accents(word) if analysis not in _ACCENTS_MATTER else word


def _without_article(word: str) -> str:
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            return word[len(prefix) :]
    return word


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(_UNDECOMPOSED))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _stemmer(algorithm: str) -> "Stemmer.Stemmer":
    """One stemmer for each thread: a Snowball stemmer keeps state while it works."""
    kept: dict[str, Stemmer.Stemmer] | None = getattr(_stemmers_of_thread, "kept", None)
    if kept is None:
        kept = _stemmers_of_thread.kept = {}
    if algorithm not in kept:
        kept[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return kept[algorithm]
