"""Labels, callers and a folder of data sets of each test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.models import Annotation
from donovan.feedback.services import keep_label
from donovan.library.callers import Caller

WORDS = (
    *("harbour", "bridge", "convoy", "tents", "fuel", "water", "depot", "radio", "engine", "winter"),
    *("river", "quarry", "signal", "morning", "patrol", "warehouse", "medicine", "generator", "village"),
    "crossing",
)


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATASETS_DIR = tmp_path / "datasets"


@pytest.fixture
def caller_of(cast: dict[str, User]) -> Callable[[str], Caller]:
    """`caller_of("mia")` is Mia with what she may read now."""
    return lambda name: Caller.named(cast[name], source="test")


@pytest.fixture
def mia_calls(caller_of: Callable[[str], Caller]) -> Caller:
    label_for("relief", parse_marking("UNCLASSIFIED"))
    return caller_of("mia")


@pytest.fixture
def give(cast: dict[str, User], collections: Any) -> Callable[..., Annotation]:
    """Keep one label of a person: `give("ana", text="…", value={"class": "memo"})`."""

    def keep(
        person: str,
        *,
        value: dict[str, Any],
        text: str = "",
        task: str = "document_class",
        given: dict[str, Any] | None = None,
        marking: str = "UNCLASSIFIED",
        collection: str = "relief",
        **more: Any,
    ) -> Annotation:
        shown = given if given is not None else {"text": text, "title": ""}
        label = label_for(collection, parse_marking(marking))
        return keep_label(
            user=cast[person],
            task=task,
            target=Annotation.Target.ITEM,
            target_id=f"{person}-{Annotation.objects.count()}",
            shown={"input": shown},
            value=value,
            labels=[label],
            **more,
        )

    return keep


def sentence(number: int) -> str:
    """A text of its own for every number, unlike that of any other."""
    picked = [WORDS[(number * 7 + step * (number + 3)) % len(WORDS)] for step in range(12)]
    return " ".join(f"{word}{number}" if at % 2 else word for at, word in enumerate(picked))


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A finished row of a document class."""
    return {
        "id": f"r{number:04d}",
        "task": "document_class",
        "input": {"text": sentence(number), "title": ""},
        "value": {"class": "memo" if number % 2 else "order"},
        "split": "train",
        "group": "",
        "document": f"d{number}",
        "language": "en",
        "source": "relief",
        "scan_quality": "",
        "date": "2026-03-14",
        "marking": "UNCLASSIFIED",
        "labels": ["relief:UNCLASSIFIED"],
        "weight": 1.0,
        "annotators": [],
        **changes,
    }
