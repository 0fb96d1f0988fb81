"""Lines folded to a pattern, and which numbers of a line count the pages: "- 4 -", "Page 4 of 12", "iv",
"ABC000123".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PAGE_WORDS = frozenset(
    {
        *("page", "pages", "pg", "p", "pp", "seite", "s", "blatt", "folio", "fol", "side", "sida"),
        *("página", "pagina", "pág", "pag", "strana", "str", "strona", "sayfa"),
        *("стр", "страница", "стор", "сторінка", "страна", "صفحة", "الصفحة", "第", "頁", "页"),
    }
)
_OF_WORDS = frozenset({"of", "von", "de", "di", "av", "z", "из", "od", "sur", "iz", "від", "з", "من", "共"})
_MANY_WORDS = 6
_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ROMAN = re.compile(r"(?=[ivxlc])(c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_BARE = re.compile(r"[\W_]*(?:\d{1,5}|[ivxlc]{1,8})[\W_]*", re.IGNORECASE)
_BATES = re.compile(r"[A-Z][A-Z&._ -]{0,24}?\d{4,12}|0\d{4,11}")
_SEPARATOR = re.compile(r"[|·•—–]")
# What a reader of images takes for each other.
_CONFUSED = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})


@dataclass(frozen=True)
class Folded:
    """A line as a pattern in which each number is "#", with the numbers and where they begin in the line."""

    pattern: str
    numbers: tuple[int, ...]
    places: tuple[int, ...]


def folded(text: str, *, is_ocr: bool) -> Folded:
    """`text` without case and spacing; what was read from an image also without loose marks."""
    numbers: list[int] = []
    places: list[int] = []
    bare = text.strip("-–—.·•|[](){}~* \t")
    # In capitals they number sections.
    if _BARE.fullmatch(text) and bare.islower() and roman(bare):
        return Folded("#", (roman(bare),), (text.index(bare),))
    words = []
    for match in re.finditer(r"\S+", text.casefold() if len(text.casefold()) == len(text) else text):
        word = match[0]
        if is_ocr and not any(character.isalnum() for character in word):
            continue
        for number in _NUMBER.finditer(word):
            numbers.append(int(number[0]))
            places.append(match.start() + number.start())
        word = _NUMBER.sub("#", word)
        words.append(word.translate(_CONFUSED).strip(".,;:'-/") if is_ocr else word)
    pattern = " ".join(word for word in words if word)
    if _BARE.fullmatch(text):
        # "- 4 -" and a bare 4 in a figure are not of one kind; specks on an image are.
        pattern = "#" if is_ocr else pattern.replace(" ", "")
    return Folded(pattern, tuple(numbers), tuple(places))


def roman(text: str) -> int:
    """The value of a roman numeral up to 399, or 0."""
    if not text or not _ROMAN.fullmatch(text):
        return 0
    values = [_ROMAN_VALUES[character] for character in text.casefold()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < later else value for value, later in pairs)


def is_bare(text: str) -> bool:
    """Whether a line holds nothing but one number and marks around it."""
    return bool(_BARE.fullmatch(text))


def is_bates(text: str) -> bool:
    """Whether a line holds nothing but a number with leading letters or zeros, as stamped on evidence."""
    return bool(_BATES.fullmatch(text.strip()))


def says_page(text: str, place: int) -> bool:
    """Whether what is written around the number at `place` says that it counts pages: "Page 4", "4 of 12",
    "4/12" alone.
    """
    before = _TOKEN.findall(text[:place].casefold())
    after = _TOKEN.findall(text[place:].casefold())[1:]
    if before and before[-1] in PAGE_WORDS and re.search(r"[^\W\d_]+[^\w]*$", text[:place]):
        return True
    if after and after[0] in PAGE_WORDS - {"s", "p", "str", "side"}:
        return True
    if len(after) == 2 and after[0] in _OF_WORDS and after[1].isdecimal() and not before:
        return True
    return bool(re.fullmatch(r"\W*\d{1,4}\s*/\s*\d{1,4}\W*", text)) and not before


def is_page_number(text: str) -> bool:
    """Whether a line holds nothing but a page number that says so itself: "Page 4", "4 of 12", "4/12"."""
    words = [word for word in _TOKEN.findall(text.casefold()) if not word.isdecimal()]
    return set(words) <= PAGE_WORDS | _OF_WORDS and any(
        says_page(text, number.start()) for number in _NUMBER.finditer(text)
    )


def is_set_off(text: str, place: int) -> bool:
    """Whether a mark such as a bar parts the word at `place`, first or last in its line, from the rest."""
    end = place + len(text[place:].split(maxsplit=1)[0])
    before, after = text[:place].rstrip(), text[end:].lstrip()
    if not after:
        return bool(before) and bool(_SEPARATOR.fullmatch(before[-1]))
    return not before and bool(_SEPARATOR.fullmatch(after[0]))


def word_at(text: str, place: int) -> int:
    """Where the word begins that holds the number at `place`: "A-4" and "2-14" are one page number."""
    return max(text.rfind(" ", 0, place), text.rfind("\t", 0, place)) + 1


def is_in_a_row_of_codes(text: str, place: int) -> bool:
    """Whether the number at `place` has leading zeros and many words beside it, as typesetters do."""
    return bool(re.match(r"0\d{3,}", text[place:])) and len(text.split()) >= _MANY_WORDS


def counting(pages: Sequence[int], values: Sequence[int]) -> list[bool]:
    """For each line, in order of pages, whether its value grows with the page from or to a line beside it.

    The count may begin anew within a document, as chapters do.
    """
    grows = [
        0 < later - earlier <= 3 and after - before == later - earlier
        for earlier, later, before, after in zip(pages, pages[1:], values, values[1:], strict=False)
    ]
    return [(at > 0 and grows[at - 1]) or (at < len(grows) and grows[at]) for at in range(len(values))]
