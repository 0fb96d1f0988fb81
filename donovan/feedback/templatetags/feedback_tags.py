"""What the reader said of things before, for the buttons and forms beside them."""

from typing import Any

from django import template

from donovan.feedback.correcting import corrected_segments
from donovan.feedback.models import Annotation
from donovan.feedback.selectors import current_annotation, current_annotations
from donovan.ui.shown import announced

register = template.Library()


@register.simple_tag(takes_context=True)
def my_feedback(context: dict[str, Any], target: str, target_id: object) -> Annotation | None:
    """The reader's standing judgement of this target, or None."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return None
    key = str(target_id)
    kept: dict[str, dict[str, Annotation]] = request.__dict__.setdefault("annotations_of_mine", {})
    ids = announced(request, target)
    if key not in ids:
        return current_annotation(request.user, target, key)
    if target not in kept:
        kept[target] = current_annotations(request.user, target, ids)
    return kept[target].get(key)


@register.simple_tag(takes_context=True)
def my_translation(context: dict[str, Any], answer_id: object, segment: object) -> str:
    """How the reader put this sentence of a translation, or nothing. All of an answer are read at once."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return ""
    kept: dict[str, dict[int, str]] = request.__dict__.setdefault("translations_put_right", {})
    key = str(answer_id)
    if key not in kept:
        kept[key] = corrected_segments(request.user, key)
    return kept[key].get(int(str(segment)), "")
