"""The process in which a supplied model runs: {"folder", "family", "texts"} in, {"spans"} out.

The spans of each text are (start, end, label, score). Nothing is loaded but from the folder. The part for
GLiNER follows its documentation and was not run: no weights of it are packaged.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import serve

# Well under what spaCy takes at once; GLiNER reads some 380 words.
_LONGEST = {"spacy": 50_000, "gliner": 1_200}
_SPACY_SCORE = 0.8
_GLINER_LABELS = ["person", "organization", "location", "date"]
_GLINER_LEAST = 0.5
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Span = tuple[int, int, str, float]


def find(request: dict[str, Any]) -> dict[str, list[list[Span]]]:
    """The spans of all texts. Raises InsightError where the model cannot be loaded."""
    family = str(request["family"])
    model = _loaded(family, str(request["folder"]))
    cut = [
        (number, offset, _LONE_SURROGATE.sub("\ufffd", piece))
        for number, text in enumerate(request["texts"])
        for offset, piece in _pieces(text, _LONGEST[family])
    ]
    spans: list[list[Span]] = [[] for _ in request["texts"]]
    read = _by_spacy if family == "spacy" else _by_gliner
    answers = read(model, [piece for _, _, piece in cut])
    for (number, offset, _), found in zip(cut, answers, strict=True):
        spans[number] += [(start + offset, end + offset, label, score) for start, end, label, score in found]
    return {"spans": spans}


@lru_cache(maxsize=1)
def _loaded(family: str, folder: str) -> Any:
    try:
        engine = importlib.import_module(family)
        if family == "spacy":
            return engine.load(folder)
        return engine.GLiNER.from_pretrained(folder, local_files_only=True)
    except MemoryError:
        raise
    except Exception as error:  # the libraries raise anything for a folder that is damaged
        raise InsightError(f"The model in {folder} cannot be loaded: {error}") from error


def _pieces(text: str, longest: int) -> Iterator[tuple[int, str]]:
    """The text in pieces that end with a line, a sentence or at least a word."""
    begin = 0
    while begin < len(text):
        end = min(begin + longest, len(text))
        if end < len(text):
            end = next(
                (
                    at + len(mark)
                    for mark in ("\n", ". ", " ")
                    if (at := text.rfind(mark, begin, end)) > begin
                ),
                end,
            )
        yield begin, text[begin:end]
        begin = end


def _by_spacy(model: Any, pieces: list[str]) -> Iterable[list[Span]]:
    for read in model.pipe(pieces, batch_size=8):
        yield [(ent.start_char, ent.end_char, ent.label_, _SPACY_SCORE) for ent in read.ents]


def _by_gliner(model: Any, pieces: list[str]) -> Iterable[list[Span]]:
    for piece in pieces:
        found = model.predict_entities(piece, _GLINER_LABELS, threshold=_GLINER_LEAST)
        yield [(one["start"], one["end"], one["label"], float(one["score"])) for one in found]


if __name__ == "__main__":
    serve(find)
