"""What a question that counts papers asks of them: from whom, to whom, of when, about what, without which.

"Memos from Rubottom to the Secretary, leaving out the Acting one"
    sender: Rubottom   addressee: the Secretary   not: Acting
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from donovan.assistant.kinds.papers import CountedPaper
from donovan.assistant.kinds.periods import Period, period_of
from donovan.assistant.terms import is_stop_word
from donovan.assistant.words import word_set

SENDER, ADDRESSEE, ANYWHERE, TOPIC, TEXT = "sender", "addressee", "anywhere", "topic", "text"

# Words that say that the collection is meant, and ask nothing of a paper.
_COLLECTION = re.compile(
    r"\b(?:(?:in|on|from|of|within|among|across)\s+)?(?:the|this|these|our|my|those|your)\s+(?:\w+\s+)?"
    r"(?:files?|collections?|archives?|papers|documents|corpus|folders?|holdings|records?|case|data|set)\b"
    r"|\bon (?:file|record|hand)\b|\bin (?:hand|all|total|here)\b|\b(?:do|did|have|had) (?:we|you|"
    r"i)\b(?: (?:got|have|hold|keep|possess|find|see))?"
    r"|\b(?:are|were|is) there\b|\bhere\b|\baltogether\b|\b(?:exist|exists|available|please)\b|"
    r"\bhave (?:we|you) got\b"
    r"|\b(?:hay|tenemos|existen|en total)\b|\b(?:y a-t-il|avons-nous|existe)\b|\b(?:gibt es|"
    r"haben wir|insgesamt)\b|\b(?:у нас|имеется|есть|всего)\b",
    re.IGNORECASE,
)
_SENT = (
    r"(?:send|sends|sent|wrote|written|write|writes|draft(?:ed)?|sign(?:ed)?|issued?|cabled?|"
    r"fil(?:e|ed)|submit(?:ted)?|dispatch(?:ed)?|transmit(?:ted)?|produced?|ma[dk]e|authored|"
    r"compiled|prepared|penned|fired off|put out)"
)
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{pattern})\b", re.IGNORECASE))
    for role, pattern in (
        (
            TEXT,
            r"(?:that |which |to |do |does |did )*(?:mention(?:s|ed|ing)?|refer(?:s|red|ring)? to|"
            r"nam(?:es?|ed|ing)|cit(?:es?|ed|ing)|contain(?:s|ed|ing)?|speaks? of|include the words?|"
            r"mencionan?|nombran?|mentionne(?:nt)?|erwähn(?:t|en)|упомина\w+)",
        ),
        (
            TOPIC,
            r"(?:that |which |are |were )*(?:about|concern(?:s|ing)?|regarding|re|deal(?:s|ing)? with|"
            r"discuss(?:es|ed|ing)?|cover(?:s|ed|ing)?|report(?:s|ed|ing)? on|talk(?:s|ed|ing)? (?:of|"
            r"about)|describ(?:es?|ed|ing)|on the subject of|relating to|sobre|acerca de|sur|concernant|"
            r"über|про|об?)",
        ),
        (
            ADDRESSEE,
            rf"(?:(?:that |which |were |was |are )*(?:addressed|directed|{_SENT}|sent out|going|went|"
            rf"go))?\s*(?:to|for the attention of|para|à|an|для|к)",
        ),
        (
            SENDER,
            rf"(?:(?:that |which |were |was |are |have |has )*(?:came|come|comes|coming|{_SENT}|received|"
            rf"originat\w+|arriv\w+|reached us))?\s*(?:out of|from|by|de|von|от|из|par)",
        ),
        (ANYWHERE, r"(?:with|between|at|among|entre|zwischen|между)"),
    )
)
_WITHOUT = re.compile(
    r"[\s,;:–—(-]*\b(?:leaving out|leaving aside|excluding|exclude|except(?:ing)?(?: for)?|"
    r"not counting|without(?: counting)?|other than|apart from|"
    r"minus|but not|sin contar|excepto|sauf|ohne|außer|кроме|не считая)\b",
    re.IGNORECASE,
)
_SENT_BY = re.compile(
    rf"\b(?:that |which |did |has |have |had )?(?P<who>(?:the |"
    rf"our )?(?:[^\W\d_][\w.’'-]*\s+){{1,5}}?)(?:have |has |had |did )?(?:{_SENT}|sent in|"
    rf"sent back|sent home)\b(?!\s+(?:by|from|out of)\b)",
    re.IGNORECASE,
)
_GOT_BY = re.compile(
    r"\b(?:that |which |did |has |have |had )?(?P<who>(?:the |our )?(?:[^\W\d_][\w.’'-]*\s+){1,5}?)"
    r"(?:have |has |had |did )?(?:got|gets?|receiv(?:e|es|ed))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_SENDING = re.compile(_SENT, re.IGNORECASE)
_MEASURED = re.compile(
    r"\b(?:different |separate |various )?(?:sets?|cop(?:y|ies)|pieces?|kinds?|pages?) of\b", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"[’']s?$")
_ARTICLE = re.compile(r"\s*(?:the|our|el|la|le|der|die|das)\s+", re.IGNORECASE)
# Words that only lean on others: what they ask cannot be seen on a paper.
_LEANING = word_set(
    "one ones proper himself herself itself own same different separate various several "
    "different other others "
    "all each every any whole entire total overall did does do that which who whom telegram sent "
    "send come came "
    "way long back home out ever so far still already also only just exactly precisely actually "
    "roughly about "
    "count counting number often times time record recorded records have has had got there title titled"
)


@dataclass(frozen=True)
class Condition:
    """Words that must stand in one part of a paper. `is_office` is true where the question gives them with an
    article ("the Secretary"): then the part must begin with one of them. `is_denied` turns it round.
    """

    role: str
    words: tuple[str, ...]
    is_office: bool = False
    is_denied: bool = False


@dataclass(frozen=True)
class Wanted:
    """A question that counts papers, taken apart."""

    paper: CountedPaper
    conditions: tuple[Condition, ...] = field(default_factory=tuple)
    period: Period | None = None


def take_apart(text: str, paper: CountedPaper, language: str = "en") -> Wanted:
    """The conditions and the time that a question puts on the papers it counts."""
    rest = _blank(text, *paper.trigger)
    rest = rest[: paper.start] + "\x01" + " " * (paper.end - paper.start - 1) + rest[paper.end :]
    period, rest = period_of(rest)
    rest = _COLLECTION.sub(lambda match: " " * len(match[0]), rest)
    before, _, after = rest.partition("\x01")
    # "Woodward's telegrams", "Budapest telegrams", "situation reports": what stands before the kind of paper.
    conditions = list(_before(_MEASURED.sub(" ", before), language))
    kept, *left_out = _WITHOUT.split(after)
    sent = _SENT_BY.search(kept)
    if sent is not None and content_of(sent["who"], language) and not _has_role(kept[: sent.start()]):
        conditions.append(_condition(SENDER, sent["who"], language))
        kept = _blank(kept, *sent.span())
    got = _GOT_BY.search(kept)
    if got is not None and content_of(got["who"], language) and not _has_role(kept[: got.start()]):
        conditions.append(_condition(ADDRESSEE, got["who"], language))
        kept = _blank(kept, *got.span())
    conditions += _phrases(kept, language)
    conditions = [each for each in conditions if each.words]
    last = conditions[-1].role if conditions else ANYWHERE
    denied = (Condition(last, content_of(part, language), is_denied=True) for part in left_out)
    return Wanted(paper, (*conditions, *(each for each in denied if each.words)), period)


def content_of(text: str, language: str) -> tuple[str, ...]:
    """The words of a stretch that can be looked for on a paper."""
    found = []
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match[0])
        is_small = is_stop_word(word, language) and (word.islower() or len(word) < 2 or not match.start())
        if word and not is_small and word.casefold() not in _LEANING and not _SENDING.fullmatch(word):
            found.append(word)
    return tuple(dict.fromkeys(found))


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _before(text: str, language: str) -> Iterator[Condition]:
    for match in _WORD.finditer(text):
        words = content_of(match[0], language)
        role = SENDER if _POSSESSIVE.search(match[0]) else ANYWHERE
        yield Condition(role, words)


def _phrases(text: str, language: str) -> Iterator[Condition]:
    """The stretches between the words that say in which part of a paper something stands."""
    role, start, position = ANYWHERE, 0, 0
    while position < len(text):
        found = _role_at(text, position)
        if found is not None:
            yield _condition(role, text[start:position], language)
            role, start = found
            position = start
        elif text[position] in ".;:()":
            yield _condition(role, text[start:position], language)
            role, start = ANYWHERE, position + 1
            position += 1
        else:
            position += 1
    yield _condition(role, text[start:], language)


def _role_at(text: str, position: int) -> tuple[str, int] | None:
    """The part of a paper that the words at `position` announce, and where those words end."""
    if not text[position].isalnum() or (position and text[position - 1].isalnum()):
        return None
    matches = ((role, pattern.match(text, position)) for role, pattern in _ROLES)
    return next(((role, match.end()) for role, match in matches if match is not None), None)


def _has_role(text: str) -> bool:
    return any(_role_at(text, position) is not None for position in range(len(text)))


def _condition(role: str, text: str, language: str) -> Condition:
    return Condition(role, content_of(text, language), is_office=_ARTICLE.match(text) is not None)
