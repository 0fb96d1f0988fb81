"""Comparisons: what each side says, side by side, each with its source.

The sides are those that the question sets against each other ("Marsh vs Tretherne", "in the ministry's view,
and in the prefecture's"); where it names none, each document that answers is one.
"""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from donovan.assistant.kinds.quoted import number_of, quotation, worth_quoting
from donovan.assistant.kinds.registry import Asked, Candidate, QuestionKind, Statement, Taken
from donovan.assistant.terms import is_stop_word, stems_in

NAME = "comparison"
MOST_SIDES = 5
QUOTED_A_SIDE = 2
SHARE = 0.5

_CAPITAL = r"[^\W\d_a-zа-яё][\w’'-]*"
_NAME = rf"(?:{_CAPITAL}(?:\s+(?:of|de|del|von)\s+(?={_CAPITAL}))?(?:\s+{_CAPITAL})*)"
_PLAIN = r"(?:(?:the|el|la|los|le|les|der|die|das)\s+)?[^\W\d_][\w’'-]*(?:\s+[^\W\d_][\w’'-]*){0,2}?"
_END = r"(?=\s+(?:on|over|about|in|at|for)\b|[?,.]|$)"
_AGAINST = r"(?:vs\.?|versus|against|contra|gegen|против)"
_AND = r"(?:and|y|et|und|и)"
_PAIRS = (
    re.compile(rf"(?P<one>{_NAME}|{_PLAIN})\s+{_AGAINST}\s+(?P<other>{_NAME}|{_PLAIN}){_END}"),
    re.compile(
        rf"\b(?:between|entre|zwischen|между)\s+(?P<one>{_NAME}|{_PLAIN})\s+{_AND}\s+"
        rf"(?P<other>{_NAME}|{_PLAIN}){_END}"
    ),
    re.compile(rf"(?P<one>{_NAME})(?:[’']s?)?\s+{_AND}\s+(?:the\s+)?(?P<other>{_NAME})"),
    re.compile(rf"\bof\s+(?P<one>{_PLAIN})\s+{_AND}\s+(?:of\s+)?(?P<other>{_PLAIN}){_END}"),
)
_WHOSE = re.compile(r"\b(?P<who>(?:[^\W\d_][\w-]*\s+)?[^\W\d_][\w-]*)[’']s?\b", re.IGNORECASE)
_LEADING = re.compile(r"^(?:compare|how do|did|do|does|where did|the|in|and|who in|what)\s+", re.IGNORECASE)


def answer(asked: Asked) -> Taken | None:
    """What each side says, or None where no side's words were found surely."""
    if not asked.is_sure():
        return None
    sides = sides_of(asked.text)
    found = list(_of_sides(asked, sides)) if sides else list(_of_documents(asked))
    if len(found) < (1 if sides else 2):
        return None
    missing = [side for side in sides if side not in {head for head, _ in found}]
    notices = [f"Beside each other: what was found of {number_of(len(found), 'side', 'sides')}."]
    if missing:
        notices.append(
            f"Nothing that answers surely was found of {', '.join(f'“{side}”' for side in missing)}."
        )
    statements: list[Statement] = []
    for head, candidates in found:
        statements += [quotation([each.span], head) for each in candidates]
    return Taken(
        kind=NAME,
        form="compare",
        statements=tuple(statements),
        notices=tuple(notices),
        facts={"sides": [head for head, _ in found], "not_found": missing},
    )


def sides_of(question: str) -> tuple[str, ...]:
    """What a question sets against each other, or nothing where it names no sides."""
    for pattern in _PAIRS:
        match = pattern.search(question)
        if match is not None:
            sides = tuple(_side(match[part]) for part in ("one", "other"))
            if all(sides) and sides[0] != sides[1]:
                return sides
    owners = tuple(dict.fromkeys(_side(match["who"]) for match in _WHOSE.finditer(question)))
    return tuple(owner for owner in owners if owner)[-2:] if len(owners) >= 2 else ()


def _side(text: str) -> str:
    bare = text.strip()
    while (shorter := _LEADING.sub("", bare)) != bare:
        bare = shorter
    words = [word for word in bare.split() if not is_stop_word(word, "en") or word[0].isupper()]
    return re.sub(r"[’']s?$", "", " ".join(words))


def _of_sides(asked: Asked, sides: Sequence[str]) -> Iterator[tuple[str, list[Candidate]]]:
    """For each side the best of what names it, sought with the other sides left out of the question."""
    shared = list(asked.seek(asked.text))
    for side in sides:
        text = asked.text
        for other in sides:
            if other != side:
                text = re.sub(
                    rf"\s*(?:,?\s*(?:and|vs\.?|versus)\s+)?{re.escape(other)}(?:[’']s?)?", " ", text
                )
        own = [each for each in asked.seek(" ".join(text.split())) if _names(each, side, asked.language)]
        own += [each for each in shared if _names(each, side, asked.language)]
        own.sort(key=lambda each: each.chance, reverse=True)
        chosen = worth_quoting(own, share=SHARE, most=QUOTED_A_SIDE)
        if chosen:
            yield side, chosen


def _names(candidate: Candidate, side: str, language: str) -> bool:
    span = candidate.span
    spoken = span.language or language
    wanted = stems_in(side, spoken)
    around = f"{span.title}\n{span.heading}\n{span.lead}\n{span.before}\n{span.text}"
    return bool(wanted) and wanted <= stems_in(around, spoken)


def _of_documents(asked: Asked) -> Iterator[tuple[str, list[Candidate]]]:
    """The best span of each document that answers."""
    seen: set[UUID] = set()
    for each in worth_quoting(asked.seek(asked.text), share=SHARE, most=4 * MOST_SIDES):
        if each.span.document_id not in seen and len(seen) < MOST_SIDES:
            seen.add(each.span.document_id)
            yield each.span.title, [each]


COMPARISON = QuestionKind(NAME, frozenset({"compare"}), answer, order=40)
