"""The language of a page, from its script and py3langid, among the languages that such documents come in."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_BY_SCRIPT: dict[str, tuple[str, ...]] = {
    # Bosnian, Croatian and Serbian in Latin letters are one language to a statistic, called Croatian here.
    "LATIN": (
        "en", "es", "fr", "de", "it", "pt", "nl", "pl", "cs", "sk", "sl", "hr", "hu", "ro", "sq", "tr", "sv",
        "no", "da", "fi", "et", "lv", "lt", "id", "vi", "so", "sw",
    ),
    "CYRILLIC": ("ru", "uk", "be", "bg", "mk", "sr", "kk", "mn"),
    "ARABIC": ("ar", "fa", "ur", "ps", "ku"),
}  # fmt: skip
_SURE_BY_SCRIPT = {
    "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "GREEK": "el", "HEBREW": "he",
    "DEVANAGARI": "hi", "THAI": "th", "ARMENIAN": "hy", "GEORGIAN": "ka",
}  # fmt: skip
_ENOUGH_LETTERS = 40
_SAMPLE_CHARACTERS = 6000
_SURE = 0.6


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted({name for names in _BY_SCRIPT.values() for name in names}))
    return identifier


def script_of(text: str) -> str:
    """The commonest script among the first letters, as Unicode names it; "" without letters."""
    counts = Counter(
        unicodedata.name(character, "?").split()[0].split("-")[0]
        for character in text[:_SAMPLE_CHARACTERS]
        if character.isalpha()
    )
    if not counts:
        return ""
    if counts["HIRAGANA"] + counts["KATAKANA"] > 0.1 * sum(counts.values()):
        return "HIRAGANA"
    return counts.most_common(1)[0][0]


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language, or "" for text that is too short or too mixed to tell."""
    sample = text[:_SAMPLE_CHARACTERS]
    script = script_of(sample)
    letters = sum(character.isalpha() for character in sample)
    if script in _SURE_BY_SCRIPT:
        return _SURE_BY_SCRIPT[script] if letters >= 4 else ""
    if script not in _BY_SCRIPT or letters < _ENOUGH_LETTERS:
        return ""
    candidates = _BY_SCRIPT[script]
    ranked = [(name, share) for name, share in _identifier().rank(sample) if name in candidates]
    total = sum(float(share) for _, share in ranked)
    if not ranked or total <= 0:
        return ""
    name, share = ranked[0]
    return str(name) if float(share) / total >= _SURE else ""


def languages_of_pages(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The language of each page, and those of the document with the commonest first.

    A page too short to tell takes the document's main language when it is in the same script.
    """
    found = [language_of(text) for text in texts]
    weights: Counter[str] = Counter()
    for name, text in zip(found, texts, strict=True):
        if name:
            weights[name] += len(text)
    whole = language_of(" ".join(text[:400] for text in texts if text)) if not weights else ""
    main = weights.most_common(1)[0][0] if weights else whole
    if not main:
        return found, []
    main_script = next(
        (script_of(t) for n, t in zip(found, texts, strict=True) if n == main),
        script_of(" ".join(texts)[:2000]),
    )
    filled = [
        name or (main if text and script_of(text) == main_script else "")
        for name, text in zip(found, texts, strict=True)
    ]
    total = sum(weights.values())
    names = [name for name, weight in weights.most_common() if weight >= total * 0.05]
    return filled, names or [main]
