"""Kinds of question: how each is recognised, where its evidence is sought, and which form its answer has.

classify      a question -> its kind, from its grammar
registry      who answers which kind; rooms above register theirs
papers        kinds of paper; conditions, periods: what a question asks of the papers it counts
matching      conditions -> the papers that meet them; counting: how many there are
statements    a question -> the statement it asks about; yes_no: the verdict on it
quoted        what the kinds that quote share: listing, comparing, timelines, focused
changes       what two versions do not share, or what is new since a day
"""

from donovan.assistant.kinds.changes import CHANGES
from donovan.assistant.kinds.comparing import COMPARISON
from donovan.assistant.kinds.counting import COUNT_OF_DOCUMENTS
from donovan.assistant.kinds.focused import FOCUSED_SUMMARY
from donovan.assistant.kinds.listing import LIST
from donovan.assistant.kinds.registry import (
    Asked,
    Candidate,
    Judged,
    QuestionKind,
    Statement,
    Taken,
    kind_of,
    register,
    registered,
    take,
)
from donovan.assistant.kinds.timelines import TIMELINE
from donovan.assistant.kinds.yes_no import YES_NO

for _kind in (COUNT_OF_DOCUMENTS, YES_NO, LIST, COMPARISON, TIMELINE, CHANGES, FOCUSED_SUMMARY):
    register(_kind)

__all__ = [
    "Asked",
    "Candidate",
    "Judged",
    "QuestionKind",
    "Statement",
    "Taken",
    "kind_of",
    "register",
    "registered",
    "take",
]
