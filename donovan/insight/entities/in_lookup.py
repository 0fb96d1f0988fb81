"""Known people, places and things, dates and positions in a text that was pasted.

Names are those that documents of the scope hold, compared in their normal form: case, accents and the script
of Cyrillic do not matter, another spelling does. Dates, positions, telephone numbers and the like are read by
their rules first, so that “5 July 2026” and “2026-07-05” are one.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator
from uuid import UUID

from django.urls import reverse

from donovan.insight.entities.identity import entity_id, folded
from donovan.insight.entities.in_search import queries_for
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.links import Links, links_in
from donovan.insight.entities.recognisers.contacts import ContactRecogniser
from donovan.insight.entities.recognisers.positions import CoordinateRecogniser
from donovan.insight.entities.recognisers.references import ReferenceRecogniser
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.selectors import names_of, readable_appearances
from donovan.library.lookup import Known, register
from retrieval.scope import AccessScope
from retrieval.stop_words import is_stop_word

NAMED = (
    Kind.PERSON,
    Kind.ORGANISATION,
    Kind.PLACE,
    Kind.NATIONALITY,
    Kind.EQUIPMENT,
)
MOST_WORDS = 6
"""Longer names are not looked for in a text."""

_TOKEN = re.compile(r"\w+(?:[.'’]\w+)*")
LONGEST_HAN = 12
_HAN_RUN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff·]{2,}")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_BETWEEN = re.compile(r"[ \t\u00a0]*+(?:\r?\n[ \t]*+)?|\s?[-–.’']\s?|\. ")
_RULES = (DateRecogniser(), CoordinateRecogniser(), ContactRecogniser(), ReferenceRecogniser())

Places = dict[UUID, list[tuple[int, int]]]


def known_entities(text: str, scope: AccessScope, notices: list[str]) -> list[Known]:
    """The entities that the text names and that documents of the scope name too."""
    links = links_in(scope)
    places: Places = defaultdict(list)
    for entity, place in [*_by_name(text, scope), *_by_rule(text, scope)]:
        shown = links.of(entity)
        if shown not in links.rejected:
            places[shown].append(place)
    return _known(places, links, scope)


def _by_name(text: str, scope: AccessScope) -> list[tuple[UUID, tuple[int, int]]]:
    """Each name with its place: of those that begin at a word the longest."""
    rows = readable_appearances(scope).filter(entity__kind__in=NAMED).order_by()
    by_form: dict[str, list[UUID]] = defaultdict(list)
    for entity, normal, written in rows.values_list("entity_id", "entity__normal", "names").distinct():
        for form in {folded(form) for form in (normal, *written)} - {""}:
            if entity not in by_form[form]:
                by_form[form].append(entity)
    tokens = [(*_bounds(match), folded(_bare(match[0]))) for match in _TOKEN.finditer(text)]
    has_capitals = text != text.lower()
    found = []
    at = 0
    while at < len(tokens):
        form, length, best = "", 0, 0
        while length < MOST_WORDS and at + length < len(tokens) and _goes_on(text, tokens, at, length):
            form = f"{form} {tokens[at + length][2]}".strip()
            length += 1
            if form in by_form and _may_be_name(text[tokens[at][0]], form, has_capitals=has_capitals):
                best, ids = length, by_form[form]
        if best:
            place = (tokens[at][0], tokens[at + best - 1][1])
            found += [(entity, place) for entity in ids]
        at += max(best, 1)
    return found + [
        (entity, place) for form, place in _without_spaces(text, by_form) for entity in by_form[form]
    ]


def _without_spaces(text: str, forms: Container[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names in script without spaces, of those that begin at a sign the longest."""
    for run in _HAN_RUN.finditer(text):
        at = run.start()
        while at < run.end():
            longest = min(LONGEST_HAN, run.end() - at)
            length = next((n for n in range(longest, 1, -1) if folded(text[at : at + n]) in forms), 0)
            if length:
                yield folded(text[at : at + length]), (at, at + length)
            at += max(length, 1)


def _bare(token: str) -> str:
    return _POSSESSIVE.sub("", token)


def _bounds(match: "re.Match[str]") -> tuple[int, int]:
    return match.start(), match.start() + len(_bare(match[0]))


def _goes_on(text: str, tokens: list[tuple[int, int, str]], at: int, length: int) -> bool:
    """Whether the next word can belong to the same name: a space, a hyphen or an initial's dot between."""
    if not length:
        return True
    between = text[tokens[at + length - 1][1] : tokens[at + length][0]]
    return _BETWEEN.fullmatch(between) is not None


def _may_be_name(first: str, form: str, *, has_capitals: bool) -> bool:
    """A name of a text with capitals begins with one, in scripts that have them (`first` is its sign)."""
    if " " not in form and is_stop_word(form, "en") and not first.isupper():
        return False
    return not has_capitals or not first.islower()


def _by_rule(text: str, scope: AccessScope) -> list[tuple[UUID, tuple[int, int]]]:
    read = [
        (entity_id(str(found.kind), found.normal), (found.start, found.end))
        for rule in _RULES
        for found in rule.find(text, "")
        if found.normal
    ]
    ids = {entity for entity, _ in read}
    held = readable_appearances(scope).exclude(entity__kind__in=NAMED).order_by()
    known: set[UUID] = set()
    some = sorted(ids)
    for start in range(0, len(some), 500):
        rows = held.filter(entity_id__in=some[start : start + 500])
        known.update(rows.values_list("entity_id", flat=True).distinct())
    return [(entity, place) for entity, place in read if entity in known]


def _known(places: Places, links: Links, scope: AccessScope) -> list[Known]:
    rows = names_of(scope, places, links)
    queries = queries_for(rows)
    labels: dict[UUID, set[str]] = defaultdict(set)
    here = readable_appearances(scope).filter(links.condition(rows)).order_by()
    for entity, document, label in here.values_list("entity_id", "document_id", "document__label"):
        labels[links.of(entity, document)].add(label)
    return [
        Known(
            places=tuple(sorted(set(places[row.id]))),
            kind=row.kind_label,
            name=row.name,
            counted=row.mentions,
            unit="mentions",
            documents=row.documents,
            labels=frozenset(labels[row.id]),
            address=reverse("entities:entity", args=[row.id]),
            search=queries.get(row.id, "") if row.kind in NAMED else "",
        )
        for row in rows.values()
    ]


register("entities", known_entities)
