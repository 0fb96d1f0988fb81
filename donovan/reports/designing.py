"""Templates of one's own: every change is kept at once, also one that cannot be used yet, so that nothing
is lost.

What keeps a design from being used is said beside its section (`problem_of`), and again when a report is
started.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.reports.errors import ReportError
from donovan.reports.models import Design
from donovan.reports.sections import KINDS, kind_named
from donovan.reports.selectors import own_design
from donovan.reports.templates_library import TEMPLATES, filled, parameters_in

MOST_SECTIONS = 30
LONGEST_NAME = 120
LONGEST_SETTING = 20_000


def start_design(caller: Caller, *, name: str = "", copied: str = "") -> Design:
    """A new design, empty or with the sections of a built-in template (by its key)."""
    template = TEMPLATES.get(copied)
    sections = [
        {"key": row.key, "kind": row.kind, "heading": row.heading, "settings": dict(row.settings)}
        for row in (template.sections if template else ())
    ]
    with transaction.atomic():
        design = Design.objects.create(
            owner=caller.user,
            name=_checked_name(name) or (f"{template.name}, my own" if template else "My template"),
            purpose=template.purpose if template else "",
            sections=sections,
        )
        _record(caller, design, "start design")
    return design


def save_design(
    caller: Caller, design: Design, *, name: str, purpose: str, sections: list[dict[str, Any]]
) -> None:
    """Keep a design as its page shows it. Raises ReportError for a name or a number of sections out of
    bounds.
    """
    own_design(caller.user, design.pk)
    if len(sections) > MOST_SECTIONS:
        raise ReportError(f"A template has at most {MOST_SECTIONS} sections. Remove one first.")
    design.name = _checked_name(name) or design.name
    design.purpose = " ".join(purpose.replace("\x00", " ").split())[:400]
    if sections != design.sections:
        design.version += 1
    design.sections = sections
    design.updated_at = timezone.now()
    with transaction.atomic():
        design.save()
        _record(caller, design, "save design")


def put_away(caller: Caller, design: Design) -> None:
    """Take a design out of the list. Reports that were made from it stay as they are."""
    own_design(caller.user, design.pk)
    with transaction.atomic():
        Design.objects.filter(pk=design.pk).update(is_put_away=True, updated_at=timezone.now())
        _record(caller, design, "put design away")


def with_action(sections: list[dict[str, Any]], action: str, kind: str = "") -> list[dict[str, Any]]:
    """The sections after "up:N", "down:N", "remove:N" (N counts from 0) or "add" of a kind.

    An action that cannot be done changes nothing. Raises ReportError for a kind that does not exist.
    """
    sections = list(sections)
    if action == "add":
        sections.append(_new_section(kind, sections))
        return sections
    verb, _, text = action.partition(":")
    index = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
    if not 0 <= index < len(sections):
        return sections
    if verb == "remove":
        del sections[index]
    elif verb in ("up", "down"):
        other = index - 1 if verb == "up" else index + 1
        if 0 <= other < len(sections):
            sections[index], sections[other] = sections[other], sections[index]
    return sections


def sections_of(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sections as the designer's form sends them: `count`, and for each N `key-N`, `kind-N`,
    `heading-N` and one `N-NAME` for each setting.
    """
    count = form.get("count", "")
    total = (
        min(int(count), MOST_SECTIONS + 1) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    )
    sections: list[dict[str, Any]] = []
    for index in range(total):
        kind = KINDS.get(form.get(f"kind-{index}", ""))
        if kind is None:
            continue
        taken = {section["key"] for section in sections}
        key = form.get(f"key-{index}", "")
        if not re.fullmatch(r"[a-z0-9-]{1,60}", key) or key in taken:
            key = _new_key(kind.name, taken)
        heading = " ".join(form.get(f"heading-{index}", "").replace("\x00", " ").split())
        settings = {
            asked.name: form.get(f"{index}-{asked.name}", "")
            .replace("\x00", "")
            .replace("\r\n", "\n")[:LONGEST_SETTING]
            for asked in kind.fields
        }
        sections.append(
            {"key": key, "kind": kind.name, "heading": heading[:200] or kind.title, "settings": settings}
        )
    return sections


def problem_of(section: Mapping[str, Any]) -> str:
    """Why a section cannot be made as it stands, or nothing."""
    try:
        # What is asked for when a report is started cannot be judged before.
        told = {asked.name: "1" for asked in parameters_in([section["settings"]])}
        kind_named(section["kind"]).checked(filled(section["settings"], told))
    except ReportError as refusal:
        return refusal.sentence
    return ""


def _new_section(kind: str, sections: list[dict[str, Any]]) -> dict[str, Any]:
    made = kind_named(kind)
    settings = {asked.name: asked.default for asked in made.fields}
    key = _new_key(made.name, {section["key"] for section in sections})
    return {"key": key, "kind": made.name, "heading": made.title, "settings": settings}


def _new_key(kind: str, taken: set[str]) -> str:
    return next(key for number in range(1, 1000) if (key := f"{kind}-{number}") not in taken)


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\x00", " ").split())
    if len(name) > LONGEST_NAME:
        raise ReportError(f"A name has at most {LONGEST_NAME} characters.")
    return name


def _record(caller: Caller, design: Design, change: str) -> None:
    audit.record(
        caller.name, "report", source=caller.source, detail={"change": change, "design": str(design.pk)}
    )
