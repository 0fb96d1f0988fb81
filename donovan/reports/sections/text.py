"""Words of a person, one paragraph a block. They are nobody's finding until somebody adds a source to
them.
"""

from donovan.assistant.spans import cut
from donovan.reports.sections.contract import (
    Field,
    Made,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)


class TextSection(SectionKind):
    name = "text"
    title = "Free text"
    purpose = "Your own words. They are shown as not checked until a source is added to them."
    fields = (Field("text", "Text", kind="lines", help="An empty line begins a new paragraph."),)

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        paragraphs = [part.strip() for part in work.settings.get("text", "").split("\n\n")]
        blocks = tuple(
            MadeParagraph(
                tuple(
                    MadeStatement(" ".join(part[start:end].split()), "not checked", reason="Not checked yet.")
                    for start, end in cut(part)
                )
            )
            for part in paragraphs
            if part
        )
        return Made(blocks, notice="" if blocks else "Nothing is written here yet. Add a sentence by hand.")
