"""The nearest words of the scope to words that stand nowhere in it: what was likely meant.

Only the vocabulary of what was searched is looked through, so that a word which only others may read is never
offered.
"""

from collections.abc import Sequence
from uuid import UUID

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ingest.models import Passage

from .lexical import LexicalQuery
from .opened import OpenSegment
from .scope import AccessScope
from .words import normalise, terms

SHORTEST = 4
LONG = 8
MOST_WORDS = 3
MOST_ROWS = 20
"""Passages that are looked at for a word that was found by its stem."""


def nearest_words(
    words: LexicalQuery, asked: Sequence[str], opened: Sequence[OpenSegment], scope: AccessScope
) -> tuple[tuple[str, str, str], ...]:
    """For words of `asked` that stand nowhere in `opened`, the nearest that does, as (asked, nearest, label
    of the passage that it was taken from).
    """
    found = []
    for word in [word for word in asked if len(word) >= SHORTEST and not words.knows(word)][:MOST_WORDS]:
        nearest, label = _nearest(word, opened, scope)
        if nearest:
            found.append((word, nearest, label))
    return tuple(found)


def _nearest(word: str, opened: Sequence[OpenSegment], scope: AccessScope) -> tuple[str, str]:
    most = 1 if len(word) < LONG else 2
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for segment in opened:
        postings = segment.content.postings
        for analysis in postings.analyses_held:
            stem = "".join(terms(word, analysis))
            known = postings.terms(analysis).of_length(len(stem) - most, len(stem) + most)
            near = postings.standing(analysis, known)
            for found, distance, _ in process.extract(
                stem, near, scorer=OSA.distance, score_cutoff=most, limit=MOST_WORDS
            ):
                key = f"{analysis}:{found}"
                before = best.get((analysis, key), (distance, 0))
                best[analysis, key] = distance, before[1] - len(postings.of(key)[0])
    for (analysis, key), _ in sorted(best.items(), key=lambda item: (item[1], item[0]))[:MOST_WORDS]:
        written = _as_written(analysis, key, opened, scope)
        if written[0]:
            return written
    return "", ""


def _as_written(
    analysis: str, key: str, opened: Sequence[OpenSegment], scope: AccessScope
) -> tuple[str, str]:
    """A stem as a word of the first passage that holds it and that may be read, and that passage's label."""
    stem = key.partition(":")[2]
    for segment in opened:
        content = segment.content
        rows = content.postings.of(key)[0][:MOST_ROWS].tolist()
        documents = [content.documents[at] for at in content.document_of_row[rows]]
        texts = Passage.objects.filter(
            document_id__in={UUID(document) for document in documents},
            ordinal__in=content.ordinals[rows].tolist(),
        ).order_by("document_id", "ordinal")
        for label, title, heading, text in texts.values_list("label", "document__title", "heading", "text"):
            if scope.may_read(label):
                for word in normalise(f"{text} {heading} {title}").split():
                    bare = word.strip(".,;:!?()[]«»“”\"'")
                    if bare and terms(bare, analysis) == [stem]:
                        return bare, label
    return "", ""
