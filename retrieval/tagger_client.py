"""The tagger of names in the embedding host as its callers see it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from .embedding_errors import EmbedderUnavailable
from .embedding_frames import FrameError, ask_host
from .tagger_types import TaggedName, TaggerUnavailable

LOAD_SECONDS = 60.0
WORK_SECONDS = 600.0
CHARACTERS_AT_ONCE = 50_000
"""About a minute of one core."""
TEXTS_AT_ONCE = 256


def find_tagger(name: str) -> "HostTagger | None":
    """The tagger of the host at settings.EMBEDDER_SOCKET when it has that name, or None."""
    path = Path(settings.EMBEDDER_SOCKET)
    if not path.exists():
        return None
    try:
        said, _ = ask_host(path, {"do": "describe tagger"}, LOAD_SECONDS)
        return HostTagger(path, said) if said.get("name") == name else None
    except (OSError, FrameError, EmbedderUnavailable, KeyError, ValueError):
        return None


class HostTagger:
    """The tagger in the embedding host."""

    def __init__(self, path: Path, said: Mapping[str, Any]) -> None:
        self._path = path
        self.name = str(said["name"])
        self.sure: Mapping[str, float] = {str(k): float(v) for k, v in said["sure"].items()}

    def tag(self, texts: Sequence[str]) -> list[list[TaggedName]]:
        found: list[list[TaggedName]] = []
        for some in _at_once(texts):
            said = self._ask({"do": "tag", "texts": some})
            found += [[TaggedName(*name) for name in names] for names in said["names"]]
        return found

    def _ask(self, head: dict[str, Any]) -> dict[str, Any]:
        try:
            said, _ = ask_host(self._path, {**head, "model": self.name}, WORK_SECONDS)
        except (OSError, FrameError) as error:
            raise TaggerUnavailable("The embedding host went away while names were tagged.") from error
        except EmbedderUnavailable as error:
            raise TaggerUnavailable(str(error)) from error
        if said.get("name") != self.name:
            raise TaggerUnavailable("The tagger of names was changed in the middle of this work.")
        return said


def _at_once(texts: Sequence[str]) -> Iterator[list[str]]:
    """Some texts after the other: as many as make CHARACTERS_AT_ONCE, at least one."""
    some: list[str] = []
    size = 0
    for text in texts:
        if some and (size + len(text) > CHARACTERS_AT_ONCE or len(some) == TEXTS_AT_ONCE):
            yield some
            some, size = [], 0
        some.append(text)
        size += len(text)
    if some:
        yield some
