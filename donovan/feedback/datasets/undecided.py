"""Items of label projects that are not decided, and so are in no data set.

undecided_items(caller, recipe) -> int      counted over what the caller may read
"""

from django.db.models import Q

from donovan.feedback.datasets.collecting import usable_projects
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.models import Annotation
from donovan.feedback.projects.access import readable_items
from donovan.feedback.projects.models import ProjectItem
from donovan.library.callers import Caller


def undecided_items(caller: Caller, recipe: Recipe) -> int:
    """How many items of the recipe's projects wait for a decision. Near-duplicates count with what they are
    copies of, and what somebody left out waits for nothing.
    """
    if Annotation.Origin.PROJECT not in recipe.origins:
        return 0
    total = 0
    for project in usable_projects(caller.scope):
        if project.task != recipe.task or (recipe.projects and str(project.pk) not in recipe.projects):
            continue
        items = readable_items(caller, project).filter(copy_of=None, is_gold=False)
        total += (
            items.exclude(state=ProjectItem.State.LEFT_OUT)
            .exclude(Q(state=ProjectItem.State.DONE) & Q(final__isnull=False))
            .count()
        )
    return total
