"""How well entities are found: re3d documents with gold mentions, read by the code that serves users.

What is scored, exactly:

- The folder holds one folder a source, each with `documents.json` and `entities.json`, one JSON object a
  line.
- Gold is every distinct (document, begin, end, kind) with a confidence of at least 0.5. re3d's confidence
  is the
  probability, from experts and crowd, that an annotation is right; what has less (most of it 0) was proposed
  by a machine and not supported: “Vehicle: st ISIL”, “Person: may”. The published CoNLL form of re3d
  drops the
  same ones. A mention of ours that meets only such an annotation counts as wrong. `all_annotations` is the
  score when nothing is dropped.
- Kinds of re3d that are one kind here are put together first (KINDS). Url and CommsIdentifier are one, too.
- What is compared is the extent of a mention. re3d annotates a phrase with its article (“the SDF”); we
  keep the
  name, so the article before one of ours is taken in first (`recognition.extent_start`). Gold is not touched.
- `f1`: a mention counts when its kind and both its ends, to the character, are those of a gold mention, and
  each gold mention counts once; nested gold mentions all count. Pronouns and descriptions (“we”, “the two
  leaders”, “a fighting position”) are gold in re3d as much as names are, and are not taken out.
- `overlap_f1`: the same kind and at least one character in common, one to one.
- `named`: precision, recall and f1 over mentions with a capital letter or figure in them besides a leading
  article, which is set aside on both sides: what can be linked across documents.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.gazetteers.places import ensure_index
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers import installed_recognisers
from donovan.insight.entities.recognition import Recogniser, extent_start

from .errors import UnusableData
from .scratch import Progress

LEAST_CONFIDENCE: Final = 0.5
KINDS: Final = {
    "Temporal": "date",
    "Location": "place",
    "Coordinate": "place",
    "Person": "person",
    "Organisation": "organisation",
    "Nationality": "nationality",
    "MilitaryPlatform": "equipment",
    "Vehicle": "equipment",
    "Weapon": "equipment",
    "Quantity": "quantity",
    "Frequency": "quantity",
    "Money": "money",
    "DocumentReference": "document_number",
    "CommsIdentifier": "contact",
    "Url": "contact",
}
_OURS: Final = {
    **{kind: str(kind) for kind in Kind},
    Kind.COORDINATE: "place",
    Kind.PHONE: "contact",
    Kind.MAIL: "contact",
}
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Span:
    """A mention in one document, as the suite compares it."""

    document: str
    start: int
    end: int
    kind: str
    text: str


@dataclass(frozen=True)
class GoldSet:
    """The texts by id, and all their annotations with their confidence; `sources` are the folders."""

    texts: dict[str, str]
    gold: dict[Span, float]
    sources: dict[str, str]


def read_gold(folder: Path) -> GoldSet:
    """Every source below `folder` (or `folder` itself). Raises UnusableData."""
    homes = [p for p in (folder, *sorted(folder.glob("*")), *sorted(folder.glob("*/*"))) if _is_source(p)]
    if not homes:
        raise UnusableData(
            f"{folder} holds no folder with documents.json and entities.json, one JSON object a line."
        )
    texts: dict[str, str] = {}
    sources: dict[str, str] = {}
    gold: dict[Span, float] = {}
    for home in homes:
        for line in _objects(home / "documents.json", ("_id", "text")):
            texts[line["_id"]], sources[line["_id"]] = str(line["text"]), home.name
        for line in _objects(home / "entities.json", ("documentId", "begin", "end", "type")):
            text, kind = texts.get(line["documentId"], ""), KINDS.get(line["type"])
            start, end = int(line["begin"]), int(line["end"])
            if kind is None or not 0 <= start < end <= len(text):
                continue
            span = Span(line["documentId"], start, end, kind, text[start:end])
            gold[span] = max(gold.get(span, 0.0), float(line.get("confidence", 1)))
    return GoldSet(texts, gold, sources)


def _is_source(folder: Path) -> bool:
    return (folder / "documents.json").is_file() and (folder / "entities.json").is_file()


def _objects(path: Path, fields: Iterable[str]) -> list[dict[str, Any]]:
    """The objects of a file, one after the other; mongoexport does not always end a line between them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableData(f"{path} cannot be read as UTF-8 text.") from error
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            said, at = decoder.raw_decode(text, at)
        except ValueError as error:
            line = text.count("\n", 0, at) + 1
            raise UnusableData(f"{path}, line {line}: this is not JSON.") from error
        if not isinstance(said, dict) or any(name not in said for name in fields):
            line = text.count("\n", 0, at) + 1
            raise UnusableData(f"{path}, line {line}: expected an object with {', '.join(fields)}.")
        found.append(said)
    return found


