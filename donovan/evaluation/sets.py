"""Larger sets from a folder (DONOVAN_EVAL_DATA), each read into one shape: texts, and questions with gold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .errors import UnusableData
from .jsonl import read_objects

LANGUAGES: Final = ("en", "es", "ru", "ar", "zh")
SETS: Final = ("questions", "translation", "summaries", "injection")
"""The folders of the larger sets that a suite looks for."""

_REPORTS = Path(__file__).resolve().parent / "material" / "languages.json"
NO_FOLDER: Final = (
    "Only the built-in material was asked: this installation has no folder of larger public sets. "
    "The system owner names that folder."
)


@dataclass(frozen=True)
class GoldQuestion:
    """A question, the texts of which one is its answer, and the name of the text that holds it."""

    id: str
    question: str
    expected: tuple[str, ...]
    document: str


@dataclass(frozen=True)
class GoldSet:
    """Texts as (name, title, text), and questions about them."""

    name: str
    language: str
    documents: tuple[tuple[str, str, str], ...]
    questions: tuple[GoldQuestion, ...]


def reports() -> list[GoldSet]:
    """The built-in reports: twelve short ones and a question about each, the same in every language.

    Raises UnusableData where they are not installed.
    """
    by_language: dict[str, list[dict[str, Any]]] = {}
    try:
        for row in json.loads(_REPORTS.read_text(encoding="utf-8")):
            by_language.setdefault(row["language"], []).append(row)
    except (OSError, ValueError) as error:
        raise UnusableData("The built-in reports (languages.json) cannot be read.") from error
    return [
        GoldSet(
            f"reports-{language}",
            language,
            tuple((f"{number:02}", row["title"], row["text"]) for number, row in enumerate(rows, start=1)),
            tuple(
                GoldQuestion(
                    f"reports-{language}:{number:02}",
                    row["question"],
                    tuple(row["expected"]),
                    f"{number:02}",
                )
                for number, row in enumerate(rows, start=1)
            ),
        )
        for language, rows in by_language.items()
    ]


def xquad(path: Path, language: str) -> GoldSet:
    """A file in SQuAD layout. Raises UnusableData."""
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        documents: list[tuple[str, str, str]] = []
        questions: list[GoldQuestion] = []
        for article in articles:
            for paragraph in article["paragraphs"]:
                name = f"{language}-{len(documents):03}"
                documents.append((name, "", str(paragraph["context"])))
                for asked in paragraph["qas"]:
                    expected = tuple(dict.fromkeys(str(answer["text"]) for answer in asked["answers"]))
                    questions.append(
                        GoldQuestion(
                            f"xquad-{language}:{len(questions):04}", str(asked["question"]), expected, name
                        )
                    )
    except OSError as error:
        raise UnusableData(f"{path} cannot be read.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableData(f"{path} is not in SQuAD layout.") from error
    return GoldSet(f"xquad-{language}", language, tuple(documents), tuple(questions))


def factbook(folder: Path) -> GoldSet:
    """`corpus.jsonl` and `qa.jsonl`, as of the command `evaluate answers`. Raises UnusableData."""
    corpus = read_objects(folder / "corpus.jsonl", ("_id", "text"), optional=("title",))
    rows = read_objects(folder / "qa.jsonl", ("question", "answer", "doc"))
    return GoldSet(
        "factbook",
        "en",
        tuple((row["_id"], row["title"], row["text"]) for row in corpus),
        tuple(
            GoldQuestion(f"factbook:{number:04}", row["question"], (row["answer"],), row["doc"])
            for number, row in enumerate(rows)
        ),
    )


def around(gold: GoldSet, asked: Sequence[GoldQuestion], most: int | None) -> list[tuple[str, str, str]]:
    """The texts that the questions need, and others at even distances until there are `most` (None: all)."""
    if most is None or most >= len(gold.documents):
        return list(gold.documents)
    needed = {question.document for question in asked}
    others = [document for document in gold.documents if document[0] not in needed]
    room = max(0, most - len(needed))
    kept = {others[index * len(others) // room][0] for index in range(room)} if room and others else set()
    return [document for document in gold.documents if document[0] in needed | kept]


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one on each line. Raises UnusableData."""
    try:
        with path.open(encoding="utf-8") as stream:
            return [json.loads(line) for line in stream if line.strip()]
    except (OSError, ValueError) as error:
        raise UnusableData(f"{path} cannot be read as JSON lines.") from error
