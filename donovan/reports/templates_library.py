"""The built-in templates, as data. `version` grows with every change, and reports keep the one they came
from.

In settings, `{name}` stands for a parameter; a line whose parameter is empty is left out, so that a template
works with little and does more with more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from donovan.reports.sections.contract import Field

_PARAMETER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class TemplateSection:
    key: str
    kind: str
    heading: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A kind of report: what it asks for (`parameters`) and the sections it consists of."""

    key: str
    version: int
    name: str
    purpose: str
    sections: tuple[TemplateSection, ...]
    parameters: tuple[Field, ...] = ()


def filled(settings: Mapping[str, str], parameters: Mapping[str, str]) -> dict[str, str]:
    """Settings with the parameters in their places, without the lines whose parameter is empty."""
    return {name: _filled(text, parameters) for name, text in settings.items()}


def _filled(text: str, parameters: Mapping[str, str]) -> str:
    lines = []
    for line in text.split("\n"):
        names = _PARAMETER.findall(line)
        if all(parameters.get(name) for name in names):
            lines.append(_PARAMETER.sub(lambda found: parameters[found[1]], line))
    return "\n".join(lines)


SUBJECT = Field(
    "subject",
    "Subject",
    help="A place, unit, person or thing, by name: “Orlov bridge”. Questions are about it.",
)

SITUATION = Template(
    key="situation",
    version=1,
    name="Situation report",
    purpose="Where things stand: what happened, who and what is there, what is short, what comes next.",
    parameters=(SUBJECT,),
    sections=(
        TemplateSection(
            "situation",
            "question",
            "1. Situation",
            {
                "questions": "What is the status of {subject}?\nWhat happened at {subject}?\n"
                "What was damaged?\nWhich roads or bridges are closed?"
            },
        ),
        TemplateSection(
            "forces",
            "question",
            "2. Organisations and people",
            {"questions": "Who is in charge of {subject}?\nWhich teams or units are in place?"},
        ),
        TemplateSection(
            "supplies",
            "question",
            "3. Supplies and movements",
            {
                "questions": "What supplies arrived?\nWhich supplies are short?\n"
                "Which convoys are planned?\nWhat is the capacity of {subject}?"
            },
        ),
        TemplateSection(
            "outlook",
            "question",
            "4. Outlook",
            {"questions": "What is planned next for {subject}?\nWhat is the forecast?"},
        ),
        TemplateSection("documents", "documents", "Annex. Documents at hand", {"most": "25"}),
    ),
)

TEMPLATES: dict[str, Template] = {template.key: template for template in (SITUATION,)}
