"""A handful of texts in place of the built-in material of the suites, and a database with its tables made, so
that a suite takes seconds.
"""

import json
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from donovan.evaluation import demo, scratch, sets
from donovan.training.margins import REQUIREMENTS, Requirement

TEXTS = {
    "bridge": "The Orlov bridge was closed on 5 July. Engineers expect it to open again in May.",
    "crane": "The harbour crane is broken since Monday. Twelve ships wait outside the breakwater.",
}
REPORT = {
    "language": "en",
    "title": "Camp Orsa",
    "text": "The camp at Orsa shelters 8,450 people. The school there opens on 2 September.",
    "question": "How many people does the camp at Orsa shelter?",
    "expected": ["8,450"],
}


_TABLES = "tables.sqlite3"


def write(folder: Path) -> None:
    """The material, in the layout of the built-in one, and the tables of the database as they are now."""
    folder.mkdir(parents=True)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / _TABLES)])
    for name, text in TEXTS.items():
        head = f"title: About the {name}\ncollection: relief\nmarking: UNCLASSIFIED\nlanguage: en\n"
        (folder / f"{name}.md").write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
    (folder / "questions.json").write_text("[]", encoding="utf-8")
    (folder / "languages.json").write_text(json.dumps([REPORT]), encoding="utf-8")


def _take_tables(place: Path) -> None:
    shutil.copyfile(place / _TABLES, Path(settings.DATA_DIR) / "donovan.sqlite3")


def use(folder: str) -> None:
    """Let the suites of this process measure it, and the gate of a verifier ask for the quickest of them."""
    place = Path(folder)
    sets._REPORTS = place / "languages.json"
    demo._folder = lambda: place
    if (place / _TABLES).exists():
        scratch.prepare = lambda: _take_tables(place)
    REQUIREMENTS["verifier"] = Requirement("verification", "right", ("verification",))  # type: ignore[index]
