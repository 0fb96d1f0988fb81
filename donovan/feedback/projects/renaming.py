"""What a class is called in the data, and what goes with it when its words change.

    data_name(words) -> str                             the name that words give
    follows_words(project, option) -> bool              nobody chose another one
    labels_are_kept(project) -> bool                    from then on names in the data stay
    take_over(project, names, gone) -> None             what refers to classes gets their new names
    in_classes(project, value) -> dict | None           an answer of a machine, in the classes of the project
    machine_name(project, option) -> str                what recognisers go on calling a class

Before anybody has labelled, a class is whatever its owner says now: examples, known answers and the machine's
answers go with it. Afterwards only the words change, so that old and new labels stay one class.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from donovan.feedback.projects.access import require
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem
from donovan.feedback.projects.templates_of_tasks import SPANS, TEMPLATES, Template

FREE_TASKS = ("document_class", "spans")
"""The tasks whose classes are an owner's own; those of the others are fixed by what is learnt from them."""


def data_name(words: str) -> str:
    """What a class is called in the data, from its words: `Public notice` is `public_notice`."""
    return re.sub(r"\W+", "_", words.lower()).strip("_") or words


def follows_words(project: LabelProject, option: Mapping[str, Any]) -> bool:
    """Whether the name of a class in the data comes from its words or from the template."""
    offered = {value: words for value, words, _ in _template(project).options}
    value = option["value"]
    return bool(value == data_name(str(option["words"])) or offered.get(value) == option["words"])


def labels_are_kept(project: LabelProject) -> bool:
    """Whether anything was labelled or decided, so that the names of the classes are in use."""
    if Assignment.objects.filter(item__project=project, state=Assignment.State.DONE).exists():
        return True
    return project.items.filter(final__isnull=False, is_gold=False).exists()


def take_over(project: LabelProject, names: Mapping[Any, Any], gone: Collection[Any]) -> None:
    """Give examples and known answers the new names of their classes, and have the machine asked anew.

    `names` are new names by old ones, `gone` the classes that are taken out: examples of those go too. Raises
    ProjectError where an item is known to be of one. Changes rows of items, and `project` without saving it.
    """
    known = list(project.items.filter(is_gold=True))
    for item in known:
        item.gold = item.final = _renamed(project, item.gold or {}, names, gone, are_all_needed=True)
    lost = sum(item.gold is None for item in known)
    require(
        not lost,
        f"{lost} known answer{' is' if lost == 1 else 's are'} of a class that you take out. Give "
        f"{'it' if lost == 1 else 'them'} another answer first, under Items, or keep the class.",
    )
    ProjectItem.objects.bulk_update(known, ["gold", "final"], batch_size=500)
    examples = []
    for example in project.examples:
        value = _renamed(project, example.get("value", {}), names, gone)
        if value is not None:
            examples.append({**example, "value": value})
    project.examples = examples
    project.items.exclude(prelabel_model="").update(
        prelabel=None, prelabel_model="", prelabel_confidence=None, prelabel_chances={}, prelabel_before=None
    )
    project.items.update(asked_model="")
    project.needs_ordering = True


def in_classes(project: LabelProject, value: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a machine says in the names of its template, in those of the project; None where it says nothing
    that is a class here.
    """
    names = {option["machine"]: option["value"] for option in project.options if option.get("machine")}
    names |= {option["value"]: option["value"] for option in project.options}
    template = _template(project)
    if template.kind == SPANS:
        spans = [span for span in value.get("spans", []) if span["label"] in names]
        return {**value, "spans": [{**span, "label": names[span["label"]]} for span in spans]}
    field = template.choice_of
    if not field:
        return dict(value)
    return {**value, field: names[value[field]]} if value.get(field) in names else None


def machine_name(project: LabelProject, before: Mapping[str, Any]) -> str:
    """What the recognisers of a template call the class that was `before`; empty for an owner's own."""
    template = _template(project)
    offered = {value for value, _, _ in template.options} if template.kind == SPANS else set()
    return str(before.get("machine") or (before["value"] if before["value"] in offered else ""))


def _renamed(
    project: LabelProject,
    value: Mapping[str, Any],
    names: Mapping[Any, Any],
    gone: Collection[Any],
    *,
    are_all_needed: bool = False,
) -> dict[str, Any] | None:
    """A value with the new names; None where what it says is gone. Spans of a class that is gone go alone,
    unless all are needed.
    """
    template = _template(project)
    if template.kind == SPANS:
        spans = value.get("spans", [])
        kept = [span for span in spans if span["label"] not in gone]
        if spans and (not kept or (are_all_needed and len(kept) < len(spans))):
            return None
        return {
            **value,
            "spans": [{**span, "label": names.get(span["label"], span["label"])} for span in kept],
        }
    field = template.choice_of
    if not field or field not in value:
        return dict(value)
    return None if value[field] in gone else {**value, field: names.get(value[field], value[field])}


def _template(project: LabelProject) -> Template:
    return TEMPLATES[project.template]
