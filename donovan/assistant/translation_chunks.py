"""A translation while it grows: chunks of sentences, kept as they are made, found by the next attempt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from donovan.assistant.models import Answer, TranslatedChunk
from donovan.llm.translation import Segment
from ingest.models import Page
from ingest.work.leases import fenced

SENTENCES_A_CHUNK = 60


def segment_data(page: int, offset: int, segment: Segment) -> dict[str, Any]:
    """A segment as it is kept; `offset` is where its text begins in the text of the page."""
    data = asdict(segment)
    data["translated"] = data.pop("is_translated")
    return {
        **data,
        "page": page,
        "start": offset + segment.start,
        "end": offset + segment.end,
        "missing": list(segment.missing),
        "unknown": list(segment.unknown),
        "places": [list(place) for place in segment.places],
    }


def segment_of(data: Mapping[str, Any], offset: int) -> Segment:
    """The segment that was kept as `data`."""
    return Segment(
        data["source"],
        data["target"],
        data["start"] - offset,
        data["end"] - offset,
        tuple(data["missing"]),
        tuple(data["unknown"]),
        data["translated"],
        tuple((start, end) for start, end in data["places"]),
    )


def keep_chunk(answer: Answer, segments: Sequence[dict[str, Any]], labels: Sequence[str]) -> None:
    """Keep these after what is kept already, with the labels of all that they were made from."""
    with fenced():
        last = TranslatedChunk.objects.filter(answer=answer).order_by("-number").first()
        number = last.number + 1 if last is not None else 1
        TranslatedChunk.objects.create(answer=answer, number=number, segments=list(segments))
        Answer.objects.filter(pk=answer.pk).update(labels=list(labels))


def kept_segments(answer: Answer) -> Iterator[dict[str, Any]]:
    """What is kept of an answer that is still being made, in order."""
    for chunk in TranslatedChunk.objects.filter(answer=answer):
        yield from chunk.segments


def kept_of_pages(answer: Answer, pages: Sequence[Page]) -> dict[int, list[dict[str, Any]]]:
    """What an earlier attempt made, by page; nothing where a page reads otherwise by now."""
    texts = {page.number: page.text for page in pages}
    found: dict[int, list[dict[str, Any]]] = {}
    for data in kept_segments(answer):
        there = texts.get(data["page"], "")[data["start"] : data["end"]]
        if " ".join(there.split()) != data["source"]:
            forget_chunks(answer)
            return {}
        found.setdefault(data["page"], []).append(data)
    return found


def forget_chunks(answer: Answer) -> None:
    with fenced():
        TranslatedChunk.objects.filter(answer=answer).delete()
