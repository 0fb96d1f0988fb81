"""One thing changed in a true sentence: what a judge has to notice. Written over forms of letters and
figures, so that it serves every language with a list of small words below.
"""

import random
import re
from collections.abc import Callable, Sequence

from donovan.training.reader.examples import CONTRADICTED, UNSUPPORTED, UNTOLD

Corruption = Callable[[str, Sequence[str], random.Random], str]
"""From a sentence and names of other sentences to a changed sentence, or nothing where it cannot be
changed.
"""

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])|(?<![\w.,])\d(?![\w.,])")
_NAME = re.compile(r"(?<=[a-zа-яà-ÿ,;] )[A-ZÀ-ÞА-Я][\w’'-]+(?: [A-ZÀ-ÞА-Я][\w’'-]+)*")
_NEGATABLE = {
    "en": (
        r"\b(is|are|was|were|will|would|can|could|has|had|have|did|does|do|should|must)\b(?! not|n't)",
        r"\1 not",
    ),
    "es": (r"\b(es|era|fue|son|están|está|han|ha|había|fueron|tiene|tenía|puede)\b", r"no \1"),
    "fr": (r"\b(est|était|sont|a|ont|avait|peut|sera|étaient)\b", r"n'\1 pas"),
    "ru": (r"\b(был|была|были|будет|может|имеет|является|стал|стала)\b", r"не \1"),
    "pt": (r"\b(é|era|foi|são|está|tem|pode|foram)\b", r"não \1"),
    "zh": (r"(是|有|会|能|可以)", r"不\1"),
    "ar": (r"\b(كان|كانت|يكون|تم|يمكن)\b", r"لم \1"),
}
_NEGATION = re.compile(r"\b(not|never|no)\b |n't\b|\b(no|nunca|не|não|لم|لا) |(不|没有)")
_UNITS = (
    ("kilometres", "miles"), ("km", "m"), ("tons", "kilograms"), ("million", "billion"),
    ("thousand", "million"),
    ("percent", "million"), ("hours", "days"), ("days", "weeks"), ("months", "years"), ("dollars", "pounds"),
    ("millones", "mil"), ("días", "años"), ("миллионов", "тысяч"), ("лет", "дней"), ("万", "亿"),
    ("公里", "米"),
    ("مليون", "ألف"), ("millions", "milliards"), ("jours", "ans"), ("metres", "feet"), ("minutes", "hours"),
)  # fmt: skip
_SOURCES = (
    "{} believes that ", "{} said that ", "According to {}, ", "{} denied that ", "{} suspects that ",
    "It is not certain that ", "Reportedly, ", "{} asked whether ", "It was feared that ", "{} hopes that ",
    "The plan is that ", "{} claimed, without evidence, that ",
)  # fmt: skip
_SPEAKERS = ("Ms Brand", "the Minister", "a witness", "the driver", "General Ortiz", "the opposition", "he")


def change_number(sentence: str, _names: Sequence[str], chance: random.Random) -> str:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return ""
    match = chance.choice(found)
    digits = [i for i, letter in enumerate(match[0]) if letter.isdigit()]
    at = chance.choice(digits)
    other = chance.choice([d for d in "123456789" if d != match[0][at]])
    changed = match[0][:at] + other + match[0][at + 1 :]
    return sentence[: match.start()] + changed + sentence[match.end() :]


def change_name(sentence: str, names: Sequence[str], chance: random.Random) -> str:
    found = list(_NAME.finditer(sentence))
    others = [name for name in names if name not in sentence]
    if not found or not others:
        return ""
    match = chance.choice(found)
    return sentence[: match.start()] + chance.choice(others) + sentence[match.end() :]


def swap_names(sentence: str, _names: Sequence[str], chance: random.Random) -> str:
    found = list(_NAME.finditer(sentence))
    if len(found) < 2:
        return ""
    first, second = sorted(chance.sample(found, 2), key=lambda match: match.start())
    if first[0] == second[0] or re.fullmatch(
        r"\W*(and|or|y|et|и|e)?\W*", sentence[first.end() : second.start()]
    ):
        return ""
    middle = sentence[first.end() : second.start()]
    return sentence[: first.start()] + second[0] + middle + first[0] + sentence[second.end() :]


def change_unit(sentence: str, _names: Sequence[str], chance: random.Random) -> str:
    pairs = [pair for one, other in _UNITS for pair in ((one, other), (other, one))]
    found = [(_unit(one), other) for one, other in pairs if _unit(one).search(sentence)]
    if not found:
        return ""
    pattern, instead = chance.choice(found)
    return pattern.sub(instead, sentence, count=1)


def _unit(name: str) -> re.Pattern[str]:
    border = r"\b" if name.isascii() else ""
    return re.compile(rf"{border}{name}{border}")


def negate(language: str) -> Corruption:
    def change(sentence: str, _names: Sequence[str], _chance: random.Random) -> str:
        if _NEGATION.search(sentence):
            shorter = _NEGATION.sub("", sentence, count=1)
            return shorter if len(shorter) > len(sentence) / 2 else ""
        pattern, instead = _NEGATABLE.get(language, ("(?!)", ""))
        return re.sub(pattern, instead, sentence, count=1)

    return change


def with_source(sentence: str, chance: random.Random) -> str:
    """The sentence as somebody's word: what it says is then no longer told as so."""
    head = chance.choice(_SOURCES).format(chance.choice(_SPEAKERS))
    lowered = (
        sentence[:1].lower() + sentence[1:]
        if re.match(r"(The|A|An|It|In|This|There)\b", sentence)
        else sentence
    )
    said = head + lowered
    return said[:1].upper() + said[1:]


def names_in(sentences: Sequence[str]) -> list[str]:
    return sorted({match[0] for sentence in sentences for match in _NAME.finditer(sentence)})


def corrupted(
    sentence: str, language: str, names: Sequence[str], chance: random.Random
) -> tuple[str, int] | None:
    """The sentence with one thing changed, and its class against the sentence; None where nothing fits."""
    ways: list[tuple[Corruption, int]] = [
        (change_number, CONTRADICTED), (change_name, UNSUPPORTED), (swap_names, UNSUPPORTED),
        (change_unit, CONTRADICTED), (negate(language), CONTRADICTED),
    ]  # fmt: skip
    chance.shuffle(ways)
    for way, label in ways:
        changed = way(sentence, names, chance)
        if changed and changed != sentence:
            return changed, label
    return None


def hedged(sentence: str, chance: random.Random) -> tuple[str, str, int]:
    """(statement, evidence, class): a plain statement against evidence that only somebody says so."""
    return sentence, with_source(sentence, chance), UNTOLD
