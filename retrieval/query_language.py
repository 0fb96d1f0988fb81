"""Whether an embedder can read a question, judged by its letters and by its small words."""

import re
from typing import Final

from .embedder import Embedder
from .words import normalise

_SMALL_WORDS: Final = {
    "en": "the of and is are was were what which who how when where why did does in on for from that this",
    "es": "el los las del que en por qué cuál quién cómo cuándo dónde cuántos una fue es se con para su y",
    "fr": "le les des du que qui quel quelle comment quand où combien une est dans pour avec sur et au aux",
    "de": "der die das und ist was wer wie wann wo warum welche welcher ein eine mit von zu den dem im wurde",
    "pt": "os as do da dos das que em por qual quem como quando onde quantos uma foi é com para não e",
    "it": "il lo gli della dei che di qual quale chi come quando dove quanti una è con per sono nel",
    "nl": "het een van en is wat wie hoe wanneer waar welke met voor op zijn werd niet",
    "sh": "je su i u na za od koji koja koje što šta ko tko kada gde gdje koliko kako se sa iz bio bila",
    "pl": "jest w na i z kto co kiedy gdzie ile jak który która do nie się od",
    "tr": "ve bir ne kim nerede kaç hangi için ile bu mi mı",
}
_WORDS: Final = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_LATIN = re.compile("[a-z\u00df-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


def is_read_by(embedder: Embedder, query: str) -> bool:
    """Whether `embedder` reads the language of `query`.

    A question mostly in letters other than Latin is in no language of an English model. Among Latin letters
    the small words decide; a question without any (names, numbers) is readable to all.
    """
    if embedder.reads("*"):
        return True
    text = normalise(query)
    letters = _LETTER.findall(text)
    if not letters:
        return True
    if len(_LATIN.findall(text)) < 0.5 * len(letters):
        return any(embedder.reads(code) for code in _languages_of_letters(text))
    words = set(re.findall(r"[^\W\d_]+", text))
    held = {code: len(words & small) for code, small in _WORDS.items()}
    most = max(held.values())
    return most == 0 or any(n == most and embedder.reads(code) for code, n in held.items())


def small_words_of(query: str) -> frozenset[str]:
    """The small words of the languages that `query` holds most small words of; none when it holds none."""
    words = set(re.findall(r"[^\W\d_]+", normalise(query)))
    held = {code: len(words & small) for code, small in _WORDS.items()}
    most = max(held.values())
    likely = [_WORDS[code] for code, n in held.items() if n == most > 0]
    return frozenset[str]().union(*likely)


def _languages_of_letters(text: str) -> frozenset[str]:
    """Languages written in the letters of `text`; a model that reads one of them gets the question."""
    if re.search("[\u3040-\u30ff\u4e00-\u9fff]", text):
        return frozenset({"zh", "ja"})
    if re.search("[\u0600-\u06ff]", text):
        return frozenset({"ar", "fa", "ur"})
    if re.search("[\u0400-\u04ff]", text):
        return frozenset({"ru", "uk", "bg", "sr", "mk", "be"})
    if re.search("[\u0370-\u03ff]", text):
        return frozenset({"el"})
    return frozenset()
