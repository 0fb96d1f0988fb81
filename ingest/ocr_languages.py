"""Which language a page is probably in, from what a first reading made of it: scripts and small words.

This is a cheap guess for choosing Tesseract's model inside the sandbox; the language that is kept for the
page is found
later, from the final text, in `ingest.language`.
"""

import re

# The commonest small words, which survive a reading with the wrong model. Words shared between languages
# are left out
# or appear on both sides.
_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "eng": "the of and to in is for that with on as are was by this from at be or it an which not",
        "spa": "de la que el en los del las por con para una su al lo como más pero sus este entre "
        "cuando muy",
        "fra": "de la le et les des en un du une que est pour qui dans par sur pas plus avec sont au aux ces",
        "deu": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch"
        " werden aus",
        "hrv": "je u i na se da za su od koji sa kao ili iz bi što nije biti samo nakon prije koja "
        "koje te po",
        "rus": "в и на не что с по для как к из от это при до его за или она был также",
        "ukr": "в і на не що з до та для як від це за про або його був також який та у",
        "srp": "је у и на се да за су од који са као или из што није само након пре која које",
    }.items()
}
_SCRIPT_LANGUAGES: dict[str, tuple[str, ...]] = {
    "Latin": ("spa", "fra", "deu", "hrv"),
    "Cyrillic": ("rus", "ukr", "srp"),
    "Arabic": ("ara",),
    "Han": ("chi_sim",),
    "HanS": ("chi_sim",),
    "HanT": ("chi_sim",),
    "Japanese": ("chi_sim",),
    "": ("rus", "ara", "chi_sim"),
}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 25


def languages_of_script(script: str) -> tuple[str, ...]:
    """Tesseract languages worth trying for a script as Tesseract names it; "" means that the script is not
    known.
    """
    return _SCRIPT_LANGUAGES.get(script, ())


def guess_by_function_words(text: str) -> str:
    """The language whose small words are commonest, in Tesseract's name; "" when the text is short or
    undecided.

    A language must supply a tenth of all words and half as many again as the next one.
    """
    words = [word.lower() for word in _WORD.findall(text[:6000])]
    if len(words) < _ENOUGH_WORDS:
        return ""
    shares = sorted(
        (
            (sum(word in known for word in words) / len(words), name)
            for name, known in _FUNCTION_WORDS.items()
        ),
        reverse=True,
    )
    (best, name), (second, _) = shares[0], shares[1]
    return name if best >= 0.1 and best >= second * 1.5 else ""
