"""What finds names: rules, gazetteers, and models behind the same interface.

Rules find people and organisations in every installation. A site may add a spaCy or GLiNER model folder
(DONOVAN_NER_MODEL, `model_folder`) or the language model (DONOVAN_NER_LLM=1, `language_model`).
"""

from pathlib import Path

from django.conf import settings

from donovan.insight.entities.recognisers.amounts import AmountRecogniser
from donovan.insight.entities.recognisers.contacts import ContactRecogniser
from donovan.insight.entities.recognisers.descriptions import DescriptionRecogniser
from donovan.insight.entities.recognisers.equipment import EquipmentRecogniser
from donovan.insight.entities.recognisers.groups import GroupRecogniser
from donovan.insight.entities.recognisers.language_model import LanguageModelRecogniser
from donovan.insight.entities.recognisers.model_folder import ModelFolderRecogniser, problem_with
from donovan.insight.entities.recognisers.organisations import OrganisationRecogniser
from donovan.insight.entities.recognisers.people import PeopleRecogniser
from donovan.insight.entities.recognisers.places import PlaceRecogniser
from donovan.insight.entities.recognisers.positions import CoordinateRecogniser
from donovan.insight.entities.recognisers.references import ReferenceRecogniser
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.recognition import Recogniser
from donovan.llm.providers import get_language_model


def default_recognisers() -> tuple[Recogniser, ...]:
    """The parts that stand ready in every installation: rules and gazetteers."""
    return (
        DateRecogniser(),
        CoordinateRecogniser(),
        ContactRecogniser(),
        ReferenceRecogniser(),
        AmountRecogniser(),
        EquipmentRecogniser(),
        PlaceRecogniser(),
        PeopleRecogniser(),
        OrganisationRecogniser(),
        GroupRecogniser(),
        DescriptionRecogniser(),
    )


def installed_recognisers() -> tuple[Recogniser, ...]:
    """Those of every installation, and the models that the settings add and that can be used."""
    parts: list[Recogniser] = list(default_recognisers())
    if settings.NER_MODEL and not problem_with(settings.NER_MODEL):
        parts.append(ModelFolderRecogniser(Path(settings.NER_MODEL)))
    if settings.NER_LLM:
        parts.append(LanguageModelRecogniser(get_language_model()))
    return tuple(parts)


def model_notice() -> str:
    """What the page of entities says of the supplied model: that there is none, or why it is not used."""
    if not settings.NER_MODEL:
        return (
            "People and organisations are found by rules. A spaCy or GLiNER model folder can be supplied: "
            "an administrator sets DONOVAN_NER_MODEL to its path."
        )
    problem = problem_with(settings.NER_MODEL)
    return f"People and organisations are found by rules alone. {problem}" if problem else ""
