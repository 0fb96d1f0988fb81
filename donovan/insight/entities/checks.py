"""What `manage.py check` says of the supplied model and of the tagger of names."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from donovan.insight.entities.recognisers.model_folder import problem_with
from retrieval.base_models import MULTILINGUAL, chosen
from retrieval.tagger import why_not


@register()
def model_folder_can_be_used(
    app_configs: Sequence[AppConfig] | None, **options: object
) -> list[CheckMessage]:
    problem = problem_with(settings.NER_MODEL) if settings.NER_MODEL else ""
    return [Warning(problem, id="entities.W001")] if problem else []


@register()
def tagger_can_be_used(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Says why not where the settings do not leave it out."""
    problem = why_not() if settings.NER_TAGGER and chosen() is MULTILINGUAL else ""
    said = f"People, organisations and places are found by rules alone. {problem}"
    return [Warning(said, id="entities.W002")] if problem else []