def run_entities_suite(
    folder: Path,
    *,
    recognisers: tuple[Recogniser, ...] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Find the entities of every document and compare. Raises UnusableData."""
    data = read_gold(folder)
    progress(f"{len(data.texts)} documents")
    ensure_index()
    began = time.monotonic()
    ours = found_in(data.texts, recognisers or installed_recognisers())
    seconds = time.monotonic() - began
    sure = {span for span, confidence in data.gold.items() if confidence >= LEAST_CONFIDENCE}
    report: dict[str, Any] = {
        "documents": len(data.texts),
        "characters": sum(map(len, data.texts.values())),
        "seconds": round(seconds, 2),
        "scored": f"kind and both ends exact; annotations with confidence of at least {LEAST_CONFIDENCE}",
        **scores(ours, sure),
        "all_annotations": scores(ours, set(data.gold))["kinds"],
        "sources": {},
    }
    for source in sorted(set(data.sources.values())):
        inside = {name for name, home in data.sources.items() if home == source}
        part = scores({s for s in ours if s.document in inside}, {s for s in sure if s.document in inside})
        report["sources"][source] = {
            "f1": part["micro"]["f1"],
            "kinds": {kind: line["f1"] for kind, line in part["kinds"].items()},
        }
    return report


def found_in(texts: Mapping[str, str], recognisers: tuple[Recogniser, ...]) -> set[Span]:
    """What the product finds in each text, taken as a document of one page without a date."""
    spans = set()
    for name, text in texts.items():
        for batch in extract([PageText(1, text, "en")], recognisers, None):
            for mention in batch.mentions:
                found = mention.found
                start = extent_start(text, found)
                spans.add(Span(name, start, found.end, _OURS[found.kind], text[start : found.end]))
    return spans


def scores(ours: set[Span], gold: set[Span]) -> dict[str, Any]:
    """Scores by kind and over all (micro)."""
    kinds = {}
    for kind in sorted({span.kind for span in gold}):
        kinds[kind] = _line({s for s in ours if s.kind == kind}, {s for s in gold if s.kind == kind})
    scored = {s for s in ours if s.kind in kinds}
    return {"micro": _line(scored, gold), "kinds": kinds}


def _line(ours: set[Span], gold: set[Span]) -> dict[str, Any]:
    named_ours = {bare for s in ours if (bare := _named(s)) is not None}
    named_gold = {bare for s in gold if (bare := _named(s)) is not None}
    return {
        "gold": len(gold),
        "found": len(ours),
        **_measures(len(ours & gold), len(ours), len(gold)),
        "overlap_f1": _measures(_overlapping(ours, gold), len(ours), len(gold))["f1"],
        "named": {
            "gold": len(named_gold),
            **_measures(len(named_ours & named_gold), len(named_ours), len(named_gold)),
        },
    }


def _named(span: Span) -> Span | None:
    """The span without its leading article, when a capital letter or a figure remains."""
    article = _ARTICLE.match(span.text)
    cut = article.end() if article else 0
    text = span.text[cut:]
    if not any(c.isupper() or c.isdigit() for c in text):
        return None
    return Span(span.document, span.start + cut, span.end, span.kind, text)


def _measures(right: int, found: int, gold: int) -> dict[str, float]:
    precision, recall = right / found if found else 0.0, right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _overlapping(ours: set[Span], gold: set[Span]) -> int:
    """How many of ours can be paired with a gold mention that shares a character, each with one."""
    waiting: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for span in sorted(gold):
        waiting[span.document, span.kind].append(span)
    count = 0
    for span in sorted(ours):
        beside = waiting[span.document, span.kind]
        meets = [g for g in beside if g.start < span.end and span.start < g.end]
        if meets:
            best = max(meets, key=lambda g: min(g.end, span.end) - max(g.start, span.start))
            beside.remove(best)
            count += 1
    return count


def readable(report: Mapping[str, Any]) -> str:
    """The report as a table."""
    lines = [
        f"{report['documents']} documents, {report['characters']:,} characters in {report['seconds']} s",
        f"scored: {report['scored']}",
        f"{'kind':<16}{'gold':>6}{'found':>7}{'P':>8}{'R':>8}{'F1':>8}{'overlap':>9}{'named F1':>10}",
    ]
    for kind, line in [*report["kinds"].items(), ("all", report["micro"])]:
        lines.append(
            f"{kind:<16}{line['gold']:>6}{line['found']:>7}{line['precision']:>8.3f}{line['recall']:>8.3f}"
            f"{line['f1']:>8.3f}{line['overlap_f1']:>9.3f}{line['named']['f1']:>10.3f}"
        )
    return "\n".join(lines)
