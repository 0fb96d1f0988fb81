"""What the reader said of a claim, an answer or a passage before, for the buttons beside it."""

from typing import Any

from django import template

from donovan.feedback.models import Label
from donovan.feedback.selectors import standing_label

register = template.Library()


@register.simple_tag(takes_context=True)
def my_feedback(context: dict[str, Any], target: str, target_id: object) -> Label | None:
    """The reader's standing judgement of this target, or None."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return None
    return standing_label(request.user, target, str(target_id))
