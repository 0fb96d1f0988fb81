"""A saved search as a watch: what is looked for in new documents, in the words of the search.

A query of the language is watched as it stands; the filters of the search become fields of it. Of plain words
one is watched as a word and a few as a query that demands each; a longer text is a question.
"""

import re
from dataclasses import dataclass

from donovan.insight.watch.models import Watch
from donovan.library.errors import LibraryError
from donovan.library.finding import Asked
from donovan.library.querying import check_query

FEW_WORDS = 4
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class WatchOf:
    """What a watch is made with. `dropped` are filters that a watch of this kind cannot keep."""

    kind: Watch.Kind
    text: str
    collection: str
    dropped: tuple[str, ...] = ()


def watch_of(asked: Asked) -> WatchOf:
    """The watch that looks for what a search asks for."""
    fields = _fields(asked)
    words = _WORD.findall(asked.query)
    if _is_query(asked.query):
        text = " ".join([f"({asked.query})", *fields]) if fields else asked.query
        return WatchOf(Watch.Kind.QUERY, text, asked.collection)
    is_few = 0 < len(words) <= FEW_WORDS and "?" not in asked.query
    if is_few and (fields or len(words) > 1):
        text = " ".join([" AND ".join(word if word.isalnum() else f'"{word}"' for word in words), *fields])
        return WatchOf(Watch.Kind.QUERY, text, asked.collection)
    if is_few:
        return WatchOf(Watch.Kind.WORDS, words[0], asked.collection)
    return WatchOf(Watch.Kind.QUESTION, asked.query, asked.collection, tuple(_filters_of(asked)))


def _is_query(text: str) -> bool:
    try:
        return check_query(text)
    except LibraryError:
        return False


def _fields(asked: Asked) -> list[str]:
    kinds = " OR ".join(f"type:{kind}" for kind in sorted(asked.kinds))
    languages = " OR ".join(f"lang:{code}" for code in sorted(asked.languages))
    fields = [f"({some})" if " OR " in some else some for some in (kinds, languages) if some]
    if asked.date_from:
        fields.append(f"date:>={asked.date_from}")
    if asked.date_to:
        fields.append(f"date:<={asked.date_to}")
    return fields


def _filters_of(asked: Asked) -> list[str]:
    named = {"type": asked.kinds, "language": asked.languages, "dates": asked.date_from or asked.date_to}
    return [name for name, value in named.items() if value]
