"""What a label project starts from: an instruction, classes and examples, all of which an owner may change.

`TEMPLATES[key]` is a `Template`. `kind` says how a person answers, and thereby which page and which measure
of agreement fit:

    choice       one of the options (keys 1 to 9); `choice_of` is the field of the value that holds it
    spans        stretches of a text, each with one of the options
    preference   a, b or tie, with a strength and a reason
    steps        questions of `schema["steps"]` answered yes/no one by one, then one of the options
    text         a text is put right; with `schema["quality"]` a grade from 1 to 5 beside it
"""

from dataclasses import dataclass, field
from typing import Any

CHOICE, SPANS, PREFERENCE, STEPS, TEXT = "choice", "spans", "preference", "steps", "text"
KEYS = "123456789"


@dataclass(frozen=True)
class Template:
    """A kind of project. `options` are (value, words, says) in the order of the keys."""

    key: str
    task: str
    kind: str
    title: str
    says: str
    instruction: str
    options: tuple[tuple[Any, str, str], ...] = ()
    schema: dict[str, Any] = field(default_factory=dict)
    choice_of: str = ""
    examples: tuple[dict[str, Any], ...] = ()

    def settings(self) -> dict[str, Any]:
        """What a new project starts with. The machine's answer is shown where it saves typing; a choice is
        made blind, because people follow a suggestion.
        """
        return {"shows_prelabel": self.kind in (SPANS, TEXT), **self.schema}

    def option_rows(self) -> list[dict[str, Any]]:
        """The options as a project keeps them, numbered 1 to 9; those beyond have no key."""
        return numbered([{"value": v, "words": words, "says": says} for v, words, says in self.options])


