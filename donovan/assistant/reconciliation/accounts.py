"""What one span says for a question: its values, its day, who says it, and in what form."""

import re
from dataclasses import dataclass, field
from datetime import date

from donovan.assistant.prefixes import notice_of
from donovan.assistant.questions import Question
from donovan.assistant.reconciliation.sources import Source, sender_of, whole_day
from donovan.assistant.reconciliation.states import SAID
from donovan.assistant.reconciliation.tense import AskedTime
from donovan.assistant.reconciliation.values import DateValue, NumberValue, StateValue, Value, values_in
from donovan.assistant.spans import Span
from donovan.assistant.statements import plans_in
from ingest.values.dates import dates

_RUNNING = re.compile(
    r"(?<!\w)(?:so far|to date|until now|up to now|as of (?:now|today)|running total|cumulative(?:ly)?"
    r"|in total by|has now|have now"
    r"|already|has (?:passed|reached|risen to)|have (?:passed|reached|risen to)|total (?:now|to date)"
    r"|hasta (?:ahora|la fecha|el momento)|acumulad[oa]s?|ya son|jusqu['’](?:ici|à présent|à ce jour)"
    r"|à ce jour"
    r"|bisher|bislang|insgesamt bis|до сих пор|на сегодняшний день|к настоящему времени"
    r"|нарастающим итогом|уже"
    r"|do sada|dosad|ukupno do|حتى الآن|إلى حد الآن|بلغ عدد\w*|حتى تاريخه)(?!\w)|迄今|至今|累计|截至",
    re.IGNORECASE,
)
_CORRECTING = re.compile(
    r"(?<!\w)(?:supersed(?:es|ed by this)|replaces (?:the|my|our|report|paragraph)|correct(?:s"
    r"|ing) (?:the|my|our|report|an)"
    r"|corrected (?:figure|number|date|value|report)|(?:figure|number|date|report|mail|message"
    r"|statement)\b[^.]{0,60}\b(?:was|were)"
    r" (?:wrong|mistaken|incorrect|in error)|we correct|i correct|sustituye|rectifica|corrige|remplace"
    r"|rectifie"
    r"|ersetzt|berichtigt|korrigiert|исправля\w+|заменяет|уточня\w+|ispravlja\w*|zamenjuje|يصحح"
    r"|يحل محل)(?!\w)"
    r"|更正为|取代|应为",
    re.IGNORECASE,
)
_AS_OF = re.compile(
    r"(?:\b(?:as of|as at|status (?:at|on)|situation (?:at|on)|position (?:at|on)|a fecha de|al día|au"
    r"|à la date du|état au"
    r"|stand(?: vom)?|zum stand vom|по состоянию на|на)|截至|حتى|اعتبارا من)\s*:?\s*$|^\W*(?:on|el|le|am"
    r"|dana|في|в)?\s*$",
    re.IGNORECASE,
)
_TURN = re.compile(r"[;；]|[,،，]\s|\s(?:and|but|y|pero|et|mais|und|aber|и|но|i|ali|و)\s")
_WROTE = re.compile(r"^(?P<who>.*?)\s*(?:wrote|escribió|a écrit|schrieb\b.*|написал[аи]?|piše|كتب)\s*:\s*$",
                    re.IGNORECASE | re.MULTILINE)  # fmt: skip
