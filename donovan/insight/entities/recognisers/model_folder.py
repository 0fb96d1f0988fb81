"""Names found by a spaCy or GLiNER model in a folder that the site supplies (DONOVAN_NER_MODEL).

The model is loaded from its path only and runs in a process of its own, once for all pages of a document.
Which of the two it is shows in its files: config.cfg and meta.json, or gliner_config.json. A folder that
holds pickles, or weights in a format that is one, is refused: reading a pickle runs what it says. GLiNER
weights must be safetensors.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.people import normal_person
from donovan.insight.entities.recognition import Found
from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import run_subprocess

NAME = "model folder"
CHILD = "donovan.insight.entities.recognisers.model_child"
_MEGABYTES = 6_000
_SECONDS, _CHARACTERS_A_SECOND = 120, 2_000
# The names under which trained models give the kinds: OntoNotes, CoNLL-2003, WikiNER and GLiNER.
KINDS: Final[Mapping[str, Kind]] = {
    "PERSON": Kind.PERSON, "PER": Kind.PERSON,
    "ORG": Kind.ORGANISATION, "ORGANIZATION": Kind.ORGANISATION, "ORGANISATION": Kind.ORGANISATION,
    "GPE": Kind.PLACE, "LOC": Kind.PLACE, "LOCATION": Kind.PLACE, "FAC": Kind.PLACE,
    "NORP": Kind.NATIONALITY, "DATE": Kind.DATE,
}  # fmt: skip
_PICKLED = frozenset({".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".bin"})
# A lookup table of spaCy is MessagePack, whatever its ending.
_IS_NONE = frozenset({"lookups.bin"})
_PICKLE_OR_ZIP = re.compile(rb"\x80[\x02-\x05]|PK\x03\x04")
_MOST_FILES = 2_000

Run = Callable[..., dict[str, Any]]


def family_of(folder: Path) -> str:
    """ "spacy" or "gliner". Raises InsightError with a sentence where the folder cannot be used."""
    if not folder.is_dir():
        raise InsightError(
            f"DONOVAN_NER_MODEL names {folder}, which is no folder. Set it to the folder of the model."
        )
    if (folder / "gliner_config.json").is_file():
        family = "gliner"
    elif (folder / "config.cfg").is_file() and (folder / "meta.json").is_file():
        family = "spacy"
    else:
        raise InsightError(
            f"{folder} holds neither a spaCy model (config.cfg, meta.json) nor a GLiNER model "
            "(gliner_config.json). Set DONOVAN_NER_MODEL to the folder that holds these files."
        )
    if (pickled := _pickled_file(folder, family)) is not None:
        raise InsightError(
            f"{pickled} may hold a pickle, which can run any program when it is read. Supply the model "
            "without it, with its weights as safetensors."
        )
    if family == "gliner" and not any(folder.glob("*.safetensors")):
        raise InsightError(f"{folder} holds no weights as safetensors. Convert the model's weights to it.")
    if find_spec(family) is None:
        raise InsightError(
            f"The model in {folder} needs the Python package {family}, which is not installed here. "
            "Install it, or take DONOVAN_NER_MODEL away."
        )
    return family


def _pickled_file(folder: Path, family: str) -> Path | None:
    for count, path in enumerate(sorted(folder.rglob("*"))):
        if count >= _MOST_FILES:
            return path
        if not path.is_file():
            continue
        is_told = family == "spacy" and path.name in _IS_NONE
        with path.open("rb") as stream:
            begin = stream.read(4)
        if (path.suffix.lower() in _PICKLED and not is_told) or _PICKLE_OR_ZIP.match(begin):
            return path
    return None


@lru_cache(maxsize=4)
def _problem(folder: str) -> str:
    try:
        family_of(Path(folder))
    except InsightError as error:
        return error.sentence
    return ""


def problem_with(folder: str) -> str:
    """Why the folder of the settings cannot be used, as a sentence; "" where it can. Looked at once."""
    return _problem(folder)


class ModelFolderRecogniser:
    """A model in `folder`. Unknown labels are left out. `run` starts the process, as `run_subprocess` does.

    Raises InsightError, when made and when used, where the model cannot be loaded or does not come to an end.
    """

    name = NAME

    def __init__(self, folder: Path, run: Run = run_subprocess) -> None:
        self._folder, self._family, self._run = folder, family_of(folder), run

    def find(self, text: str, language: str) -> list[Found]:
        return self.find_in_pages([text], language)[0]

    def find_in_pages(self, texts: Sequence[str], language: str) -> list[list[Found]]:
        """The mentions of each text, for one start of the model. `language` is the model's own affair."""
        if not any(text.strip() for text in texts):
            return [[] for _ in texts]
        answer = self._run(
            CHILD,
            {"folder": str(self._folder), "family": self._family, "texts": list(texts)},
            seconds=_SECONDS + sum(map(len, texts)) / _CHARACTERS_A_SECOND,
            megabytes=_MEGABYTES,
        )
        return [
            sorted(_mentions(text, spans), key=lambda m: (m.start, -m.end))
            for text, spans in zip(texts, answer["spans"], strict=True)
        ]


def _mentions(text: str, spans: Sequence[tuple[int, int, str, float]]) -> list[Found]:
    found = []
    for start, end, label, score in spans:
        kind, words = KINDS.get(label.upper()), text[start:end].strip()
        if kind is None or not words or "\n\n" in words:
            continue
        begin = start + len(text[start:end]) - len(text[start:end].lstrip())
        normal = normal_person(words) if kind == Kind.PERSON else normal_name(words)
        if normal:
            # Between a rule that is sure of its name and one that guesses from the shape.
            confidence = min(max(score, 0.5), 0.85) if kind != Kind.DATE else 0.5
            found.append(
                Found(begin, begin + len(words), kind, words, normal, confidence=confidence, recogniser=NAME)
            )
    return found
