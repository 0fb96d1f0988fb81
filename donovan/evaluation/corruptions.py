"""Statements that are true of a text, and the same made false in one way each.

The changes are made with the plainest means, so that nothing here shares its eyes with what is measured. A
change that cannot be made in a statement is not made: a statement without a number has no wrong number.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TRUE: Final = "true"
SHORTER: Final = "true, shortened"
NUMBER: Final = "number changed"
NAME: Final = "name changed"
EXCHANGED: Final = "names exchanged"
DENIED: Final = "denied"

# Letters of writing without spaces stand right beside a number and are no part of it.
_BESIDE = r"[^\W\u3005-\u30ff\u3400-\u9fff]"
_NUMBER = re.compile(rf"(?<!{_BESIDE})(?<![.,:/-])\d{{1,3}}(?:[.,]\d{{3}})*(?!{_BESIDE}|[:/-]|[.,]\d)")
# Capitalised words within a sentence; only where the language writes names so.
_NAME = re.compile(r"(?<=[a-zа-яё,] )[A-ZА-ЯЁ][a-zа-яё]{2,}(?: [A-ZА-ЯЁ][a-zа-яё]{2,})*")
_WORD = re.compile(r"[^\W\d_]+")
_TAIL = re.compile(r"(?:, (?:which|who|where|while|after|because)\b|; | \().*$", re.DOTALL)
_DENIALS: Final[Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]] = {
    "en": (
        (re.compile(r"\b(is|are|was|were|has been|have been|can|must|will)\b(?! not)"), r"\1 not"),
        (re.compile(r"\b(has|have|had)\b(?! not)"), r"\1 not"),
    ),
    "es": ((re.compile(r"(?<=\w )(es|era|fue|son|está|tiene|había|hay)\b"), r"no \1"),),
    "ru": ((re.compile(r"(?<=\w )(был|была|было|были|является|имеет|может)\b"), r"не \1"),),
}
_ALREADY_DENIED = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|non|sin|nunca|ningun\w*|ni|не|нет|без|ни)\b|n['’]t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """A statement, how it was made, and whether it is true of the text it was made from."""

    kind: str
    text: str

    @property
    def is_true(self) -> bool:
        return self.kind in (TRUE, SHORTER)


def statements_of(text: str, language: str, other_names: Sequence[str], *, seed: str) -> Iterator[Statement]:
    """The text itself, and what can be made of it. `other_names` are names of other texts."""
    chance = random.Random(seed)  # noqa: S311 - the same changes each time are wanted
    yield Statement(TRUE, text)
    shorter = _TAIL.sub("", text).rstrip(" ,;")
    if 20 < len(shorter) < len(text) - 10 and shorter.count("(") == shorter.count(")"):
        yield Statement(SHORTER, f"{shorter}.")
    numbers = list(_NUMBER.finditer(text))
    if numbers:
        yield Statement(NUMBER, _replaced(text, chosen := chance.choice(numbers), _other(chosen.group())))
    names = list(_NAME.finditer(text))
    strange = [name for name in other_names if name.casefold() not in text.casefold()]
    if names and strange:
        yield Statement(NAME, _replaced(text, chance.choice(names), chance.choice(strange)))
    first = names[0] if names else None
    other = next((match for match in names[1:] if first and _are_apart(text, first, match)), None)
    if first is not None and other is not None:
        between = text[first.end() : other.start()]
        yield Statement(
            EXCHANGED,
            f"{text[: first.start()]}{other.group()}{between}{first.group()}{text[other.end() :]}",
        )
    if not _ALREADY_DENIED.search(text):
        for pattern, said in _DENIALS.get(language, ()):
            denied, count = pattern.subn(said, text, count=1)
            if count:
                yield Statement(DENIED, denied)
                break


def names_in(text: str) -> list[str]:
    """Names within the sentences of a text, each once."""
    return list(dict.fromkeys(match.group() for match in _NAME.finditer(text)))


def _are_apart(text: str, first: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two names are two, and more than a list stands between them: a list has no order to break."""
    between = text[first.end() : other.start()]
    return first.group() != other.group() and any(len(word) > 3 for word in _WORD.findall(between))


def _replaced(text: str, match: re.Match[str], by: str) -> str:
    return f"{text[: match.start()]}{by}{text[match.end() :]}"


def _other(number: str) -> str:
    """Another number with as many digits, written the same way."""
    digits = [character for character in number if character.isdigit()]
    digits[-1] = str((int(digits[-1]) + 3) % 10)
    if len(digits) > 1:
        digits[0] = str(int(digits[0]) % 9 + 1)
    left = iter(digits)
    return "".join(next(left) if character.isdigit() else character for character in number)
