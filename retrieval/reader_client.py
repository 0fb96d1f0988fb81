"""The reader in the embedding host as its callers see it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from .embedding_errors import EmbedderUnavailable
from .embedding_frames import FrameError, ask_host
from .embedding_host_client import ANSWER_SECONDS, WORK_SECONDS
from .reader_types import Judgement, ReaderUnavailable, SpanReading, Window

AT_ONCE = 64
LOAD_SECONDS = 60.0
"""How long the host may take to load a reader that it is asked about for the first time."""


def find_reader(key: str) -> "HostReader | None":
    """The reader of the host at settings.EMBEDDER_SOCKET when it is the one of the pointer `key`, or None."""
    path = Path(settings.EMBEDDER_SOCKET)
    if not path.exists():
        return None
    try:
        said, _ = ask_host(path, {"do": "describe reader"}, max(ANSWER_SECONDS, LOAD_SECONDS))
        return HostReader(path, said) if said.get("serves") == key else None
    except (OSError, FrameError, EmbedderUnavailable, KeyError, ValueError):
        return None


class HostReader:
    """The reader in the embedding host."""

    def __init__(self, path: Path, said: Mapping[str, Any]) -> None:
        self._path = path
        self.name = str(said["name"])
        self.thresholds: Mapping[str, float] = {str(k): float(v) for k, v in said["thresholds"].items()}
        self.joined: Mapping[str, float] = {str(k): float(v) for k, v in said["joined"].items()}

    def read(self, question: str, windows: Sequence[Window]) -> list[tuple[SpanReading, ...]]:
        found: list[tuple[SpanReading, ...]] = []
        for start in range(0, len(windows), AT_ONCE):
            asked = [
                [w.title, w.text, [list(place) for place in w.spans]]
                for w in windows[start : start + AT_ONCE]
            ]
            said = self._ask({"do": "read", "question": question, "windows": asked})
            found.extend(tuple(SpanReading(*reading) for reading in row) for row in said["readings"])
        return found

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        found: list[Judgement] = []
        for start in range(0, len(pairs), AT_ONCE):
            asked = [list(pair) for pair in pairs[start : start + AT_ONCE]]
            said = self._ask({"do": "judge", "pairs": asked})
            found.extend(Judgement(*judged) for judged in said["judgements"])
        return found

    def _ask(self, head: dict[str, Any]) -> dict[str, Any]:
        try:
            said, _ = ask_host(self._path, {**head, "model": self.name}, WORK_SECONDS)
        except (OSError, FrameError) as error:
            raise ReaderUnavailable("The embedding host went away while it read. Ask again.") from error
        except EmbedderUnavailable as error:
            raise ReaderUnavailable(str(error)) from error
        if said.get("name") != self.name:
            raise ReaderUnavailable("The reader was changed in the middle of this work. Ask again.")
        return said
