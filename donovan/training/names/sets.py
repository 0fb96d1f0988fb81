"""Public sets of marked names, read into one form: a text and the places of its people, organisations and
places.

Each set is marked by its own book. What is one thing here is put together (a politician is a person, a
country a place), what is none of the three is left unmarked, and a name is the name alone: no article and no
title before it, as those are added by rule where a name is shown.
"""

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from donovan.insight.entities.gazetteers.countries import adjectives
from donovan.insight.entities.recognisers.people import without_title
from donovan.insight.entities.recognisers.shapes import OPENERS

KINDS = ("person", "organisation", "place")

_KIND_OF = {
    "PER": "person", "person": "person", "politician": "person", "Person": "person",
    "ORG": "organisation", "organisation": "organisation", "politicalparty": "organisation",
    "corporation": "organisation", "group": "organisation", "Org": "organisation",
    "Organisation": "organisation", "LocOrg": "place",
    "LOC": "place", "location": "place", "country": "place", "Location": "place",
}  # fmt: skip
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?)\]%»”’]|['’](?:s|t|re|ve|ll|d|m)\b|n't\b", re.IGNORECASE)
_NO_SPACE_AFTER = re.compile(r"[(\[«“$£€#]$")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_BEGINS_AS_NAME = re.compile(r"(?:[a-z]{1,3}[-'’ ])?[^\W\d_a-zа-яё]|\d")
_HELD_OUT = 16
_LEAST_WORDS, _MOST_WORDS = 12, 110
"""An example is one sentence or a few that follow each other, as a page is read in windows of several."""


@dataclass(frozen=True)
class Marked:
    """A text with its names as (first character, past the last, kind)."""

    text: str
    names: tuple[tuple[int, int, str], ...]


def joined(sentences: Iterable[Marked], chance: random.Random) -> Iterator[Marked]:
    """Sentences that follow each other put together, some with a new line between them."""
    text, names, longest = "", [], chance.randint(_LEAST_WORDS, _MOST_WORDS)
    for sentence in sentences:
        if text:
            text += "\n" if chance.random() < 0.15 else " "
        names += [(a + len(text), b + len(text), kind) for a, b, kind in sentence.names]
        text += sentence.text
        if len(text) > longest * 6:
            yield Marked(text, tuple(names))
            text, names, longest = "", [], chance.randint(_LEAST_WORDS, _MOST_WORDS)
    if text:
        yield Marked(text, tuple(names))


def _sentence(words: Sequence[str], tags: Sequence[str], written: str = "") -> Marked:
    """A sentence from its words and IOB tags; `written` is how it stood, where the set tells."""
    text = written
    places: list[tuple[int, int]] = []
    for word in words:
        if written:
            at = text.find(word, places[-1][1] if places else 0)
            if at < 0:
                return _sentence(words, tags)
            places.append((at, at + len(word)))
            continue
        if text and not _NO_SPACE_BEFORE.match(word) and not _NO_SPACE_AFTER.search(text):
            text += " "
        places.append((len(text), len(text) + len(word)))
        text += word
    names: list[tuple[int, int, str]] = []
    before = ""
    for (start, end), tag in zip(places, tags, strict=True):
        kind = _KIND_OF.get(tag[2:], "") if tag[:2] in ("B-", "I-") else ""
        if kind and tag[0] == "I" and before == tag[2:] and names:
            names[-1] = (names[-1][0], end, kind)
        elif kind:
            names.append((start, end, kind))
        before = tag[2:] if kind else ""
    return _trimmed(text, names)


def _trimmed(text: str, names: Iterable[tuple[int, int, str]]) -> Marked:
    """Without articles, titles, and what only says of which country something is."""
    kept = []
    for begin, end, kind in names:
        article = _ARTICLE.match(text, begin, end)
        start = article.end() if article else begin
        if kind == "person":
            start = end - len(without_title(text[start:end]))
        if kind == "place" and text[start:end] in adjectives():
            continue
        if end > start:
            kept.append((start, end, kind))
    return Marked(text, tuple(kept))


def from_iob(path: Path) -> Iterator[Marked]:
    """Sentences of a file of one word a line: CoNLL (the tag last) or the IOB2 of Universal NER."""
    words: list[str] = []
    tags: list[str] = []
    written = ""
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        parts = line.split("\t") if "\t" in line else line.split()
        if line.startswith("# text = "):
            written = line.removeprefix("# text = ")
        elif not line.strip():
            if words:
                yield _sentence(words, tags, written)
            words, tags, written = [], [], ""
        elif not line.startswith("# ") and parts[0] != "-DOCSTART-":
            is_numbered = len(parts) > 2 and parts[0].isdigit()
            words.append(parts[1] if is_numbered else parts[0])
            tags.append(parts[2] if is_numbered else parts[-1])


def from_docred(path: Path) -> Iterator[Marked]:
    """Sentences of DocRED: every mention of a thing is marked."""
    for document in json.loads(path.read_text(encoding="utf-8")):
        tags = [["O"] * len(words) for words in document["sents"]]
        for mentions in document["vertexSet"]:
            for mention in mentions:
                start, end = mention["pos"]
                row = tags[mention["sent_id"]]
                row[start:end] = [f"B-{mention['type']}", *[f"I-{mention['type']}"] * (end - start - 1)]
        for words, row in zip(document["sents"], tags, strict=True):
            yield _sentence(words, row)


def from_re3d(folder: Path, is_taken: Callable[[str], bool]) -> Iterator[Marked]:
    """Paragraphs of the documents of re3d that are to be taken, names alone."""
    for home in sorted(folder.iterdir()):
        names: dict[str, list[tuple[int, int, str]]] = {}
        for line in objects(home / "entities.json"):
            kind = _KIND_OF.get(str(line["type"]), "")
            if kind and float(str(line["confidence"])) >= 0.5:
                names.setdefault(str(line["documentId"]), []).append(
                    (int(str(line["begin"])), int(str(line["end"])), kind)
                )
        for line in objects(home / "documents.json"):
            if is_taken(str(line["_id"])):
                yield from _paragraphs(str(line["text"]), names.get(str(line["_id"]), []))


def objects(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a file, one after the other."""
    text, at, decoder = path.read_text(encoding="utf-8-sig"), 0, json.JSONDecoder()
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        said, at = decoder.raw_decode(text, at)
        yield said


def _paragraphs(text: str, names: Iterable[tuple[int, int, str]]) -> Iterator[Marked]:
    """The paragraphs of a text; of names that overlap, the longer."""
    taken: list[tuple[int, int, str]] = []
    for name in sorted(set(names), key=lambda name: (name[0] - name[1], name)):
        bare = _ARTICLE.sub("", text[name[0] : name[1]], count=1)
        is_named = _BEGINS_AS_NAME.match(bare) is not None and bare.lower() not in OPENERS
        if is_named and all(name[1] <= other[0] or other[1] <= name[0] for other in taken):
            taken.append(name)
    for found in re.finditer(r"[^\n]+", text):
        start, end = found.span()
        inside = [(a - start, b - start, kind) for a, b, kind in sorted(taken) if start <= a and b <= end]
        yield _trimmed(found.group(), inside)


_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_LETTERS = str.maketrans("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш")


def in_cyrillic(example: Marked) -> Marked:
    """A Serbian sentence in the other of its two scripts; foreign letters stay as they are."""
    text, moved, at = "", [0] * (len(example.text) + 1), 0
    while at < len(example.text):
        taken = 2 if example.text[at : at + 2].lower() in _DIGRAPHS else 1
        letters = example.text[at : at + taken]
        small = letters.lower()
        new = _DIGRAPHS.get(small) or small.translate(_LETTERS)
        for i in range(taken):
            moved[at + i] = len(text)
        text += new.upper() if letters[0].isupper() and new != small else letters if new == small else new
        at += taken
    moved[at] = len(text)
    return Marked(text, tuple((moved[a], moved[b], kind) for a, b, kind in example.names))


def cased(example: Marked, chance: random.Random) -> Marked:
    """A few examples without the help of capitals: all small, or all capitals as in headings."""
    drawn = chance.random()
    changed = example.text.upper() if drawn < 0.05 else example.text.lower() if drawn < 0.08 else example.text
    return Marked(changed, example.names) if len(changed) == len(example.text) else example


def is_learned_from(document: str) -> bool:
    """Half of the documents of re3d, by their ids; the others are for measuring."""
    return int(document[:8], 16) % 2 == 0


@dataclass(frozen=True)
class Source:
    """A set: how it is read from the folder of all sets, and how many characters of it are taken at most."""

    name: str
    read: Callable[[Path], Iterator[Marked]]
    most: int
    times: int = 1


SOURCES = (
    Source("re3d, half", lambda sets: from_re3d(sets / "re3d", is_learned_from), 200_000, 2),
    Source("ewt", lambda sets: from_iob(sets / "en_ewt-ud-dev.iob2"), 200_000),
    Source("docred", lambda sets: from_docred(sets / "redocred-dev.json"), 600_000),
    Source("wnut17", lambda sets: from_iob(sets / "wnut17-train.conll"), 180_000),
    Source("politics", lambda sets: from_iob(sets / "politics-dev.txt"), 150_000),
    Source("croatian", lambda sets: from_iob(sets / "hr_set-ud-train.iob2"), 250_000),
    Source("serbian", lambda sets: map(in_cyrillic, from_iob(sets / "sr_set-ud-train.iob2")), 200_000),
    Source("portuguese", lambda sets: from_iob(sets / "pt_bosque-ud-train.iob2"), 300_000),
    Source("chinese", lambda sets: from_iob(sets / "zh_gsd-ud-train.iob2"), 80_000),
)


def gather(folder: Path, seed: int, on_progress: Callable[[str], None]) -> tuple[list[Marked], list[Marked]]:
    """Examples to learn from, shuffled, and one in sixteen of each set held out. What is missing is said."""
    kept: list[Marked] = []
    held: list[Marked] = []
    for source in SOURCES:
        chance = random.Random(f"{seed}/{source.name}")  # noqa: S311
        try:
            examples = list(joined(source.read(folder), chance))
        except OSError as error:
            on_progress(f"{source.name}: left out, {error.filename} is not there")
            continue
        chance.shuffle(examples)
        taken, characters = [], 0
        for example in examples:
            if characters < source.most:
                taken.append(example)
                characters += len(example.text)
        share = len(taken) // _HELD_OUT
        held += taken[:share]
        kept += [cased(example, chance) for example in taken[share:] * source.times]
        on_progress(f"{source.name}: {len(taken) - share} examples of {characters:,} characters")
    random.Random(seed).shuffle(kept)  # noqa: S311
    return kept, held
