"""Serbian Cyrillic to Latin, letter by letter, as both scripts are in official use."""

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i",
    "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
}  # fmt: skip


def to_latin(text: str) -> str:
    """The text with its Serbian Cyrillic letters in Latin; everything else is left as it is.

    A letter that becomes two is written in capitals where its neighbours are: ЊЕГОШ, Његош.
    """
    out = []
    for index, letter in enumerate(text):
        latin = _LATIN.get(letter.lower())
        if latin is None:
            out.append(letter)
        elif letter.islower():
            out.append(latin)
        else:
            neighbours = text[index + 1 : index + 2] or text[max(index - 1, 0) : index]
            out.append(latin.upper() if neighbours.isupper() or len(latin) == 1 else latin.capitalize())
    return "".join(out)


def holds_cyrillic(text: str) -> bool:
    return any(letter.lower() in _LATIN for letter in text)
