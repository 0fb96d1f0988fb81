"""Ids of the library. What was imported names documents of other systems beside them, by ids of any kind."""

from uuid import UUID


def id_of(text: object) -> UUID | None:
    """The id that a text is; None for what is none of the library."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
