"""Label projects of every kind, made by the real services, and their addresses."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

import pytest

from donovan.access.models import User
from donovan.feedback.projects import items, labelling, members, services
from donovan.feedback.projects.models import LabelProject
from donovan.library.callers import Caller

REPORTS = [
    {"title": f"Report {number}", "text": f"As of 0600 lane {number} of the bridge at Kessa is open."}
    for number in range(1, 9)
]
NAMES = "Colonel Ivanov \U0001f6a9 left Kessa on 12 March.\r\nThe “Northern Star” docked at Lamar."
ROWS: dict[str, list[dict[str, Any]]] = {
    "document_class": REPORTS,
    "entities": [{"text": NAMES}, {"text": "Captain Marsh met him at the Orlov bridge."}],
    "relevance": [
        {"question": "When did it open?", "passage": row["text"], "title": row["title"]} for row in REPORTS
    ],
    "preference": [
        {
            "question": "When did the bridge open?",
            "context": ["The bridge opened on 12 March 2026."],
            "a": f"On 12 March 2026, draft {number} of the one.",
            "b": f"In spring, draft {number} of the other.",
        }
        for number in range(1, 5)
    ],
    "claim_support": [
        {
            "question": "When did the bridge open?",
            "claim": "The bridge opened on 13 March 2026.",
            "evidence": ["The bridge opened on 12 March 2026."],
        }
    ],
    "translation": [
        {"text": "Мост открыт.", "source_language": "ru", "target_language": "en", "draft": "Bridge open."}
    ],
    "table_cell": [
        {
            "table": {
                "columns": ["Depot", "Litres"],
                "rows": [["Zeta", "250"], ["Kessa", "90"]],
                "numbers": [1, 2],
            },
            "row": 1,
            "column": "Litres",
            "shown": "250",
        }
    ],
}


class MakeProject(Protocol):
    def __call__(
        self,
        owner: User,
        template: str = "document_class",
        *,
        labellers: Sequence[User] = (),
        rows: list[dict[str, Any]] | None = None,
        marking: str = "UNCLASSIFIED",
        is_released: bool = True,
        **changes: Any,
    ) -> LabelProject: ...


@pytest.fixture
def make_project(db: None) -> MakeProject:
    """`make_project(ana, "entities", labellers=[ana, ben])` is a released project with items of that kind."""

    def make(
        owner: User,
        template: str = "document_class",
        *,
        labellers: Sequence[User] = (),
        rows: list[dict[str, Any]] | None = None,
        marking: str = "UNCLASSIFIED",
        is_released: bool = True,
        **changes: Any,
    ) -> LabelProject:
        caller = Caller.named(owner, source="test")
        project = services.create_project(caller, template=template, title=f"Project of {template}")
        for person in labellers or [owner]:
            members.add_member(caller, project.pk, username=person.username, role="labeller")
        add_items(owner, project, ROWS[template] if rows is None else rows, marking=marking)
        services.change_project(caller, project.pk, **{"gold_share": 0, **changes})
        if is_released:
            services.release(caller, project.pk)
        project.refresh_from_db()
        return project

    return make


def add_items(
    owner: User, project: LabelProject, rows: list[dict[str, Any]], *, marking: str = "UNCLASSIFIED"
) -> None:
    """Add items as the lines of a file."""
    if rows:
        items.add_file(
            Caller.named(owner, source="test"),
            project.pk,
            name="items.jsonl",
            content="\n".join(json.dumps(row) for row in rows).encode(),
            collection="relief",
            marking=marking,
        )


def label_all(person: User, project: LabelProject, values: Sequence[dict[str, Any]]) -> None:
    """Have a person answer the next items with these values, one after another."""
    caller = Caller.named(person, source="test")
    for value in values:
        slot = labelling.next_item(caller, project.pk)
        assert slot is not None
        labelling.give_label(caller, slot.pk, value)
