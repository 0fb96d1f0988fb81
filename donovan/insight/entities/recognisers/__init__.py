"""What finds names: rules, gazetteers, and models behind the same interface."""

from donovan.insight.entities.recognisers.amounts import AmountRecogniser
from donovan.insight.entities.recognisers.contacts import ContactRecogniser
from donovan.insight.entities.recognisers.descriptions import DescriptionRecogniser
from donovan.insight.entities.recognisers.equipment import EquipmentRecogniser
from donovan.insight.entities.recognisers.groups import GroupRecogniser
from donovan.insight.entities.recognisers.organisations import OrganisationRecogniser
from donovan.insight.entities.recognisers.people import PeopleRecogniser
from donovan.insight.entities.recognisers.places import PlaceRecogniser
from donovan.insight.entities.recognisers.positions import CoordinateRecogniser
from donovan.insight.entities.recognisers.references import ReferenceRecogniser
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.recognition import Recogniser


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
