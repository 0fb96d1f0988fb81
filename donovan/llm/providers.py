"""Which language model the settings choose."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from donovan.llm.adapters import served_adapter
from donovan.llm.hosted import HostedModel, host_plan
from donovan.llm.interface import LanguageModel, ModelUnavailable
from donovan.llm.openai import OpenAIModel
from donovan.llm.scripted import ScriptedModel

PROVIDERS = ("embedded", "openai", "scripted")
_in_use: list[LanguageModel] = []


def get_language_model() -> LanguageModel:
    """The model of this installation, with the adapter that serves at this moment.

    Raises ModelUnavailable if the settings do not describe one, or its adapter is not what was promoted.
    """
    if _in_use:
        return _in_use[-1]
    if settings.LLM_PROVIDER == "embedded":
        plan = host_plan()
        return HostedModel(plan, adapter=served_adapter(plan.weights))
    if settings.LLM_PROVIDER == "openai":
        return OpenAIModel(settings.LLM_URL, name=settings.LLM_MODEL)
    if settings.LLM_PROVIDER == "scripted":
        return ScriptedModel()
    raise ModelUnavailable(
        f"DONOVAN_LLM_PROVIDER is {settings.LLM_PROVIDER!r}, which is none of {', '.join(PROVIDERS)}. Set "
        f"it to one."
    )


@contextmanager
def using(model: LanguageModel) -> Iterator[LanguageModel]:
    """Within this block every part of this process is given `model`, whatever the settings say."""
    _in_use.append(model)
    try:
        yield model
    finally:
        _in_use.remove(model)
