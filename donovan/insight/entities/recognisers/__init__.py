"""What finds names: rules, gazetteers, and models behind the same interface."""

from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.recognition import Recogniser


def default_recognisers() -> tuple[Recogniser, ...]:
    """The parts that stand ready in every installation."""
    return (DateRecogniser(),)
