"""Numbers written out: "twenty-four", "two hundred thousand", "treinta y cinco", "三千五百"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from donovan.assistant.measures import HAN_COUNTED, HAN_NUMERALS, HAN_SCALES, NUMBER_WORDS, SCALES

_WORD = re.compile(r"[^\W\d_]+")
# Arabic says "five ten" for fifteen.
_TEEN = frozenset({"عشر", "عشرة"})
_JOINTS = frozenset({"and", "y", "et", "و"})
_HAN_RUN = re.compile(rf"(?<!\d)[{''.join(HAN_NUMERALS)}{''.join(HAN_SCALES)}]+")


@dataclass(frozen=True)
class Written:
    """A number in words: its value and its place."""

    value: int
    start: int
    end: int


def written_numbers(text: str, language: str) -> Iterator[Written]:
    """Every number in words, in order of kinds: those of words, then Chinese numerals."""
    yield from _in_words(text)
    if language in ("zh", "ja", ""):
        yield from _in_han(text)


def _in_words(text: str) -> Iterator[Written]:
    words = list(_WORD.finditer(text))
    index = 0
    while index < len(words):
        if words[index][0].casefold() not in NUMBER_WORDS or _says_percent(words, index):
            index += 1
            continue
        last, value = _read(text, words, index)
        yield Written(value, words[index].start(), words[last].end())
        index = last + 1


def _says_percent(words: list["re.Match[str]"], index: int) -> bool:
    """ "Per cent" and "por ciento" hold no hundred."""
    return index > 0 and words[index - 1][0].casefold() in ("per", "por", "pour")


def _read(text: str, words: list["re.Match[str]"], first: int) -> tuple[int, int]:
    """The last word of the number that begins with the word `first`, and its value."""
    total, current, last = 0, NUMBER_WORDS[words[first][0].casefold()], first
    index = first + 1
    while index < len(words) and re.fullmatch(r"[\s-]+", text[words[index - 1].end() : words[index].start()]):
        word = words[index][0].casefold()
        number = NUMBER_WORDS.get(word)
        if number is None and word.startswith("و") and word[1:] in NUMBER_WORDS:
            number, is_joined = NUMBER_WORDS[word[1:]], True
        else:
            is_joined = words[index - 1][0].casefold() in _JOINTS
        before = words[index - 1][0].casefold()
        if number is not None:
            completed = _completed(current, number, is_joined, before in SCALES)
            if completed is None and word in _TEEN and 2 < current < 10:
                completed = current + number
            if completed is None:
                break
            current, last = completed, index
        elif word in SCALES:
            if SCALES[word] == 100:
                current *= 100
            else:
                total, current = total + (current or 1) * SCALES[word], 0
            last = index
        elif word not in _JOINTS or (word in ("y", "et") and not current):
            break
        index += 1
    return last, total + current


def _completed(current: int, number: int, is_joined: bool, follows_scale: bool) -> int | None:
    """The number with its next word, or None where the next word begins another number."""
    if follows_scale or not current:
        return current + number
    rest = current % 100
    if number >= 100:
        return None
    if rest == 0:
        return current + number
    if rest in (60, 80) and number < 20:
        # "soixante-quinze"; "quatre-vingt" is four and twenty.
        return current + number
    if rest == 4 and number == 20 and not is_joined:
        return current - 4 + 80
    if rest % 10 == 0 and rest >= 20 and 0 < number < 10:
        return current + number
    if is_joined and rest < 10 and number >= 20 and number % 10 == 0:
        # Arabic says "five and twenty".
        return current + number
    return None


def _in_han(text: str) -> Iterator[Written]:
    for match in _HAN_RUN.finditer(text):
        run = match[0]
        following = text[match.end() : match.end() + 1]
        if len(run) == 1 and (
            run not in "二三四五六七八九十两兩" or not following or following not in HAN_COUNTED
        ):
            continue
        if all(sign in HAN_NUMERALS for sign in run):
            # "二〇二六" is read figure by figure; "三四" is "three or four" and no number.
            if len(run) >= 4:
                value = int("".join(str(HAN_NUMERALS[sign]) for sign in run))
                yield Written(value, match.start(), match.end())
                continue
            if len(run) > 1:
                continue
        if any(sign in HAN_NUMERALS for sign in run) or run[0] == "十":
            yield Written(_han_value(run), match.start(), match.end())


def _han_value(run: str) -> int:
    total = section = digit = 0
    for sign in run:
        if sign in HAN_NUMERALS:
            digit = HAN_NUMERALS[sign]
            continue
        scale = HAN_SCALES[sign]
        if scale >= 10_000:
            total, section = total + (section + digit) * scale, 0
        else:
            section += (digit or 1) * scale
        digit = 0
    return total + section + digit
