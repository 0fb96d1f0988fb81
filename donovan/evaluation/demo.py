"""The built-in material: the texts and questions of the demonstration, written for this project.

The texts are taken as words, without the scans and office files that the demonstration makes of them, so that
a suite measures what comes after reading. Each keeps its marking: what Ana may read, Ben may not.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from .errors import UnusableData

_TAG = re.compile(
    r"<(?:script|style)(?:[^<]|<(?!/?(?:script|style)))*+</(?:script|style)>|<[^<>]+>", re.DOTALL
)
_DIRECTIVE = re.compile(r"^@(?!figures)\w+\s*")
_PORTION = re.compile(r"^\((?:U|CUI|C|S|TS)(?://[^)]*)?\)\s*")
# Their words stand in files that are made from tables; those tables are no prose and are measured elsewhere.
_WITHOUT_WORDS = 40


@dataclass(frozen=True)
class DemoText:
    """One text: its short name, its title, collection and marking, and its words."""

    name: str
    title: str
    collection: str
    marking: str
    language: str
    text: str


@dataclass(frozen=True)
class DemoQuestion:
    """A question with, for one person, the texts of which one must be in the answer, and their documents.

    A question without expected texts has no answer in what that person may read.
    """

    id: str
    question: str
    kind: str
    person: str
    expected: tuple[str, ...]
    documents: tuple[str, ...]


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "deploy" / "demo" / "texts"


@cache
def demo_texts() -> tuple[DemoText, ...]:
    """All texts of the demonstration that hold prose. Raises UnusableData where they are not installed."""
    folder = _folder()
    if not folder.is_dir():
        raise UnusableData(f"The built-in texts are missing: there is no folder {folder}.")
    paths = [*folder.glob("*.md"), *folder.glob("*.html"), *folder.glob("*.txt")]
    texts = [_text(path) for path in sorted(paths)]
    return tuple(text for text in texts if len(text.text) > _WITHOUT_WORDS)


@cache
def demo_questions() -> tuple[DemoQuestion, ...]:
    """Every question once for each person it has an answer for."""
    try:
        rows: list[dict[str, Any]] = json.loads((_folder() / "questions.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableData("The built-in questions (questions.json) cannot be read.") from error
    present = {text.name for text in demo_texts()}
    found = []
    for number, row in enumerate(rows, start=1):
        for person, answer in row["answers"].items():
            documents = tuple(name for name in answer["documents"] if name in present)
            if answer["refused"] or documents:
                found.append(
                    DemoQuestion(
                        f"demo:{number:02}:{person}",
                        row["question"],
                        row["kind"],
                        person,
                        tuple(answer["expected"]),
                        documents,
                    )
                )
    return tuple(found)


def _text(path: Path) -> DemoText:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if path.suffix == ".html":
        body = "\n".join(line.strip() for line in _TAG.sub("\n", body).splitlines() if line.strip())
    else:
        body = "\n".join(_plain(line) for line in body.splitlines() if not line.startswith("@figures"))
    return DemoText(
        path.stem,
        said.get("title") or said.get("subject") or path.stem,
        said.get("collection", "relief"),
        said.get("marking", "UNCLASSIFIED"),
        said.get("language", "en"),
        body.strip(),
    )


def _plain(line: str) -> str:
    """A line without the marks of our own texts: headings, directions to the printer, portion marks."""
    line = _DIRECTIVE.sub("", line.lstrip("#").strip() if line.startswith("#") else line)
    return _PORTION.sub("", line)
