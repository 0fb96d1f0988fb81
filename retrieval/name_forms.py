"""Spellings of one name, in Latin, Cyrillic, Arabic, Hebrew, Greek, Chinese and other letters.

A name is written in small Latin letters first (anyascii), and then compared by sound: letters that one
writing system takes for another's are one class, vowels count little, and nothing where a script leaves them
out. `skeleton` is equal, or nearly so, for spellings of one name, so that they can be looked up; `likeness`
says how well two of them agree. The idea is that of Soundex and its successors (Zobel & Dart 1996, "Phonetic
String Matching: Lessons from Information Retrieval"), whose tables are made for English alone.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein

SAME: Final = 0.75
"""From which likeness on two spellings are taken for one name; those with three consonants must have the
same, and those with fewer are like too many others.
"""

NEAR: Final = 0.6
"""From which on a spelling is worth looking at, where somebody looks for a name and nothing else."""

FEWEST = 3

VOWELS: Final = {"": 0.4, "han": 0.2, "arabic": 0.1, "hebrew": 0.1}
"""How much of the likeness goes by vowels, too."""

_ARABIC = re.compile("[\u0600-\u06ff]")
_HEBREW = re.compile("[\u0590-\u05ff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_ARABIC_ARTICLE = re.compile("^(?:ال|ٱل)(?=.{3})")
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
# Letters that anyascii leaves out or writes as a vowel's sign, and letters with a stroke.
_ABJAD_LETTERS: Final = str.maketrans(
    {
        "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ى": "a", "ع": "a", "و": "w", "ؤ": "w", "ئ": "y", "ة": "a",
        "א": "a", "ע": "a", "ב": "b", "ו": "w", "ק": "k", "כ": "k", "ך": "k", "ח": "h", "ט": "t", "פ": "p",
        "ף": "p", "צ": "ts", "ץ": "ts",
    }
)  # fmt: skip
_STROKED: Final = {"ג": "j", "ז": "zh", "צ": "ch", "ץ": "ch", "ת": "th", "ד": "dh"}
_STROKE = re.compile(f"([{''.join(_STROKED)}])['’׳]")

# Read from left to right, the longest first: what a letter or group stands for in most spellings of names.
_GROUPS: Final = (
    ("shch", "S"), ("tsch", "C"), ("dsch", "J"), ("sch", "S"), ("tch", "C"), ("dzh", "J"), ("dj", "J"),
    ("dg", "J"), ("dz", "Z"), ("kh", "H"), ("gh", "G"), ("sh", "S"), ("zh", "J"), ("ch", "C"), ("ph", "F"),
    ("th", "T"), ("dh", "D"), ("ts", "C"), ("tz", "C"), ("cz", "C"), ("sz", "S"), ("ck", "K"), ("qu", "K"),
    ("x", "KS"), ("b", "P"), ("p", "P"), ("c", "K"), ("k", "K"), ("q", "K"), ("d", "D"), ("t", "T"),
    ("f", "F"), ("v", "W"), ("w", "W"), ("g", "G"), ("h", "H"), ("j", "J"), ("l", "L"), ("m", "M"),
    ("n", "N"), ("r", "R"), ("s", "S"), ("z", "Z"), ("y", "i"), ("e", "i"), ("o", "u"),
)  # fmt: skip
# The same letters as German, the Romance and the Scandinavian languages write them.
_WESTERN: Final = (
    ("sch", "S"), ("ch", "H"), ("ce", "Si"), ("ci", "Si"), ("cy", "Si"), ("ge", "Ji"), ("gi", "Ji"),
    ("gy", "Ji"), ("j", "i"), ("x", "S"), ("z", "S"),
)  # fmt: skip
_SAID: Final = dict(_GROUPS)
_SAID_WESTERN: Final = {**_SAID, **dict(_WESTERN)}
_PATTERN: Final = re.compile("|".join(group for group, _ in _GROUPS) + "|.")
_WESTERN_PATTERN: Final = re.compile("|".join(group for group, _ in (*_WESTERN, *_GROUPS)) + "|.")
_COARSE: Final[dict[str, dict[int, str | None]]] = {
    "": {ord("W"): "F"},
    "arabic": str.maketrans({"W": "F", "G": "K", "H": None, "C": "S", "J": "S", "Z": "S"}),
    "hebrew": str.maketrans({"W": "P", "F": "P", "G": "K", "H": None, "C": "S", "J": "S", "Z": "S"}),
    # Syllables of Chinese know no r, no clusters and few endings.
    "han": str.maketrans({"W": None, "G": "K", "J": "K", "H": None, "C": "S", "Z": "S", "D": "T", "R": "L"}),
}


def script_of(name: str) -> str:
    """The kind of script: "arabic", "hebrew", "han", or "" for those that write what is heard."""
    for script, letters in (("han", _HAN), ("arabic", _ARABIC), ("hebrew", _HEBREW)):
        if letters.search(name):
            return script
    return ""


@lru_cache(maxsize=65_536)
def latin(name: str) -> str:
    """The name in small Latin letters, without marks or signs; as it is written, not as it is heard."""
    folded = _ARABIC_MARKS.sub("", unicodedata.normalize("NFKC", name))
    folded = _STROKE.sub(lambda found: _STROKED[found[1]], _ARABIC_ARTICLE.sub("", folded))
    return re.sub("[^a-z]", "", anyascii(folded.translate(_ABJAD_LETTERS)).lower())


@lru_cache(maxsize=65_536)
def sounds(name: str, *, is_western: bool = False) -> str:
    """The name as a row of sounds: capitals for consonants, small letters for vowels."""
    text, script = latin(name), script_of(name)
    pattern, said = (_WESTERN_PATTERN, _SAID_WESTERN) if is_western else (_PATTERN, _SAID)
    found: list[str] = []
    for match in pattern.finditer(text):
        group = match[0]
        sound = said.get(group, group)
        if script in ("arabic", "hebrew") and group in ("w", "v") and match.start():
            sound = "u"
        if script == "han" and group in ("x", "q"):
            sound = "S"
        is_mute = group == "h" and match.start() and match.end() == len(text)
        if not is_mute and (not found or found[-1] != sound):
            found.append(sound)
    return "".join(found)


@lru_cache(maxsize=65_536)
def skeleton(said: str, level: str = "") -> str:
    """The consonants of a row of sounds, as coarse as the script `level` asks for."""
    coarse = "".join(sound for sound in said if sound.isupper()).translate(_COARSE[level])
    return re.sub(r"(.)\1+", r"\1", coarse)


def likeness(one: str, other: str) -> float:
    """How well two spellings agree, 0 to 1, read in whichever way they agree best."""
    return max(_likeness(*pair, level_of(one, other)) for pair in readings(one, other))


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are so alike that they are one name whatever stands around them."""
    level = level_of(one, other)
    return any(
        _are_enough(skeleton(first, level), skeleton(second, level))
        and _likeness(first, second, level) >= SAME
        for first, second in readings(one, other)
    )


def level_of(one: str, other: str) -> str:
    """How coarsely two spellings are compared: as the scripts they are in allow."""
    levels = {script_of(one), script_of(other)} - {""}
    return "han" if "han" in levels else next(iter(sorted(levels)), "")


def readings(one: str, other: str) -> list[tuple[str, str]]:
    """Both as rows of sounds, in each way in which they may be read."""
    return [
        (first, second)
        for first in sorted({sounds(one), sounds(one, is_western=True)})
        for second in sorted({sounds(other), sounds(other, is_western=True)})
    ]


def _are_enough(one: str, other: str) -> bool:
    shortest = min(len(one), len(other))
    return shortest > FEWEST or (shortest == FEWEST and one == other)


def _likeness(first: str, second: str, level: str) -> float:
    one, other = skeleton(first, level), skeleton(second, level)
    if not one or not other:
        return 0.0
    consonants = DamerauLevenshtein.normalized_similarity(one, other)
    share = VOWELS[level]
    return (1 - share) * consonants + share * DamerauLevenshtein.normalized_similarity(first, second)
