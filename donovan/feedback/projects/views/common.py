"""What the views of label projects share: refusals as sentences, and the marking of what is shown."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib import messages

from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject


@contextmanager
def refusals_shown(request: SignedInRequest, *, part: str = "") -> Iterator[None]:
    """Turn a refusal into a message on the page that is shown next, in its `part` where it has parts."""
    try:
        yield
    except ProjectError as refusal:
        messages.error(request, refusal.sentence, extra_tags=part)


def marking_over(project: LabelProject, labels: Iterable[str] = ()) -> str:
    """The banner of a page that shows the text of a project and what carries `labels`."""
    shown = {*project.text_labels, *labels}
    return marking_of(shown).canonical if shown else "UNCLASSIFIED"


def whole(text: str | None, default: int = 0) -> int:
    """A whole number from an address or a form."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else default
