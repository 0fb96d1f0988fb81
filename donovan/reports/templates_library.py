"""The built-in templates, as data. `version` grows with every change, and reports keep the one they came
from.

In settings, `{name}` stands for a parameter; a line whose parameter is empty is left out, so that a template
works with little and does more with more.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from donovan.reports.sections.contract import Field
from donovan.reports.sections.period import LATEST
from donovan.reports.sections.subject import EVENT

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


_DAYS = {"since": "{since}", "until": "{until}"}


def _about(*questions: str) -> dict[str, str]:
    """Questions about the subject; those marked for kinds of subjects are asked of these alone."""
    return {"questions": "\n".join(questions), "subject": "{subject}"}


def _of_period(*questions: str) -> dict[str, str]:
    return {**_about(*questions), "date_from": "{since}", "date_to": "{until}"}


def _event(*questions: str) -> dict[str, str]:
    """Questions about what is an event unless the documents know it as something else."""
    return {**_about(*questions), "otherwise": EVENT}


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

SINCE = Field(
    "since",
    "From",
    default=LATEST,
    help="A date like 2026-03-31, or “latest” for the two weeks up to the newest document.",
)
UNTIL = Field("until", "to", help="A date like 2026-03-31. Empty: up to the newest document.")
_ABOUT = {"subject": "{subject}", "since": "{since}", "until": "{until}"}

SITUATION = Template(
    key="situation",
    version=2,
    name="Situation report",
    purpose="Where things stand in a period: what happened, who and what is there, what is short and new.",
    parameters=(SUBJECT, SINCE, UNTIL, QUESTIONS),
    sections=(
        TemplateSection("period", "period", "1. Subject and period", _ABOUT),
        TemplateSection("said", "quotes", "2. What is reported", {**_ABOUT, "most": "12"}),
        TemplateSection(
            "situation",
            "question",
            "3. Situation",
            _of_period(
                "[person] Who is {subject}?",
                "[person] Where is {subject}?",
                "[person] What did {subject} do?",
                "[person] What did {subject} say?",
                "[organisation] What does {subject} do?",
                "[place equipment thing] What is the status of {subject}?",
                "[place] What happened at {subject}?",
                "[equipment thing event] What is reported about {subject}?",
                "[place nothing] What was damaged?",
                "[place nothing] Which roads or bridges are closed?",
                "{questions}",
            ),
        ),
        TemplateSection(
            "people",
            "question",
            "4. People and units",
            _of_period(
                "[place] Who is in charge of {subject}?",
                "[equipment thing] Who is responsible for {subject}?",
                "[organisation] Who leads {subject}?",
                "[person] Whom does {subject} work with?",
                "[event] Who was involved in {subject}?",
                "[place nothing] Which teams or units are in place?",
            ),
        ),
        TemplateSection(
            "supplies",
            "question",
            "5. Supplies and movements",
            _of_period(
                "What supplies arrived?",
                "Which supplies are short?",
                "Which convoys are planned?",
                "[place equipment] What is the capacity of {subject}?",
            ),
        ),
        TemplateSection("timeline", "timeline", "6. Events", {**_ABOUT, "most": "15"}),
        TemplateSection("names", "entities", "7. Names", {**_ABOUT, "kind": "any", "most": "15"}),
        TemplateSection("odd", "anomalies", "8. What is odd", {**_ABOUT, "which": "open", "most": "8"}),
        TemplateSection("changes", "changes", "9. What is new", {"days": "7"}),
        TemplateSection("map", "map", "Annex A. Places", {**_ABOUT, "most": "20"}),
        TemplateSection(
            "documents", "documents", "Annex B. Documents of the period", {**_DAYS, "most": "25"}
        ),
    ),
)

INTELLIGENCE = Template(
    key="intelligence",
    version=2,
    name="Intelligence summary",
    purpose="What is known of a subject, who appears with it, what is odd, and what is not known.",
    parameters=(SUBJECT, QUESTIONS),
    sections=(
        TemplateSection("said", "quotes", "1. What is reported", {"subject": "{subject}", "most": "15"}),
        TemplateSection(
            "findings",
            "question",
            "2. Findings",
            _about(
                "[person] Who is {subject}?",
                "[place organisation equipment thing event] What is known about {subject}?",
                "[person] What did {subject} do?",
                "[organisation] What does {subject} do?",
                "[organisation] Who leads {subject}?",
                "[place equipment thing event] Who is involved with {subject}?",
                "[person place organisation equipment] Where is {subject}?",
                "[event] Where did {subject} happen?",
                "[event] When did {subject} happen?",
                "[place] What happened at {subject}?",
                "[nothing] What incidents were reported?",
                "{questions}",
            ),
        ),
        TemplateSection(
            "names", "entities", "3. Names", {"subject": "{subject}", "kind": "any", "most": "20"}
        ),
        TemplateSection("timeline", "timeline", "4. Events", {"subject": "{subject}", "most": "20"}),
        TemplateSection("trend", "trend", "5. Reporting over time", {"interval": "week"}),
        TemplateSection(
            "odd", "anomalies", "6. What is odd", {"subject": "{subject}", "which": "open", "most": "10"}
        ),
        TemplateSection("map", "map", "Annex A. Places", {"subject": "{subject}", "most": "30"}),
        TemplateSection("documents", "documents", "Annex B. Documents at hand", {"most": "25"}),
    ),
)

SPOT = Template(
    key="spot",
    version=2,
    name="Spot report",
    purpose="One event, at once: what, where, when, who, and what was done.",
    parameters=(
        Field("subject", "Event", help="By name and place: “fire at the Zeta depot”."),
        QUESTIONS,
    ),
    sections=(
        TemplateSection("said", "quotes", "Reported", {"subject": "{subject}", "most": "8"}),
        TemplateSection(
            "what",
            "question",
            "What",
            _event(
                "[event thing] What is reported about {subject}?",
                "[place] What happened at {subject}?",
                "[person organisation] What did {subject} do?",
                "[equipment] What happened to {subject}?",
                "What happened?",
            ),
        ),
        TemplateSection(
            "where",
            "question",
            "Where",
            _event(
                "[event] Where did {subject} happen?",
                "[person place organisation equipment] Where is {subject}?",
                "Where did it happen?",
            ),
        ),
        TemplateSection(
            "when", "question", "When", _event("[event] When did {subject} happen?", "When did it happen?")
        ),
        TemplateSection(
            "who", "question", "Who", _event("[event] Who was involved in {subject}?", "Who was involved?")
        ),
        TemplateSection(
            "done",
            "question",
            "Action and further questions",
            _event("[event] What was done after {subject}?", "What was done?", "{questions}"),
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
_ASKED = {asked.name: asked for asked in (SUBJECT, DOCUMENT, QUESTIONS, SINCE, UNTIL)}


def parameters_in(settings: Iterable[Mapping[str, str]]) -> tuple[Field, ...]:
    """What a template of one's own asks for: a field for each `{name}` in its settings, in order."""
    names: dict[str, None] = {}
    for each in settings:
        for text in each.values():
            names.update(dict.fromkeys(_PARAMETER.findall(text)))
    return tuple(_ASKED.get(name) or Field(name, name.replace("_", " ").capitalize()) for name in names)
