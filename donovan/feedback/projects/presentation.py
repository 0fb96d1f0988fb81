"""An item as a page shows it: what there is to see for its task, and what stands beside it.

item_view(caller, project, item, *, slot=None, value=None) -> ItemView
says(project, value) -> str                     an answer in a few words
pieces_of(text, spans, names) -> list[Piece]    a text cut at the edges of its spans
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from donovan.feedback.projects.excerpts import Excerpt, Scan, excerpt_of, scan_of
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.feedback.projects.schema import classes_digest, has_draft, template_of
from donovan.feedback.projects.templates_of_tasks import CHOICE, PREFERENCE, SPANS, STEPS, TEXT
from donovan.library.callers import Caller
from donovan.library.media import language_name
from donovan.library.reading import address_at

COLOURS = 9
_STRENGTHS = ("a little", "clearly", "by far")
_SHORTEST = 160


@dataclass(frozen=True)
class Piece:
    """A stretch of text under the same spans; `closes` are the names of the spans that end with it."""

    text: str
    colour: int = 0
    closes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpanRow:
    """One span as a line of a list. `colour` is 1 to COLOURS by the place of its class."""

    place: int
    words: str
    start: int
    end: int
    label: str
    name: str
    colour: int


@dataclass(frozen=True)
class Draft:
    """One of two drafts as it is shown: `side` is first or second, whichever of a and b it is."""

    side: str
    name: str
    text: str


@dataclass(frozen=True)
class ItemView:
    """All that a page shows of an item. Fields that its task does not have are empty."""

    item: ProjectItem
    project: LabelProject
    kind: str
    value: dict[str, Any] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    spans: list[SpanRow] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    is_blind: bool = False
    is_swapped: bool = False
    scan: Scan | None = None
    excerpt: Excerpt | None = None
    source_language: str = ""
    target_language: str = ""
    address: str = ""
    prelabel: str = ""
    prelabel_by: str = ""

    @property
    def task(self) -> str:
        return self.project.task

    @property
    def input(self) -> dict[str, Any]:
        return dict(self.item.input)

    @property
    def classes(self) -> str:
        """Which classes the form offers, so that it is not taken for another set of them."""
        return classes_digest(self.project)

    @property
    def options(self) -> list[dict[str, Any]]:
        """The options with what the form needs: their place as the value sent, and whether it is chosen."""
        field_name = template_of(self.project).choice_of
        chosen = self.value.get(field_name) if field_name else None
        has_choice = field_name in self.value
        rows = []
        for place, option in enumerate(self.project.options):
            is_chosen = has_choice and option["value"] == chosen
            rows.append({**option, "place": place, "is_chosen": is_chosen, "colour": colour_of(place)})
        if self.kind == PREFERENCE:
            return self._as_drafts(rows)
        return rows

    def _as_drafts(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The options of a preference in the order of the drafts on the screen: the keys follow the eye."""
        by_value = {row["value"]: row for row in rows}
        order = ["b", "a", "tie"] if self.is_swapped else ["a", "b", "tie"]
        tie = by_value.get("tie", {}).get("words", "No difference")
        words = [*(draft.name for draft in self.drafts), tie]
        return [
            {**by_value[value], "words": said, "key": str(number)}
            for number, (value, said) in enumerate(zip(order, words, strict=True), start=1)
            if value in by_value
        ]

    @property
    def strengths(self) -> list[dict[str, Any]]:
        names = self.project.schema.get("strength") or list(_STRENGTHS)
        now = self.value.get("strength")
        return [
            {"value": number, "words": words, "is_chosen": now == number}
            for number, words in enumerate(names[:3], start=1)
        ]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The questions of a claim, with what was answered."""
        given = {step["question"]: step["answer"] for step in self.value.get("steps", [])}
        return [
            {"place": place, "question": question, "answer": given.get(question, "")}
            for place, question in enumerate(self.project.schema.get("steps", []))
        ]

    @property
    def text(self) -> str:
        """What stands in the field of a text: what was typed, else what the machine drafted."""
        if "text" in self.value:
            return str(self.value["text"])
        shown = self.item.input.get("draft", self.item.input.get("shown", ""))
        return str(shown or "")

    @property
    def spans_sent(self) -> str:
        """The spans as the form carries them."""
        return json.dumps(self.value.get("spans", []))

    @property
    def source_sent(self) -> str:
        """The text as a script gets it: as JSON, because HTML would change its line ends."""
        return json.dumps(str(self.item.input.get("text", "")))

    @property
    def qualities(self) -> list[dict[str, Any]]:
        words = ("useless", "misleading", "understandable", "good", "nothing to change")
        now = self.value.get("quality")
        return [
            {"value": number, "words": said, "is_chosen": now == number}
            for number, said in enumerate(words, start=1)
        ]

    @property
    def asks_quality(self) -> bool:
        """Whether a grade is asked for: where the project does, and there is something to grade."""
        return bool(self.project.schema.get("quality")) and has_draft(self.item.input)


def item_view(
    caller: Caller,
    project: LabelProject,
    item: ProjectItem,
    *,
    slot: UUID | None = None,
    value: Mapping[str, Any] | None = None,
    prelabel: Mapping[str, Any] | None = None,
    by: str = "",
) -> ItemView:
    """The item for somebody who may read it. `slot` decides the order of two drafts, so that it differs from
    person to person and stays when the page is loaded again. Without one a stands first and both are called
    as in what people said. `prelabel` is the machine's answer, given only where it may be shown.
    """
    kind, given = template_of(project).kind, item.input
    value = dict(value or {})
    is_swapped = slot is not None and kind == PREFERENCE and _toss(slot)
    spans = value.get("spans", [])
    return ItemView(
        item=item,
        project=project,
        kind=kind,
        value=value,
        pieces=pieces_of(project, str(given.get("text", "")), spans) if kind == SPANS else [],
        spans=span_rows(project, str(given.get("text", "")), spans) if kind == SPANS else [],
        drafts=_drafts(given, is_blind=slot is not None, is_swapped=is_swapped) if kind == PREFERENCE else [],
        is_blind=slot is not None,
        is_swapped=is_swapped,
        scan=scan_of(caller, given) if project.task == "transcription" else None,
        excerpt=excerpt_of(caller, given) if project.task == "table_cell" else None,
        source_language=language_name(str(given.get("source_language", ""))),
        target_language=language_name(str(given.get("target_language", ""))),
        address=address_in_document(caller, item),
        prelabel=says(project, prelabel),
        prelabel_by=by,
    )


def address_in_document(caller: Caller, item: ProjectItem) -> str:
    """Where the item stands in its document; empty when it has none that may be read."""
    document = item.document
    if document is None or not caller.scope.may_read(document.label):
        return ""
    place = item.origin if isinstance(item.origin, dict) else {}
    numbers = [place.get(name) for name in ("page", "start", "end")]
    page, start, end = (number if isinstance(number, int) else 0 for number in numbers)
    return address_at(document.pk, page or 1, start, end)


def colour_of(place: int) -> int:
    """The colour of the class at this place: 1 to COLOURS, and from the start again."""
    return place % COLOURS + 1


def pieces_of(project: LabelProject, text: str, spans: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """`text` cut at the edges of its spans; the inner one of two gives the colour."""
    places = {option["value"]: place for place, option in enumerate(project.options)}
    names = _names(project)
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span["start"], span["end"]))})
    pieces = []
    for start, end in pairwise(edges):
        over = [span for span in spans if span["start"] <= start and end <= span["end"]]
        inner = min(over, key=lambda span: span["end"] - span["start"], default=None)
        closes = tuple(names.get(span["label"], span["label"]) for span in over if span["end"] == end)
        colour = colour_of(places.get(inner["label"], 0)) if inner else 0
        pieces.append(Piece(text[start:end], colour, closes))
    return pieces


def span_rows(project: LabelProject, text: str, spans: Sequence[Mapping[str, Any]]) -> list[SpanRow]:
    """The spans as a list, in the order of the text."""
    places = {option["value"]: place for place, option in enumerate(project.options)}
    names = _names(project)
    return [
        SpanRow(
            place=place,
            words=text[span["start"] : span["end"]],
            start=span["start"],
            end=span["end"],
            label=span["label"],
            name=names.get(span["label"], span["label"]),
            colour=colour_of(places.get(span["label"], 0)),
        )
        for place, span in enumerate(sorted(spans, key=lambda span: (span["start"], span["end"])))
    ]


def says(project: LabelProject, value: Mapping[str, Any] | None) -> str:
    """An answer in a few words, as lists and comparisons show it."""
    if not value:
        return ""
    template, names = template_of(project), _names(project)
    if template.kind in (CHOICE, STEPS):
        chosen = value.get(template.choice_of)
        return names.get(chosen, str(chosen))
    if template.kind == PREFERENCE:
        preferred = value.get("preferred")
        if preferred == "tie":
            return "No difference"
        strengths = project.schema.get("strength") or list(_STRENGTHS)
        strength = int(value.get("strength", 1))
        sure = strengths[strength - 1] if strength <= len(strengths) else ""
        return f"Draft {str(preferred).upper()}, {sure}"
    if template.kind == SPANS:
        count = len(value.get("spans", []))
        return f"{count} span{'' if count == 1 else 's'}" if count else "no span"
    text = " ".join(str(value.get("text", "")).split())
    shown = f"{text[:_SHORTEST]}…" if len(text) > _SHORTEST else text or "(empty)"
    return f"{shown} (quality {value['quality']})" if template.kind == TEXT and "quality" in value else shown


def in_short(item: ProjectItem) -> str:
    """The item in a line, by what tells it from the others: many have one question or one title."""
    given = item.input
    is_part = isinstance(item.origin, dict) and "start" in item.origin
    names = ("claim", "passage", "question", *(("text", "title") if is_part else ("title", "text")))
    for name in (*names, "draft", "shown"):
        text = " ".join(str(given.get(name) or "").split())
        if text and name == "passage":
            text = f"{given.get('question', '')} → {text}"
        if text:
            return f"{text[:_SHORTEST]}…" if len(text) > _SHORTEST else text
    return f"Item {item.ordinal}"


def _names(project: LabelProject) -> dict[Any, str]:
    return {option["value"]: option["words"] for option in project.options}


def _toss(slot: UUID) -> bool:
    """Heads or tails, always the same for one slot."""
    return hashlib.sha256(f"order of drafts {slot}".encode()).digest()[0] % 2 == 1


def _drafts(given: Mapping[str, Any], *, is_blind: bool, is_swapped: bool) -> list[Draft]:
    texts = [str(given.get("a", "")), str(given.get("b", ""))]
    if is_swapped:
        texts.reverse()
    first, second = ("The first", "The second") if is_blind else ("Draft A", "Draft B")
    return [Draft("first", first, texts[0]), Draft("second", second, texts[1])]
