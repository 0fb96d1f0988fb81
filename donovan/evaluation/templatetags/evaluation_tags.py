"""How suites are called on pages."""

from django import template

from donovan.evaluation.presentation import title_of_suite

register = template.Library()


@register.filter
def suite_title(name: str) -> str:
    """The title of a suite by its name."""
    return title_of_suite(name)
