"""What a question asks: the names it is about, the attribute it wants, the kind of value that would answer
it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from donovan.assistant.terms import carrier_stems, is_stop_word, names_of, stem_of, stems_in, words_of
from donovan.assistant.words import PARTICLES, STOP_WORDS
from ingest.values.dates import dates
from ingest.values.locales import month_names
from ingest.values.units import spellings

_EXPECTED: tuple[tuple[str, str], ...] = (
    ("date", r"when|what (?:year|date|day|month|century)|in (?:what|which) year|since when|cuándo"
             r"|en qué año|когда|в каком году|quand|wann|kada|متى|什么时候|何时|哪一年"),
    ("number", r"how (?:many|much|long|far|large|big|tall|high|old|deep|wide|often|heavy|strong|fast)"
               r"|what (?:\w+ )?(?:number|percentage|load|price|cost|rate|speed|weight)"
               r"|what (?:is|was) the (?:number|total|percentage|score|price|cost|fee|fare|toll)"
               r"|cuánt[oa]s?|сколько|combien|wie ?viele?|koliko|كم|多少"),
    ("position", r"what (?:is|are|was|were) (?:the )?(?:\w+ )?(?:coordinates|grid reference|grid|position)"),
    ("person", r"who(?:m|se)?|quién(?:es)?|кто|кем|qui|wer|tko|ko je|谁"),
    ("place", r"where|dónde|где|où|wo|gdje|gde|أين|哪里"),
)  # fmt: skip
_MEASURE = re.compile(
    r"\bhow (long|far|old|tall|high|large|big|wide|deep|heavy|often|fast|soon|late|strong)\b", re.IGNORECASE
)
_COUNTED = re.compile(r"\bhow (?:many|much)\s+((?:[^\W\d_-]+[\s-]+){1,5})", re.IGNORECASE)
_HEAD = re.compile(r"\s*what (?:is|was|are|were) the (?:\w+ )?(\w+) (?:of|for|behind)\b", re.IGNORECASE)
_LENGTHS = frozenset({"km", "mi", "nmi", "m", "cm", "mm", "ft"})
_TIMES = frozenset({"h", "min", "s", "day", "week", "month", "year"})
_WEIGHTS = frozenset({"kg", "g", "t", "lb"})
# The units in which a question of measure is answered.
_UNITS_ASKED: tuple[tuple[str, frozenset[str]], ...] = (
    (r"\bfor how long\b|\bhow long (?:did|does|do|has|have|had|will|ago|before|after|until)\b", _TIMES),
    (r"\bhow long\b", _LENGTHS | _TIMES),
    (r"\bhow (?:far|tall|high|wide|deep)\b", _LENGTHS),
    (r"\bhow heavy\b|\bwhat (?:\w+ )?(?:load|weight)\b", _WEIGHTS),
    (r"\bhow old\b", _TIMES),
)
_MEASURE_NOUNS = {"strong": "strength", "old": "age", "fast": "speed"}
_PLAIN_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Question:
    """A question as evidence is scored against it.

    `names` are the runs of words it names things with. `expects` is date, number, person, place, position or
    nothing.
    """

    text: str
    language: str
    names: tuple[tuple[str, ...], ...]
    expects: str

    @cached_property
    def name_stems(self) -> tuple[frozenset[str], ...]:
        """The stems of each name; the small words inside a name left out."""
        found = (frozenset(t.key for t in words_of(" ".join(name), self.language)) for name in self.names)
        return tuple(stems for stems in found if stems)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(term.key for term in words_of(self.text, self.language))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The stems of what is asked about the names: neither part of a name nor a word that only carries."""
        named: frozenset[str] = frozenset().union(*self.name_stems)
        measures = frozenset(
            stem_of(word, self.language) for word in _MEASURE.findall(self.text)
        ) | frozenset(
            stem_of(word, self.language)
            for word in _PLAIN_WORD.findall(self._counted)
            if word.lower() in spellings("")
        )
        rest = self.stems - named - measures - self._dated
        asked = rest - carrier_stems(self.language) - PARTICLES | (self.counted - named)
        nouns = {_MEASURE_NOUNS.get(word.casefold(), "") for word in _MEASURE.findall(self.text)} - {""}
        return asked or frozenset(stem_of(noun, self.language) for noun in nouns) or rest

    @cached_property
    def counted(self) -> frozenset[str]:
        """The stems of what "how many" counts, units of measure left out."""
        words = []
        for word in _PLAIN_WORD.findall(self._counted):
            if is_stop_word(word, self.language) or word.casefold() in PARTICLES:
                break
            if word.lower() not in spellings(""):
                words.append(word)
        return frozenset(stem_of(word, self.language) for word in words)

    @property
    def _counted(self) -> str:
        match = _COUNTED.search(self.text)
        return match[1] if match else ""

    @cached_property
    def head(self) -> str:
        """The stem of N in "What is the N of ...", or nothing."""
        match = _HEAD.match(self.text)
        stem = stem_of(match[1], self.language) if match else ""
        return stem if stem in self.attributes else ""

    @cached_property
    def units(self) -> frozenset[str]:
        """The units in which a question of measure is answered; nothing where any will do."""
        return next((units for pattern, units in _UNITS_ASKED if re.search(pattern, self.text.casefold())),
                    frozenset())  # fmt: skip

    @property
    def _dated(self) -> frozenset[str]:
        """The stems of the dates in the question: they tell when, and are no matter that is asked for."""
        stems = (stems_in(self.text[date.start : date.end], self.language) for date in dates(self.text))
        return frozenset().union(*stems)


def read_question(text: str, language: str = "en", subjects: Iterable[str] = ()) -> Question:
    """Take a question apart. `subjects` are names of things in the archive: they are names in any letter
    case.
    """
    names = [name for name in names_of(text, language) if not _is_date(name)]
    known = {stem for name in names for stem in (stem_of(word, language) for word in name)}
    folded = " " + " ".join(_PLAIN_WORD.findall(text.casefold())) + " "
    for subject in subjects:
        words = tuple(_PLAIN_WORD.findall(subject))
        plain = " ".join(words).casefold()
        if len(plain) > 3 and f" {plain} " in folded and not {stem_of(w, language) for w in words} <= known:
            names.append(words)
    return Question(text, language, tuple(names), _expected(text))


def _is_date(name: tuple[str, ...]) -> bool:
    return all(word.casefold() in month_names("") or word.isdigit() for word in name)


def language_of_question(text: str) -> str:
    """The language of a short text by its script and its small words; English where nothing tells."""
    if re.search(r"[\u3400-\u9fff]", text):
        return "zh"
    if re.search(r"[\u0600-\u06ff]", text):
        return "ar"
    words = _PLAIN_WORD.findall(text.casefold())
    counts = {language: sum(word in stop for word in words) for language, stop in STOP_WORDS.items()}
    if re.search(r"[а-яё]", text.casefold()):
        return "sr" if re.search(r"[ђјљњћџ]", text.casefold()) else "ru"
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > counts["en"] else "en"


def _expected(text: str) -> str:
    folded = text.casefold()
    for kind, pattern in _EXPECTED:
        if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", folded) or (
            re.search(r"[\u4e00-\u9fff]", text) and re.search(pattern, folded)
        ):
            return kind
    return ""
