"""A small spaCy model, made and kept as a folder; without the package, a skip that says so."""

from pathlib import Path

import pytest


def spacy_folder(folder: Path) -> Path:
    """A model that knows one person and one place by rule, and a label that is none of ours."""
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed (deploy/requirements-test.txt).")
    model = spacy.blank("en")
    model.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "PERSON", "pattern": "Qorvath Zelm"},
            {"label": "PERSON", "pattern": "Joseph Votel"},
            {"label": "GPE", "pattern": "Brixholt"},
            {"label": "GPE", "pattern": "Mosul"},
            {"label": "WORK_OF_ART", "pattern": "Tuesday"},
        ]
    )
    model.to_disk(folder)
    return folder
