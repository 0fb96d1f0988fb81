"""What a document says of a name in one place holds for it in all: one name, one meaning, in one document.

After Gale, Church and Yarowsky (One sense per discourse, 1992): a name that is plain in one place is found
wherever it stands, under one kind; short forms go with the full form that the document gives.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognisers.acronyms import Acronym
from donovan.insight.entities.recognition import Found, without_overlaps

NAME = "agreement"
PLAIN = 0.7
MOST_NAMES = 3_000
_NAMES = (Kind.PERSON, Kind.ORGANISATION, Kind.PLACE)


def agreed(text: str, found: Sequence[Found], acronyms: Sequence[Acronym]) -> list[Found]:
    """The mentions of a document after its names were brought into agreement, in order."""
    known = _plain_names(found)
    for acronym in acronyms:
        known.setdefault(acronym.written, _of_acronym(acronym, known))
    known.update({short: meant for short, meant in _short_people(known) if short not in known})
    added = _elsewhere(text, known)
    return [_in_full(mention, known) for mention in without_overlaps([*found, *added])]


def _plain_names(found: Iterable[Found]) -> dict[str, Found]:
    """The best mention of each written name of which the document is sure."""
    votes: dict[str, dict[Kind, float]] = defaultdict(lambda: defaultdict(float))
    best: dict[tuple[str, Kind], Found] = {}
    for mention in found:
        if mention.kind in _NAMES and mention.level == Level.NAMED and mention.confidence >= PLAIN:
            written = " ".join(mention.text.split())
            votes[written][mention.kind] += mention.confidence
            key = (written, mention.kind)
            if key not in best or mention.confidence > best[key].confidence:
                best[key] = mention
    return {
        written: best[written, max(kinds, key=lambda kind: (kinds[kind], kind))]
        for written, kinds in votes.items()
    }


def _of_acronym(acronym: Acronym, known: dict[str, Found]) -> Found:
    kind = next((m.kind for m in known.values() if m.normal == acronym.long), Kind.ORGANISATION)
    return Found(
        acronym.bracket,
        acronym.bracket + len(acronym.written),
        kind,
        acronym.written,
        acronym.short,
        confidence=0.8,
        recogniser=NAME,
    )


def _short_people(known: dict[str, Found]) -> list[tuple[str, Found]]:
    """Last names (and unusual first names) that only one person of the document bears."""
    bearers: dict[str, set[str]] = defaultdict(set)
    full: dict[str, Found] = {}
    for mention in known.values():
        words = mention.text.split()
        if mention.kind == Kind.PERSON and len(words) > 1:
            for word in {words[-1].removesuffix("’s").removesuffix("'s"), words[0]}:
                bearers[word].add(mention.normal)
                full[word] = mention
    return [
        (word, full[word])
        for word, them in bearers.items()
        if len(them) == 1 and len(word) > 2 and word[0].isupper() and full[word].text.split()[0] != word
    ]


def _elsewhere(text: str, known: dict[str, Found]) -> list[Found]:
    names = sorted(known, key=lambda name: (-len(name), name))[:MOST_NAMES]
    if not names:
        return []
    pattern = re.compile(
        r"(?<![\w-])(?:" + "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in names) + r")(?!\w)"
    )
    added = []
    for match in pattern.finditer(text):
        meant = known[" ".join(match.group().split())]
        added.append(
            replace(
                meant,
                start=match.start(),
                end=match.end(),
                text=match.group(),
                confidence=max(meant.confidence - 0.1, 0.5),
                recogniser=NAME,
            )
        )
    return added


def _in_full(mention: Found, known: dict[str, Found]) -> Found:
    """A person's short form under the normal form of the full name; every name under the kind agreed on."""
    if mention.kind not in _NAMES or mention.level != Level.NAMED:
        return mention
    meant = known.get(" ".join(mention.text.split()))
    if meant is None:
        return mention
    if meant.kind == mention.kind or mention.confidence < PLAIN:
        return replace(mention, kind=meant.kind, normal=meant.normal, value=meant.value or mention.value)
    return mention
