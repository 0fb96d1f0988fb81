"""How a query is understood: in the scope of whoever asks, and in words that can be shown to them."""

from dataclasses import dataclass

from donovan.library.errors import LibraryError
from donovan.library.query_fields import resolvers
from retrieval.querying.explaining import explained
from retrieval.querying.marking import marked
from retrieval.querying.reading import read, wanted
from retrieval.querying.resolving import resolved
from retrieval.querying.tree import Node, QueryError
from retrieval.scope import AccessScope


@dataclass(frozen=True)
class Understood:
    """A query of the language. `said` stands behind “Read as:”, and `words` rank what meets the condition."""

    condition: Node
    words: str
    said: str

    def marks(self, text: str, language: str) -> list[tuple[int, int]]:
        """Where a passage holds what is asked for: neither operators nor what it must not hold."""
        return marked(text, language, wanted(self.condition))


def check_query(query: str) -> bool:
    """Whether a query is one of the language. Raises LibraryError for one that cannot be read."""
    try:
        return read(query) is not None
    except QueryError as error:
        raise LibraryError(error.sentence) from error


def understand(query: str, scope: AccessScope) -> Understood | None:
    """The query as the language has it, or None for plain words and questions. Raises LibraryError."""
    try:
        reading = read(query)
        if reading is None:
            return None
        tree = resolved(reading.tree, scope, resolvers())
    except QueryError as error:
        raise LibraryError(error.sentence) from error
    return Understood(tree, reading.words, f"{explained(tree)}. One passage has to meet all of it.")