def numbered(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options with their keys: the first nine can be chosen with one key, grades with their own figure."""
    if options and all(type(option["value"]) is int and 0 <= option["value"] <= 9 for option in options):
        return [{**option, "key": str(option["value"])} for option in options]
    return [
        {**option, "key": KEYS[place] if place < len(KEYS) else ""} for place, option in enumerate(options)
    ]


_ALL = (
    Template(
        key="document_class",
        task="document_class",
        kind=CHOICE,
        title="Class of documents",
        says="Sort documents into classes of your own.",
        instruction=(
            "Read the beginning of the document and choose the **one** class that fits best.\n\n"
            "- Go by what the document *is*, not by what it is about.\n"
            "- If two fit, choose the one that stands first in the list.\n"
            "- If none fits, skip the item and say why."
        ),
        options=(
            ("report", "Report", "Tells what happened or what was found."),
            ("order", "Order", "Tells somebody to do something."),
            ("message", "Message", "Mail, telegram or letter from one to another."),
            ("record", "Record", "Lists, tables, logs."),
            ("other", "Other", "Nothing of the above."),
        ),
        choice_of="class",
        examples=(
            {
                "input": {
                    "title": "Situation report 14",
                    "text": "As of 0600 the bridge is open.",
                },
                "value": {"class": "report"},
                "says": "It tells how things stand.",
            },
        ),
    ),
    Template(
        key="entities",
        task="spans",
        kind=SPANS,
        title="Entities",
        says="Mark people, organisations, places and dates in a text.",
        instruction=(
            "Mark every name as a whole, and nothing around it.\n\n"
            "- Leave titles out: in “Colonel Ivanov” mark “Ivanov”.\n"
            "- Mark a name every time it stands there.\n"
            "- Pronouns (“he”, “they”) are not names."
        ),
        options=(
            ("person", "Person", "Somebody by name."),
            ("organisation", "Organisation", "A unit, company, ministry."),
            ("place", "Place", "A town, river, country, grid reference."),
            ("date", "Date", "A day or a time."),
            ("other", "Other name", "A ship, an operation, a device."),
        ),
        examples=(
            {
                "input": {"text": "Colonel Ivanov left Kessa on 12 March."},
                "value": {
                    "spans": [
                        {"start": 8, "end": 14, "label": "person"},
                        {"start": 20, "end": 25, "label": "place"},
                        {"start": 29, "end": 37, "label": "date"},
                    ]
                },
                "says": "The rank is no part of the name.",
            },
        ),
    ),
    Template(
        key="portion_marks",
        task="spans",
        kind=SPANS,
        title="Portion marks",
        says="Mark portion marks and banner lines, so that markings are read better.",
        instruction=(
            "Mark every portion mark and banner line, with its brackets.\n\n"
            "- A portion mark stands in brackets before or after a paragraph: (S//NF).\n"
            "- A banner line stands alone at the top or the bottom of a page."
        ),
        options=(
            ("portion", "Portion mark", "In brackets, for one paragraph."),
            ("banner", "Banner line", "For the whole page."),
        ),
    ),
    Template(
        key="relevance",
        task="relevance",
        kind=CHOICE,
        title="Relevance of passages",
        says="Say how well passages answer a question, so that search finds better.",
        instruction=(
            "Read the question, then the passage. How much does the passage help to answer it?\n\n"
            "- Judge the passage alone, not what you know besides.\n"
            "- A passage that says the opposite of what is expected is as relevant as one that confirms it."
        ),
        options=(
            (0, "Not relevant", "It does not help."),
            (1, "Same subject", "It is about the same, and does not answer."),
            (2, "Relevant", "It holds a part of the answer."),
            (3, "Answers it", "The answer stands there."),
        ),
        choice_of="grade",
    ),
    Template(
        key="preference",
        task="preference",
        kind=PREFERENCE,
        title="Preference between answers",
        says="Compare two drafts of an answer.",
        instruction=(
            "Two drafts answer the same question from the same facts. Which would you rather send?\n\n"
            "- What the facts do not say is wrong, however well it reads.\n"
            "- Of two that are right, prefer the shorter.\n"
            "- Say how sure you are and, in a few words, why."
        ),
        options=(("a", "The first", ""), ("b", "The second", ""), ("tie", "No difference", "")),
        schema={"strength": ["a little", "clearly", "by far"], "asks_why": True},
        choice_of="preferred",
    ),
    Template(
        key="claim_support",
        task="claim_support",
        kind=STEPS,
        title="Support of claims, step by step",
        says="Check statements against the words they cite.",
        instruction=(
            "Answer the questions from the evidence alone, then decide.\n\n"
            "- **Supported**: all of the claim stands in the evidence.\n"
            "- **Partly**: a part of it does, and nothing contradicts.\n"
            "- **Not supported**: something is missing that matters, or is contradicted."
        ),
        options=(
            ("supported", "Supported", "All of it stands there."),
            ("partly", "Partly", "A part stands there."),
            ("unsupported", "Not supported", "It does not stand there, or the opposite does."),
        ),
        schema={
            "steps": [
                "Are all numbers and dates in the evidence?",
                "Are all names in the evidence, and joined to the same things?",
                "Does the evidence say it as surely as the claim does?",
            ]
        },
        choice_of="verdict",
    ),
    Template(
        key="translation",
        task="translation",
        kind=TEXT,
        title="Quality of translations and post-edit",
        says="Grade a translation, and put it right.",
        instruction=(
            "Compare the translation with the original. First grade it as it is, then change as little as is "
            "needed to make it right.\n\n"
            "1 useless · 2 misleading · 3 understandable · 4 good · 5 nothing to change"
        ),
        schema={"quality": True},
    ),
    Template(
        key="transcription",
        task="transcription",
        kind=TEXT,
        title="Transcription of scanned lines",
        says="Type what stands in a box of a page.",
        instruction=(
            "Type exactly what stands in the box: errors, capitals and signs as they are.\n\n"
            "- Write [?] for a letter that cannot be read.\n"
            "- Leave it empty if nothing stands there."
        ),
    ),
    Template(
        key="table_cell",
        task="table_cell",
        kind=TEXT,
        title="Cells of tables",
        says="Say what a cell of a table holds.",
        instruction=(
            "Give the value of the marked cell as it is printed, without its unit if the unit stands in the "
            "head of the column.\n\n- Leave it empty for an empty cell."
        ),
    ),
)

TEMPLATES: dict[str, Template] = {template.key: template for template in _ALL}