_CLOCK = re.compile(r"^(?:on|el|le|am)\s|\b(?:at|um|a las|à)?\s?\d{1,2}[:.h]\d{2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Account:
    """One span as an answer. `day` is the day of which it speaks, None where that is unknown ("undated");
    `speaker` who says it, "" where the paper itself does; `is_attributed`: the text names the speaker.
    `copies` are the same words in copies of the paper. `is_running`: the number is a count so far.
    `is_stated`: it was among what would be said anyway.
    """

    span: Span
    chance: float
    source: Source
    values: tuple[Value, ...]
    day: date | None
    speaker: str
    is_planned: bool = False
    is_correction: bool = False
    is_running: bool = False
    is_attributed: bool = False
    is_stated: bool = False
    copies: tuple["Account", ...] = field(default=(), repr=False)

    @property
    def value(self) -> str:
        """The values as written, or "" where nothing can be compared."""
        return ", ".join(dict.fromkeys(value.text for value in self.values if value.text))

    @property
    def names_state(self) -> bool:
        """Whether it gives one of two opposite states in a word of its own: then its chance, which falls
        where a question asks for the opposite, tells little.
        """
        return any(isinstance(value, StateValue) and value.word.pair != SAID for value in self.values)

    @property
    def number(self) -> float | None:
        """The largest number it gives: what a running count has come to."""
        numbers = [float(max(value.values)) for value in self.values if isinstance(value, NumberValue)]
        return max(numbers, default=None)


def account_of(question: Question, time: AskedTime, span: Span, chance: float, source: Source) -> Account:
    """Read one span as an answer to the question."""
    values = values_in(question, span, source.day)
    language = span.language or question.language
    planned = [value for value in values if is_planned_at(span.text, value, language)]
    is_planned = bool(plans_in(span.text, language)) if not values else len(planned) == len(values)
    if not time.is_future and 0 < len(planned) < len(values):
        values = tuple(value for value in values if value not in planned)
    day, writer = _quoted_mail(span)
    # What a mail quotes without a day is of no day: older than the mail, and nobody knows how much.
    paper_day = source.day if span.quoted is None else span.quoted.day
    speaker = span.speaker or writer or source.sender
    notice = notice_of(span.plain) or notice_of(span.before)
    return Account(
        span,
        chance,
        source,
        values,
        _day_of(question, span, source) or day or paper_day,
        speaker,
        is_planned=is_planned,
        is_correction=notice in ("correction", "update")
        or source.is_correction
        or _CORRECTING.search(span.text) is not None,
        is_running=_RUNNING.search(span.text) is not None,
        is_attributed=bool(span.speaker),
    )


def is_planned_at(text: str, value: Value, language: str) -> bool:
    """Whether a value is told as a plan or a forecast: in its part of the sentence, for a state before it."""
    turns = [match.start() for match in _TURN.finditer(text)]
    begin = max((turn for turn in turns if turn < value.start), default=0)
    if isinstance(value, StateValue):
        end = value.start + len(value.text)
    else:
        end = min((turn for turn in turns if turn > value.start), default=len(text))
    return any(begin <= plan.start < end for plan in plans_in(text, language))


def kept_values(question: Question, span: Span, day: date | None) -> tuple[str, ...]:
    """The values of a span in a form that can be kept and compared by later ones. Nothing where it tells a
    plan, a forecast or a count so far: a later value is then no contradiction.
    """
    if plans_in(span.text, span.language or question.language) or _RUNNING.search(span.text):
        return ()
    kept: set[str] = set()
    for value in values_in(question, span, day):
        if isinstance(value, NumberValue):
            kept |= {str((value.unit, number)) for number in value.values}
        elif isinstance(value, DateValue):
            kept.add(str((value.year % 100, value.date.month, value.date.day)))
    return tuple(sorted(kept))


def _day_of(question: Question, span: Span, source: Source) -> date | None:
    """The day that the span itself or the heading above it gives for what it says."""
    year = source.day.year if source.day else 0
    if question.expects != "date":
        for given in dates(span.text):
            if _AS_OF.search(span.text[: given.start]) and (day := whole_day(given, year)) is not None:
                return day
    for heading in (span.lead, span.heading.rpartition(" > ")[2]):
        days = {day for given in dates(heading) if (day := whole_day(given, year)) is not None}
        if len(days) == 1:
            return days.pop()
    return None


def _quoted_mail(span: Span) -> tuple[date | None, str]:
    """Day and writer of an earlier mail that is quoted below a later one."""
    place = span.passage_text.find(span.text)
    if not span.text.startswith(">") or place < 0:
        return None, ""
    heads = list(_WROTE.finditer(span.passage_text[:place]))
    if not heads:
        return None, ""
    head = heads[-1]["who"]
    found = [(given, day) for given in dates(head) if (day := whole_day(given)) is not None]
    rest = head
    for given, _day in found:
        rest = rest[: given.start] + " " * (given.end - given.start) + rest[given.end :]
    writer = sender_of(_CLOCK.sub(" ", rest).strip(" ,;"))
    return (found[0][1] if found else None), " ".join(writer.split()).strip(" ,")
