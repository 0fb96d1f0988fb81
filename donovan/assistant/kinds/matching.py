"""Which papers meet the conditions of a question, and how each word of it was read.

A word is looked for where the question says it stands; where no paper of the kind has it there, in the whole
title, then in the first lines. A word that none has is not counted by, and that is told.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from donovan.assistant.kinds.conditions import ADDRESSEE, ANYWHERE, SENDER, TEXT, TOPIC, Condition
from donovan.assistant.kinds.papers_in_reach import Paper
from donovan.assistant.kinds.synonyms import any_of, nearest_word
from donovan.assistant.terms import is_stop_word, stem_of, words_of
from retrieval.holding import passages_holding
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope

Places = Mapping[UUID, Sequence[int]]
"""By document the ordinals of the passages in question."""

_IN = {
    SENDER: "as sender or at the top",
    ADDRESSEE: "as addressee",
    ANYWHERE: "in the title, as sender or addressee",
    "title": "in the title",
    "head": "in the first lines",
    TEXT: "in the text",
}


@dataclass(frozen=True)
class WordRead:
    """One word of the question as it was looked for: where, as what, and the papers that have it there.

    `perhaps` are papers that say of nobody that they sent or got them, and have the word at their top.
    """

    word: str
    where: str
    papers: frozenset[UUID]
    read_as: str = ""
    is_denied: bool = False
    passages: Places = field(default_factory=dict)
    perhaps: frozenset[UUID] = frozenset()

    @property
    def place(self) -> str:
        return _IN[self.where]


@dataclass(frozen=True)
class Matched:
    """The papers that meet every condition that could be read.

    `unread` are words that no paper of the kind has; `dropped` are words that no paper has together with the
    others.
    """

    papers: list[Paper]
    read: list[WordRead] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def in_text(self) -> WordRead | None:
        """The first word, or words, that had to stand in the text."""
        return next((read for read in self.read if read.where == TEXT and not read.is_denied), None)


def matched(
    papers: Sequence[Paper], conditions: Sequence[Condition], scope: AccessScope, filters: SearchFilters
) -> Matched:
    """The papers among `papers` (of the kind asked for, with heads) that meet the conditions."""
    everything = frozenset(paper.id for paper in papers)
    told = Matched(list(papers))
    for condition in conditions:
        if condition.role == TEXT:
            words = " ".join(condition.words)
            told.read.append(_in_text(words, condition, scope, filters, everything, told.notices))
            continue
        for word in condition.words:
            read = _read(word, condition, papers, scope, filters)
            if read is not None:
                told.read.append(read)
            elif not condition.is_denied:
                told.unread.append(word)
    kept = _kept(everything, told)
    unsaid = _unsaid(everything, told, kept)
    if unsaid:
        told.notices.append(
            f"Not counted: {unsaid:,} more that name {any_of(_names(told))} at the top and do not say who "
            "sent or got them."
        )
    return Matched(
        [paper for paper in papers if paper.id in kept], told.read, told.unread, told.dropped, told.notices
    )


def _in_text(  # noqa: PLR0917 - private, and each is of another type
    words: str,
    condition: Condition,
    scope: AccessScope,
    filters: SearchFilters,
    among: frozenset[UUID],
    notices: list[str],
) -> WordRead:
    """What has to stand in the text: all its words in one passage."""
    found, said = passages_holding(words.split(), scope, filters)
    notices.extend(said)
    places = {key: ordinals for key, ordinals in found.items() if key in among}
    return WordRead(words, TEXT, frozenset(places), is_denied=condition.is_denied, passages=places)


def _read(
    word: str, condition: Condition, papers: Sequence[Paper], scope: AccessScope, filters: SearchFilters
) -> WordRead | None:
    """The word where it is first found on any paper: as it stands, then as a word that means the same."""
    for where in _places(condition.role):
        found = frozenset(paper.id for paper in papers if _has(paper, word, condition, where))
        perhaps = frozenset(
            paper.id for paper in papers if _has(paper, word, condition, where, anywhere=True)
        )
        # A name at the top of a paper that says of nobody that they sent it counts only where none says so.
        if found or perhaps:
            left = perhaps - found if found else frozenset()
            return WordRead(word, where, found or perhaps, is_denied=condition.is_denied, perhaps=left)
    if condition.role == TOPIC:
        read = _in_text(word, condition, scope, filters, frozenset(paper.id for paper in papers), [])
        if read.papers:
            return read
    where = _places(condition.role)[0]
    other = nearest_word(word, _written(papers, where), papers[0].language if papers else "en")
    if not other:
        return None
    found = frozenset(paper.id for paper in papers if other in _words(_text(paper, where)))
    return WordRead(word, where, found, other, condition.is_denied)


def _places(role: str) -> tuple[str, ...]:
    if role == TOPIC:
        return ("title",)
    return (role, "head") if role == ANYWHERE else (role, "title", "head")


def _has(paper: Paper, word: str, condition: Condition, where: str, *, anywhere: bool = False) -> bool:
    text = _text(paper, where)
    if anywhere and where in (SENDER, ADDRESSEE) and word[:1].isupper() and not _says_who(paper, where):
        # Nothing on it says who: a name anywhere at its top is as good as there is.
        text = f"{text}\n{paper.title}\n{paper.head}"
    if stem_of(word, paper.language) not in _stems(text, paper.language):
        return False
    if condition.is_office and where in (SENDER, ADDRESSEE):
        # "the Secretary" is not the Under Secretary: an office is named by how it begins.
        office = paper.office if where == SENDER else paper.addressed_office
        return not office or bool(office & {stem_of(each, paper.language) for each in condition.words})
    return True


def _says_who(paper: Paper, where: str) -> bool:
    return bool(paper.addressee) if where == ADDRESSEE else paper.says_sender


def _text(paper: Paper, where: str) -> str:
    texts: dict[str, Callable[[], str]] = {
        SENDER: lambda: paper.sender,
        ADDRESSEE: lambda: paper.addressee,
        ANYWHERE: lambda: f"{paper.title}\n{paper.name}\n{paper.sender}\n{paper.addressee}",
        "title": lambda: f"{paper.title}\n{paper.name}",
        "head": lambda: paper.head,
    }
    return texts[where]()


@lru_cache(maxsize=20_000)
def _stems(text: str, language: str) -> frozenset[str]:
    """The stems of every word: small ones too, since a code or a name may look like one."""
    return frozenset(term.key for term in words_of(text.replace("_", " "), language))


def _written(papers: Iterable[Paper], where: str) -> Counter[str]:
    """The words written on the papers, each with the number of papers that have it."""
    return Counter(word for paper in papers for word in _words(_text(paper, where)))


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(
        word for word in re.findall(r"[^\W\d_]{3,}", text.casefold()) if not is_stop_word(word, "en")
    )


def _names(told: Matched) -> list[str]:
    return [read.word for read in told.read if read.perhaps and not read.is_denied]


def _unsaid(everything: frozenset[UUID], told: Matched, kept: frozenset[UUID]) -> int:
    """How many papers would meet every word too if a name at the top were enough."""
    wanted = [read for read in told.read if not read.is_denied]
    denied = frozenset(key for read in told.read if read.is_denied for key in read.papers | read.perhaps)
    return len(everything.intersection(*(read.papers | read.perhaps for read in wanted)) - denied - kept)


def _kept(everything: frozenset[UUID], told: Matched) -> frozenset[UUID]:
    """What meets every word. Where nothing does, the one word without which most papers do is dropped."""
    wanted = [read for read in told.read if not read.is_denied]
    denied = frozenset(key for read in told.read if read.is_denied for key in read.papers)
    kept = (
        everything.intersection(*(read.papers for read in wanted)) - denied if wanted else everything - denied
    )
    if kept or len(wanted) < 3:
        return kept
    without = [
        (everything.intersection(*(other.papers for other in wanted if other is not read)) - denied, read)
        for read in wanted
        if read.where != TEXT
    ]
    best, left = max(without, key=lambda pair: (len(pair[0]), pair[1].word), default=(frozenset(), None))
    if not best or left is None:
        return kept
    told.dropped.append(left.word)
    told.read.remove(left)
    return best
