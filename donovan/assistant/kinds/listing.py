"""Lists: every item with its source, how many there are, and whether that is all.

An item is what stands between the commas of an enumeration, a line of a list, or a statement of its own. What
the items are is read off the quoted words; nothing is put into words of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from donovan.assistant.kinds.quoted import number_of, once, quotation, worth_quoting
from donovan.assistant.kinds.registry import Asked, Candidate, QuestionKind, Taken
from donovan.assistant.spans import Span, cut, overlap
from ingest.models import Page
from ingest.values.numbers import quantities

NAME = "list"
MOST_QUOTED = 8
SHARE = 0.5
LONGEST_RUN = 30

_MARK = re.compile(r"\s*(?:[-*•·–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s)", re.IGNORECASE)
_LAST = r"(?:,?\s+(?:and|or|as well as|y|e|et|und|sowie|и|а также)\s+|[,;]\s+)"
_ITEM = r"[^,;:.()\n]{2,70}?"
_RUN = re.compile(rf"(?P<run>{_ITEM}(?:[,;]\s+{_ITEM}){{1,30}}{_LAST}{_ITEM})(?=[.;:)\n]|,\s|$)")
_JOINS = re.compile(r"[,;]\s+(?:and\s+|or\s+|y\s+|et\s+|und\s+|и\s+)?|\s+(?:and|or|y|et|und|и)\s+(?=[^,;]*$)")
_LONGEST_ITEM_WORDS = 9


def answer(asked: Asked) -> Taken | None:
    """Every quotation that answers, with the items in them, or None where nothing answers surely."""
    if not asked.is_sure():
        return None
    chosen = worth_quoting(asked.seek(asked.text), share=SHARE, most=MOST_QUOTED)
    if not chosen:
        return None
    spans = _with_neighbours(chosen, asked)
    groups = once(sorted(spans, key=lambda span: _place(span, spans)))
    items = list(dict.fromkeys(item for group in groups for item in items_of(group[0].text)))
    documents = len({span.document_id for group in groups for span in group})
    return Taken(
        kind=NAME,
        form="list",
        statements=tuple(quotation(group) for group in groups),
        notices=(_counted(asked.text, items or [group[0].text for group in groups], len(groups), documents),),
        facts={"items": items, "quotations": len(groups), "documents_quoted": documents},
    )


def items_of(text: str) -> list[str]:
    """The items of the longest enumeration in a text: three or more short stretches between commas."""
    runs = []
    for match in _RUN.finditer(text):
        items = [item.strip(" \"'“”") for item in _JOINS.split(match["run"])]
        kept = [item for item in items if item and len(item.split()) <= _LONGEST_ITEM_WORDS]
        if len(kept) >= 3 and len(kept) >= len(items) - 1:
            runs.append([_without_lead_in(kept), *kept[1:]])
    return max(runs, key=len, default=[])


def _without_lead_in(items: Sequence[str]) -> str:
    """The first item without the words that lead to it: where the others are names, its own name."""
    words = items[0].split()
    if sum(item[:1].isupper() for item in items[1:]) < len(items) - 1:
        return items[0]
    first = len(words)
    while first and words[first - 1][:1].isupper():
        first -= 1
    return " ".join(words[first:]) or items[0]


def _counted(question: str, items: Sequence[str], quotations: int, documents: int) -> str:
    """How many items there are, and whether they are as many as the question speaks of."""
    found = number_of(len(items), "item", "items")
    where = (
        f"{number_of(quotations, 'quotation', 'quotations')} from "
        f"{number_of(documents, 'document', 'documents')}"
    )
    asked = {
        int(value)
        for quantity in quantities(question, "en")
        for value in quantity.values
        if not quantity.unit and value == int(value) and 2 <= value <= 40
    }
    if len(items) in asked:
        return f"{found}, as many as the question speaks of, in {where}."
    if asked:
        return f"{found} in {where}; the question speaks of {max(asked)}, so the list may not be complete."
    return f"{found} in {where}. Whether these are all, the documents found do not say."


def _with_neighbours(chosen: Sequence[Candidate], asked: Asked) -> list[Span]:
    """The chosen spans, and the further lines of a list that one of them opens or belongs to."""
    texts = dict(_pages(chosen, asked))
    spans: list[Span] = []
    for each in chosen:
        for span in (
            each.span,
            *_rest_of_list(each.span, texts.get((each.span.document_id, each.span.page), "")),
        ):
            if not any(overlap(span, other) for other in spans):
                spans.append(span)
    return spans


def _pages(chosen: Sequence[Candidate], asked: Asked) -> list[tuple[tuple[UUID, int], str]]:
    rows = Page.objects.filter(
        document_id__in={each.span.document_id for each in chosen},
        number__in={each.span.page for each in chosen},
        document__label__in=asked.scope.labels,
    ).values_list("document_id", "number", "text")
    return [((document, number), text) for document, number, text in rows]


def _rest_of_list(span: Span, page: str) -> list[Span]:
    if page[span.start : span.end] != span.text:
        return []
    cuts = list(cut(page))
    at = next((number for number, (start, _end) in enumerate(cuts) if start >= span.start), -1)
    if at < 0:
        return []
    is_item = _MARK.match(span.text) is not None
    if not is_item and not span.text.rstrip().endswith(":"):
        return []
    first = at
    while is_item and first > 0 and at - first < LONGEST_RUN and _MARK.match(page[slice(*cuts[first - 1])]):
        first -= 1
    last = at
    while last + 1 < len(cuts) and last - first < LONGEST_RUN and _MARK.match(page[slice(*cuts[last + 1])]):
        last += 1
    return [
        replace(span, start=start, end=end, text=page[start:end], before="", neighbours=("", ""))
        for start, end in cuts[first : last + 1]
        if start != span.start
    ]


def _place(span: Span, spans: Sequence[Span]) -> tuple[int, int, int]:
    """Documents in the order in which they were chosen; within one, as it reads."""
    order = list(dict.fromkeys(each.document_id for each in spans))
    return order.index(span.document_id), span.page, span.start


LIST = QuestionKind(NAME, frozenset({"list"}), answer, order=40)
