"""A question that is answered with yes or no, turned into the statement it asks about.

"Did Somoza give his word?"            "Somoza did give his word."
"The convoy, 1957 - was it stopped?"   "It was stopped (The convoy, 1957)."
"""

import re

from donovan.assistant.terms import is_stop_word
from donovan.assistant.words import IRREGULAR, word_set

_AUXILIARIES = word_set(
    "is are was were am do does did has have had can could will would shall should may might must"
)
_CONTRACTED = {
    "isn't": "is",
    "aren't": "are",
    "wasn't": "was",
    "weren't": "were",
    "don't": "do",
    "doesn't": "does",
    "didn't": "did",
    "hasn't": "has",
    "haven't": "have",
    "hadn't": "had",
    "can't": "can",
    "won't": "will",
    "wouldn't": "would",
    "couldn't": "could",
    "shouldn't": "should",
}
_START = re.compile(r"^(?:and|so|but|then|also)\s+", re.IGNORECASE)
_LATE = re.compile(
    rf"^(?P<lead>[^?]+?)\s*[,;:–—-]\s+(?P<question>(?:{'|'.join(sorted(_AUXILIARIES))})\s[^?]+)\??$",
    re.IGNORECASE,
)
_PRONOUNS = word_set("he she it they we you i there this that these those anyone anybody someone nobody")
_DETERMINERS = word_set("the a an his her their its our this that these those any some all")
_JOINS = word_set("and of de la del von van the for y du des")
_PREPOSITIONS = word_set(
    "in on at by from to with without under over after before during against between among about "
    "into through "
    "for as than until since near behind beyond still ever already really just not never only "
    "indeed also yet "
    "actually back out up down off"
)
_OTHER_LANGUAGES = (
    (re.compile(r"^est-ce qu(?:e\s+|['’])", re.IGNORECASE), ""),
    (
        re.compile(r"(\w)-t-(?:il|elle|ils|elles|on)\b|(\w)-(?:il|elle|ils|elles|on)\b", re.IGNORECASE),
        r"\1\2",
    ),
    (re.compile(r"\s+ли\b", re.IGNORECASE), ""),
    (re.compile(r"^(?:разве|правда ли,? что|верно ли,? что)\s+", re.IGNORECASE), ""),
    (re.compile(r"^هل\s+"), ""),
    (re.compile(r"[吗嗎]\s*$"), ""),
    (re.compile(r"是否"), ""),
)


def statements_of(question: str, language: str = "en") -> tuple[str, ...]:
    """The statements that "yes" may stand for: one, or two where the end of the subject is not sure. Nothing
    where the text is no such question.
    """
    text = _START.sub("", question.strip().strip("¿¡").rstrip("?？؟. ").strip())
    if not text:
        return ()
    first = text.split()[0].casefold().replace("’", "'")
    if first in _AUXILIARIES or first in _CONTRACTED:
        return _turned(text, "")
    late = _LATE.match(text)
    if late is not None:
        return _turned(late["question"], late["lead"].strip())
    if language == "en" and text.isascii():
        return ()
    for pattern, instead in _OTHER_LANGUAGES:
        text = pattern.sub(instead, text)
    return (_sentence(text.strip(), ""),)


def _turned(text: str, lead: str) -> tuple[str, ...]:
    words = text.split()
    auxiliary = words[0].casefold().replace("’", "'")
    auxiliary = _CONTRACTED.get(auxiliary, auxiliary)
    rest = [word for number, word in enumerate(words[1:]) if not (word.casefold() == "not" and number < 6)]
    ends = _subject_ends(
        rest, is_marked=auxiliary in ("is", "are", "was", "were", "am", "has", "have", "had")
    )
    return tuple(
        _sentence(" ".join([*rest[:end], auxiliary, *rest[end:]]), lead)
        for end in ends
        if 0 < end < len(rest)
    )


def _sentence(text: str, lead: str) -> str:
    text = text[:1].upper() + text[1:]
    return f"{text} ({lead})." if lead else f"{text}."


def _subject_ends(words: list[str], *, is_marked: bool) -> tuple[int, ...]:
    """After how many words the subject may end, the likeliest first."""
    if not words:
        return ()
    if words[0].casefold() in _PRONOUNS:
        return (1,)
    is_determined = words[0].casefold() in _DETERMINERS
    name = _name_end(words)
    if name:
        # "the Orlov bridge open": a common noun may follow the name.
        goes_on = (
            is_determined and name + 1 < len(words) and not _begins_predicate(words[name], words[name - 1])
        )
        return (name + 1, name) if goes_on else (name,)
    if not is_marked:
        # "lorries of 20 tonnes cross the bridge": what acts on a thing stands before its article.
        acts = next((n - 1 for n in range(2, len(words)) if words[n].casefold() in _DETERMINERS), 0)
        if acts > int(is_determined):
            return (acts,)
    end = next((n for n in range(1, len(words)) if _begins_predicate(words[n], words[n - 1])), len(words) - 1)
    is_short = end <= 1 + int(is_determined)
    return (end,) if is_short or _is_verb(words[end]) else (end - 1, end)


def _name_end(words: list[str]) -> int:
    """The end of a name at the start: "the Secretary of State", "Jacobs and Elbrick"."""
    end = number = 0
    while number < len(words):
        word = words[number]
        if word[:1].isupper() or (word[:1].isdigit() and end):
            end = number + 1
            if word.endswith(("'s", "’s", "s'", "s’")):
                # "Carter's men": the name only says whose.
                end = number + 2
                number += 1
        elif not (word.casefold() in _JOINS and (number == 0 or end)):
            break
        number += 1
    return min(end, len(words) - 1) if end else 0


def _begins_predicate(word: str, before: str) -> bool:
    if before.casefold() in ("the", "a", "an", "of", "his", "her", "their", "and", "our", "its"):
        return False
    return _is_verb(word) or word.casefold() in _PREPOSITIONS - {"for"}


def _is_verb(word: str) -> bool:
    folded = word.casefold()
    if is_stop_word(folded, "en") and folded in ("been", "being", "be", "have", "do", "get"):
        return True
    return folded in IRREGULAR or folded in IRREGULAR.values() or folded.endswith(("ed", "ing", "en"))
