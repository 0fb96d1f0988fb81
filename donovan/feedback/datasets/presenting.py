"""What pages show of rows and statistics: short texts, bars, and words for what is kept as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.feedback.datasets.rows import SPLITS, Row
from donovan.feedback.datasets.slices import query_of
from donovan.feedback.datasets.splitting import stratum_of

LONGEST_SHOWN = 600
FACET_TITLES = {
    "values": "Values",
    "language": "Languages",
    "source": "Sources",
    "scan_quality": "Quality of scans",
    "marking": "Markings",
    "origin": "Where labels come from",
    "how": "How a value was come to",
    "people": "People",
}
_QUERY_FIELDS = {"values": "class", "people": "annotator"}
_GRADES = ("0, not relevant", "1, about the same", "2, relevant", "3, answers it")


@dataclass(frozen=True)
class RowView:
    """One row: what it asks or says first, its other parts, its value in words, and the address of its
    document, empty where the reader has none to open.
    """

    id: str
    split: str
    heading: str
    parts: tuple[tuple[str, str], ...]
    value: str
    marking: str
    facts: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True)
class FacetLine:
    """One value of a facet. `share` is of all rows (0 to 1), `query` opens its rows, if any does."""

    name: str
    total: int
    splits: tuple[int, ...]
    share: float
    query: str


@dataclass(frozen=True)
class Facet:
    """How the rows divide by one field."""

    title: str
    lines: tuple[FacetLine, ...]


def row_view(row: Row, address: str = "") -> RowView:
    """A row as a page shows it; `address` opens its document."""
    given = dict(row["input"])
    heading = next(
        (
            str(given.pop(name))
            for name in ("question", "claim", "title", "text", "draft")
            if isinstance(given.get(name), str) and given[name].strip()
        ),
        str(row["id"]),
    )
    parts = [(name.replace("_", " "), _short(value)) for name, value in given.items() if _is_worth(value)]
    facts = [
        str(row[name]) for name in ("language", "date", "scan_quality", "source", "how") if row.get(name)
    ]
    if row.get("agreement", 1.0) != 1.0:
        facts.append(f"agreement {row['agreement']:.2f}")
    if row.get("weight", 1.0) != 1.0:
        facts.append(f"weight {row['weight']:.2f}")
    if row.get("annotators"):
        facts.append(", ".join(row["annotators"]))
    return RowView(
        str(row["id"]),
        str(row["split"]),
        _short(heading),
        tuple(parts),
        value_words(row),
        str(row["marking"]),
        tuple(facts),
        address,
    )


def value_words(row: Mapping[str, Any]) -> str:
    """A value as a person reads it."""
    value = row["value"]
    match row["task"]:
        case "relevance":
            return _GRADES[int(value["grade"])]
        case "spans":
            text = str(row["input"]["text"])
            named = [f"{span['label']}: {text[span['start'] : span['end']]}" for span in value["spans"]]
            return _short("; ".join(named)) or "no spans"
        case "entity_merge":
            return "the same" if value["same"] else "not the same"
        case "usefulness":
            return "useful" if value["useful"] else "not useful"
        case "preference":
            return f"{value['preferred']}, strength {value['strength']}"
        case "answer":
            return _short(value["answer"])
        case "translation" | "transcription" | "table_cell":
            return _short(value["text"]) or "empty"
    return stratum_of(row)


def facets_of(statistics: Mapping[str, Any]) -> list[Facet]:
    """The divisions that say something: more than one value, or the one value that is known."""
    total = max(1, int(statistics.get("total", 0)))
    found = []
    for key, title in FACET_TITLES.items():
        lines: Sequence[Mapping[str, Any]] = statistics.get(key, [])
        shown = [line for line in lines if line["name"]]
        if not shown or (len(shown) == 1 and shown[0]["name"] in ("not known", "nobody named")):
            continue
        found.append(Facet(title, tuple(_line(key, line, total) for line in shown)))
    return found


def _line(key: str, line: Mapping[str, Any], total: int) -> FacetLine:
    name = str(line["name"])
    is_open = not line.get("is_rest")
    wanted = "" if name in ("not known", "nobody named") else name
    query = query_of(_QUERY_FIELDS.get(key, key), wanted) if is_open else ""
    return FacetLine(
        name,
        int(line["total"]),
        tuple(int(line.get(split, 0)) for split in SPLITS),
        int(line["total"]) / total,
        query,
    )


def recipe_lines(recipe: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """A recipe as (what, value) pairs; what says nothing is left out. `titles` are those of the label
    projects that the reader may see, by id.
    """
    return [
        (name.removeprefix("is_").replace("_", " "), _recipe_value(name, value, titles))
        for name, value in recipe.items()
        if value not in ("", None, [], 0, False, 0.0) or name == "seed"
    ]


def _recipe_value(name: str, value: Any, titles: Mapping[str, str]) -> str:
    if name == "projects":
        return ", ".join(titles.get(str(each), "one that you may not see") for each in value)
    if isinstance(value, list):
        return " / ".join(str(each) for each in value)
    return "yes" if value is True else str(value)


def _short(value: Any) -> str:
    if isinstance(value, list):
        text = "\n".join(str(each) for each in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {each}" for name, each in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN].rstrip() + " …"


def _is_worth(value: Any) -> bool:
    return value not in ("", None, [], {})
