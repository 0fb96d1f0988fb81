"""What `manage.py check` says of the supplied model."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from donovan.insight.entities.recognisers.model_folder import problem_with


@register()
def model_folder_can_be_used(
    app_configs: Sequence[AppConfig] | None, **options: object
) -> list[CheckMessage]:
    problem = problem_with(settings.NER_MODEL) if settings.NER_MODEL else ""
    return [Warning(problem, id="entities.W001")] if problem else []
