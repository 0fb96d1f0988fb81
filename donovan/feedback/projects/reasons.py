"""Why an item waits for an adjudicator, as a sentence for them.

why_disputed(item) -> str          empty for an item that does not wait
"""

from collections import Counter

from donovan.feedback.projects.aggregation import SURE
from donovan.feedback.projects.deciding import ALIKE_ENOUGH, current_slots
from donovan.feedback.projects.models import Assignment, ProjectItem
from donovan.feedback.projects.presentation import says
from donovan.feedback.projects.schema import has_choices


def why_disputed(item: ProjectItem) -> str:
    """Who said what, how sure that is, and how sure it would have to be."""
    if item.state != ProjectItem.State.ADJUDICATION:
        return ""
    given = [slot.label.value for slot in current_slots(item) if slot.label is not None]
    skipped = item.assignments.filter(state=Assignment.State.SKIPPED).count()
    parts = []
    if given and has_choices(item.project):
        counted = Counter(says(item.project, value) for value in given).most_common()
        parts = [f"{times} said {words}" for words, times in counted]
    elif given:
        parts = [f"{len(given)} answered"]
    if skipped:
        parts.append(f"{skipped} could not tell")
    sentence = f"People: {', '.join(parts)}." if parts else ""
    if not given or item.confidence is None:
        return sentence
    found = int(item.confidence * 100)
    if len(given) == 1:
        asked = "Nobody else is left who may read it."
    elif has_choices(item.project):
        asked = f"Not sure enough: {found} % of the {round(SURE * 100)} % asked."
    else:
        asked = f"Not alike enough: {found} % of the {round(ALIKE_ENOUGH * 100)} % asked."
    return f"{sentence} {asked}"
