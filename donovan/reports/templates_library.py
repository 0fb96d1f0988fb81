"""The built-in templates, as data. `version` grows with every change, and reports keep the one they came
from.

In settings, `{name}` stands for a parameter; a line whose parameter is empty is left out, so that a template
works with little and does more with more.
"""

import re
from collections.abc import Iterable, Mapping
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


def _asking(*questions: str) -> dict[str, str]:
    return {"questions": "\n".join(questions)}


SUBJECT = Field(
    "subject",
    "Subject",
    help="A place, unit, person or thing, by name: “Orlov bridge”. Questions are about it.",
)
DOCUMENT = Field(
    "document",
    "Document",
    kind="document",
    help="Its id, exact title or file name. Empty: the newest that is not in English.",
)
QUESTIONS = Field(
    "questions", "Further questions", kind="lines", help="Your own, one a line. May stay empty."
)

SITUATION = Template(
    key="situation",
    version=1,
    name="Situation report",
    purpose="Where things stand: what happened, who and what is there, what is short, what is new.",
    parameters=(SUBJECT, QUESTIONS),
    sections=(
        TemplateSection("said", "quotes", "1. What is reported", {"subject": "{subject}", "most": "12"}),
        TemplateSection(
            "situation",
            "question",
            "2. Situation",
            _asking(
                "What is the status of {subject}?",
                "What happened at {subject}?",
                "What was damaged?",
                "Which roads or bridges are closed?",
                "{questions}",
            ),
        ),
        TemplateSection(
            "people",
            "question",
            "3. People and units",
            _asking("Who is in charge of {subject}?", "Which teams or units are in place?"),
        ),
        TemplateSection(
            "supplies",
            "question",
            "4. Supplies and movements",
            _asking(
                "What supplies arrived?",
                "Which supplies are short?",
                "Which convoys are planned?",
                "What is the capacity of {subject}?",
            ),
        ),
        TemplateSection("timeline", "timeline", "5. Events", {"most": "15"}),
        TemplateSection("changes", "changes", "6. What is new", {"days": "7"}),
        TemplateSection("map", "map", "Annex A. Places", {"most": "20"}),
        TemplateSection("documents", "documents", "Annex B. Documents at hand", {"most": "25"}),
    ),
)

INTELLIGENCE = Template(
    key="intelligence",
    version=1,
    name="Intelligence summary",
    purpose="What is known of a subject, who appears with it, what is odd, and what is not known.",
    parameters=(SUBJECT, QUESTIONS),
    sections=(
        TemplateSection("said", "quotes", "1. What is reported", {"subject": "{subject}", "most": "15"}),
        TemplateSection(
            "findings",
            "question",
            "2. Findings",
            _asking(
                "What is known about {subject}?",
                "Who is involved with {subject}?",
                "Where is {subject}?",
                "When did {subject} happen?",
                "What incidents were reported?",
                "{questions}",
            ),
        ),
        TemplateSection("names", "entities", "3. Names", {"kind": "any", "most": "20"}),
        TemplateSection("timeline", "timeline", "4. Events", {"most": "20"}),
        TemplateSection("trend", "trend", "5. Reporting over time", {"interval": "week"}),
        TemplateSection("odd", "anomalies", "6. What is odd", {"which": "open", "most": "10"}),
        TemplateSection("map", "map", "Annex A. Places", {"most": "30"}),
        TemplateSection("documents", "documents", "Annex B. Documents at hand", {"most": "25"}),
    ),
)

SPOT = Template(
    key="spot",
    version=1,
    name="Spot report",
    purpose="One event, at once: what, where, when, who, and what was done.",
    parameters=(
        Field("subject", "Event", help="By name and place: “fire at the Zeta depot”."),
        QUESTIONS,
    ),
    sections=(
        TemplateSection("said", "quotes", "Reported", {"subject": "{subject}", "most": "8"}),
        TemplateSection("what", "question", "What", _asking("What happened at {subject}?", "What happened?")),
        TemplateSection("where", "question", "Where", _asking("Where is {subject}?", "Where did it happen?")),
        TemplateSection(
            "when", "question", "When", _asking("When did {subject} happen?", "When did it happen?")
        ),
        TemplateSection(
            "who", "question", "Who", _asking("Who was involved in {subject}?", "Who was involved?")
        ),
        TemplateSection(
            "done",
            "question",
            "Action and further questions",
            _asking("What was done after {subject}?", "What was done?", "{questions}"),
        ),
    ),
)

ANOMALY = Template(
    key="anomaly",
    version=1,
    name="Anomaly report",
    purpose="What is odd in tables, texts and over time, by which method, and on which rows it rests.",
    sections=(
        TemplateSection("real", "anomalies", "1. Judged real", {"which": "real", "most": "30"}),
        TemplateSection("open", "anomalies", "2. Findings", {"which": "open", "most": "40"}),
        TemplateSection("trend", "trend", "3. Documents over time", {"interval": "week"}),
        TemplateSection("documents", "documents", "Annex. Documents at hand", {"most": "50"}),
    ),
)

COMPARISON = Template(
    key="comparison",
    version=1,
    name="Source comparison",
    purpose="The same questions put to several documents: where they agree, and where they do not.",
    parameters=(
        Field(
            "documents",
            "Documents",
            kind="documents",
            help="Two to six, one a line: id, exact title or file name. Empty: the two newest.",
        ),
        Field(
            "questions",
            "Questions",
            kind="lines",
            default="What happened?\nWhen did it happen?\nWho was involved?",
            help="One a line.",
        ),
    ),
    sections=(
        TemplateSection(
            "comparison",
            "comparison",
            "1. Side by side",
            {"documents": "{documents}", "questions": "{questions}"},
        ),
        TemplateSection("assessment", "text", "2. Assessment"),
    ),
)

TRANSLATION = Template(
    key="translation",
    version=1,
    name="Translation cover sheet",
    purpose="A document and its translation sentence by sentence, with what is known of the original.",
    parameters=(DOCUMENT,),
    sections=(
        TemplateSection("original", "facts", "1. The original", {"document": "{document}"}),
        TemplateSection("summary", "summary", "2. Summary", {"document": "{document}"}),
        TemplateSection("note", "text", "3. Note of the linguist"),
        TemplateSection(
            "translation", "translation", "4. Translation", {"document": "{document}", "to": "en"}
        ),
    ),
)

NOTE = Template(
    key="note",
    version=1,
    name="Note on questions",
    purpose="Your questions with their answers, and room for what you make of them.",
    parameters=(Field("questions", "Questions", kind="lines", is_required=True, help="One a line."),),
    sections=(
        TemplateSection("answers", "question", "1. Answers", {"questions": "{questions}"}),
        TemplateSection("assessment", "text", "2. Assessment"),
    ),
)

TEMPLATES: dict[str, Template] = {
    template.key: template
    for template in (SITUATION, INTELLIGENCE, SPOT, ANOMALY, COMPARISON, TRANSLATION, NOTE)
}
_ASKED = {asked.name: asked for asked in (SUBJECT, DOCUMENT, QUESTIONS)}


def parameters_in(settings: Iterable[Mapping[str, str]]) -> tuple[Field, ...]:
    """What a template of one's own asks for: a field for each `{name}` in its settings, in order."""
    names: dict[str, None] = {}
    for each in settings:
        for text in each.values():
            names.update(dict.fromkeys(_PARAMETER.findall(text)))
    return tuple(_ASKED.get(name) or Field(name, name.replace("_", " ").capitalize()) for name in names)
