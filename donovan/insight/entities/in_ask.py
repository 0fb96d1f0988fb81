"""“What do we know about X?”, asked where all questions are asked: what each document says of it, grouped.

X is looked up among the entities in reach. Told are the ways it is named and where, then its own sentences by
what stands in them beside it: people, organisations, places, dates and figures.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from donovan.assistant.kinds import Asked, QuestionKind, Statement, Taken, register
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span
from donovan.assistant.terms import names_of
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.selectors import (
    EntityRow,
    MentionRow,
    entities_in,
    mentions_of,
    readable_mentions,
)
from retrieval.scope import AccessScope

NAME = "what is known about"
MOST_MENTIONS = 200
MOST_A_GROUP = 4
FEWEST_WORDS = 4
_WHAT, _OTHER = "What it is", "Also said"
_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (_WHAT, frozenset()),
    ("With people", frozenset({Kind.PERSON})),
    ("With organisations", frozenset({Kind.ORGANISATION, Kind.NATIONALITY})),
    ("Places", frozenset({Kind.PLACE, Kind.COORDINATE})),
    ("Days and figures", frozenset({Kind.DATE, Kind.QUANTITY, Kind.MONEY})),
    (_OTHER, frozenset(Kind.values)),
)
_APPOSITION = re.compile(
    r"\s*(?:,\s*(?:the|an?|head|chief|director|owner|leader|former|acting|minister|ambassador|commander)\b|\((?=\w)|"
    r"(?:is|was|are|were)\s+(?:the|an?|not|head|owner)\b)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:about|of|on|sobre|de|sur|über|о|об|про)\s+(?:the\s+)?(?P<who>[^?]+?)\s*[?.!]*$", re.IGNORECASE
)


def answer(asked: Asked) -> Taken | None:
    """What the documents in reach say of one entity, or None where the question names none that is known."""
    only = asked.filters.documents
    row = _entity(asked)
    if row is None:
        return None
    mentions, total = mentions_of(asked.scope, row.id, limit=MOST_MENTIONS)
    kept = [
        each
        for each in mentions
        if each.document not in asked.left_out and (not only or each.document in only)
    ]
    if not kept:
        return None
    statements = [_first(row, kept), *_grouped(row, kept, asked.scope)]
    more = total - len(mentions)
    notices = [
        f"{row.name} as {row.kind_label}: gathered from what the documents you may read say of it, "
        "each sentence as it stands."
    ]
    if more > 0:
        notices.append(f"The newest {len(mentions):,} of {total:,} mentions were looked at.")
    return Taken(
        kind=NAME,
        form="groups",
        statements=tuple(statements),
        notices=tuple(notices),
        facts={"entity": str(row.id), "mentions": row.mentions, "documents": row.documents},
        labels=frozenset(each.label for each in kept),
    )


def _entity(asked: Asked) -> EntityRow | None:
    """The entity that the question is about: the most mentioned one of that very name, else of that name in
    part.
    """
    match = _SUBJECT.search(asked.text)
    wanted = [match["who"]] if match else []
    wanted += [" ".join(name) for name in names_of(asked.text, asked.language)]
    for name in wanted:
        rows = entities_in(asked.scope, query=name, limit=10).rows
        exact = [
            row for row in rows if name.casefold() in (each.casefold() for each in (row.name, *row.aliases))
        ]
        if exact or rows:
            return (exact or rows)[0]
    return None


def _first(row: EntityRow, mentions: Sequence[MentionRow]) -> Statement:
    """How often it is named, as what, between which days; cited where it is first named in each document."""
    places = {each.document: each for each in reversed(mentions)}
    also = [alias for alias in row.aliases if alias != row.name][:5]
    names = f", also written {', '.join(f'“{alias}”' for alias in also)}" if also else ""
    days = ""
    if row.first and row.last:
        days = f", in documents of {row.first:%Y-%m-%d}" + (
            "" if row.first == row.last else f" to {row.last:%Y-%m-%d}"
        )
    text = f"{row.name} ({row.kind_label}){names} is named in {len(places)} documents{days}."
    spans = tuple(_spans([places[key] for key in list(places)[:20]]))
    return Statement(text, Claim.Origin.COMPUTED, spans, "Named")


def _grouped(row: EntityRow, mentions: Sequence[MentionRow], scope: AccessScope) -> list[Statement]:
    """The sentences about it, each once, in the first group that fits."""
    beside = _kinds_beside(row, mentions, scope)
    groups: dict[str, list[Statement]] = {head: [] for head, _kinds in _GROUPS}
    seen: set[str] = set()
    for each, span in zip(mentions, _spans(mentions), strict=True):
        words = " ".join(span.text.casefold().split())
        if words in seen or len(words.split()) < FEWEST_WORDS:
            continue
        seen.add(words)
        head = _WHAT if _says_what(each) else _group_of(beside.get(_sentence(each), frozenset()))
        if len(groups[head]) < MOST_A_GROUP:
            groups[head].append(Statement(span.text, Claim.Origin.QUOTED, (span,), head))
    return [statement for head, _kinds in _GROUPS for statement in groups[head]]


def _says_what(mention: MentionRow) -> bool:
    """Whether its own sentence says what it is: "Veselin, a former customs officer"."""
    return _APPOSITION.match(mention.after) is not None


def _group_of(kinds: frozenset[str]) -> str:
    return next((head for head, wanted in _GROUPS if kinds & wanted), _OTHER)


_Place = tuple[UUID, int, int]


def _sentence(mention: MentionRow) -> _Place:
    return mention.document, mention.page, mention.start - len(mention.before)


def _kinds_beside(
    row: EntityRow, mentions: Sequence[MentionRow], scope: AccessScope
) -> dict[_Place, frozenset[str]]:
    """For each sentence the kinds of what it names beside the entity."""
    rows = (
        readable_mentions(scope)
        .filter(document_id__in={each.document for each in mentions})
        .exclude(entity_id=row.id)
        .values_list("document_id", "page", "sentence_start", "kind", "text")
    )
    own = {row.name.casefold(), *(alias.casefold() for alias in row.aliases)}
    found: dict[_Place, set[str]] = {}
    for document, page, start, kind, text in rows:
        if text.casefold() not in own:
            found.setdefault((document, page, start), set()).add(kind)
    return {place: frozenset(kinds) for place, kinds in found.items()}


def _spans(mentions: Sequence[MentionRow]) -> list[Span]:
    """The sentence of each mention."""
    return [
        Span(
            document_id=each.document,
            passage_id=0,
            page=each.page,
            start=each.start - len(each.before),
            end=each.end + len(each.after),
            text=f"{each.before}{each.text}{each.after}",
            title=each.title,
            label=each.label,
        )
        for each in mentions
    ]


WHAT_IS_KNOWN = QuestionKind(NAME, frozenset({"about"}), answer, order=10)


def register_kinds() -> None:
    """Let the assistant ask what is known of somebody or something."""
    register(WHAT_IS_KNOWN)
