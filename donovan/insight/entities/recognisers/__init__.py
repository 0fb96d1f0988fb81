"""What finds names: rules, gazetteers, and models behind the same interface.

Rules find people and organisations in every installation, and the packaged tagger where the multilingual
model serves (DONOVAN_NER_TAGGER=0 leaves it out, `tagger`). A site may add a spaCy or GLiNER model folder
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
from donovan.insight.entities.recognisers.tagger import tagger_here
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.recognition import Recogniser
from donovan.llm.providers import get_language_model
from retrieval.tagger import why_not


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
    if (tagger := tagger_here()) is not None:
        parts.append(tagger)
    if settings.NER_MODEL and not problem_with(settings.NER_MODEL):
        parts.append(ModelFolderRecogniser(Path(settings.NER_MODEL)))
    if settings.NER_LLM:
        parts.append(LanguageModelRecogniser(get_language_model()))
    return tuple(parts)


def model_notice() -> str:
    """What the page of entities says of the models: by what names are found, and why one is not used."""
    without = why_not()
    by = (
        f"People, organisations and places are found by rules alone. {without}"
        if without
        else "People, organisations and places are found by rules and the tagger of names."
    )
    if not settings.NER_MODEL:
        return (
            f"{by} A spaCy or GLiNER model folder can be supplied: an administrator sets DONOVAN_NER_MODEL "
            "to its path."
        )
    problem = problem_with(settings.NER_MODEL)
    return f"{by} {problem}" if problem else (by if without else "")
