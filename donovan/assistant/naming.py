"""What was named in a question or an answer, and of which kind: what "he", "there" and "it" may mean.

Names are read off the words (capitals, titles, prepositions); a room above that has recognised names on the
cited pages registers what it knows:

    register(namer)     namer(citations) -> the names that stand in the cited words, in order
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from donovan.assistant.models import Citation
from donovan.assistant.terms import is_stop_word, names_of
from ingest.values.locales import month_names

PERSON, PLACE, THING, UNKNOWN = "person", "place", "thing", ""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Closed classes: what stands before a person's name, and before a place.
TITLES = _set(
    "mr mrs ms miss dr prof professor sir lord lady captain capt colonel col major maj general gen "
    "lieutenant lt sergeant sgt corporal private admiral commander commodore marshal president minister "
    "ambassador senator secretary chancellor governor mayor sheikh imam bishop father señor señora don doña "
    "capitán coronel sra sr monsieur madame herr frau господин госпожа капитан полковник генерал"
)
_BEFORE_PLACE = _set("in at near from to off towards toward outside inside around en desde hacia cerca в из")
_ARTICLES = frozenset({"the"})
_VERBAL = re.compile(r"(?:ed|ing|en)$")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True)
class Named:
    """A name as it is written, with its article where it has one, and its kind (UNKNOWN where nothing tells).

    `labels` are the access labels of what it was read from: none for the words of a question.
    """

    text: str
    kind: str = UNKNOWN
    labels: frozenset[str] = frozenset()


Namer = Callable[[Sequence[Citation]], Sequence[Named]]
_namers: list[Namer] = []


def register(namer: Namer) -> None:
    """Let `namer` say what the cited words name. What it says goes before what the words alone tell."""
    if namer not in _namers:
        _namers.append(namer)


def names_in(text: str, language: str = "en") -> list[Named]:
    """The names of a text in order, each once, with the kind that its words tell."""
    found: dict[str, Named] = {}
    position = 0
    for words in names_of(text, language):
        match = re.compile(r"[\W_]+".join(map(re.escape, words))).search(text, position)
        if match is None or all(word.casefold() in month_names("") or word.isdigit() for word in words):
            continue
        position = match.end()
        before = _WORD.findall(text[: match.start()])
        named = _named(text, match.start(), match.end(), before[-1].casefold() if before else "", language)
        found.setdefault(named.text.casefold(), named)
    return list(found.values())


def names_cited(citations: Sequence[Citation]) -> list[Named]:
    """What the registered rooms know to be named in the cited words; nothing where none knows them."""
    labels = {citation.label for citation in citations}
    return [replace(named, labels=frozenset(labels)) for namer in _namers for named in namer(citations)]


def plain(text: str) -> str:
    """The words of a text alone, without case: what two names are compared by."""
    return " ".join(_WORD.findall(text.casefold()))


def _named(text: str, start: int, end: int, before: str, language: str) -> Named:
    words = _WORD.findall(text[start:end])
    if words[0].casefold() in TITLES or before in TITLES:
        return Named(text[start:end], PERSON)
    if before in _ARTICLES:
        # "the Orlov bridge": the article tells that the noun after the name belongs to it.
        following = re.compile(r"\s+([^\W\d_]+)").match(text, end)
        if following and _is_noun(following[1], language):
            end = following.end()
        return Named(f"the {text[start:end]}", THING)
    return Named(text[start:end], PLACE if before in _BEFORE_PLACE else UNKNOWN)


def _is_noun(word: str, language: str) -> bool:
    return word.islower() and not is_stop_word(word, language) and _VERBAL.search(word) is None
