"""One table of units: one spelling, one unit in any one language; sizes that go into each other."""

import pytest

from ingest.values.locales import LOCALES, language_of
from ingest.values.units import UNITS, spellings, spellings_in_cells


@pytest.mark.parametrize("language", sorted({language_of(locale) for locale in LOCALES}))
def test_every_spelling_is_of_a_known_unit(language: str) -> None:
    assert set(spellings(language).values()) <= UNITS.keys()


def test_a_word_of_one_language_is_no_unit_in_another() -> None:
    assert spellings("hr")["sata"] == "h" and "sata" not in spellings("en")
    assert spellings("fr")["once"] == "oz" and "once" not in spellings("en")
    # The short form of a cell is no unit in a sentence.
    assert spellings_in_cells()["d"] == "day" and "d" not in spellings("en")


@pytest.mark.parametrize(
    ("larger", "smaller", "times"),
    [("km", "m", 1000), ("t", "kg", 1000), ("mi", "km", 1.609344), ("gal", "l", 3.785411784),
     ("kg", "lb", 2.204623), ("nmi", "m", 1852), ("m3", "l", 1000), ("ft", "in", 12),
     ("ha", "m2", 10_000), ("day", "h", 24)],
)  # fmt: skip
def test_sizes_go_into_each_other(larger: str, smaller: str, times: float) -> None:
    assert UNITS[larger].dimension == UNITS[smaller].dimension
    assert float(UNITS[larger].size / UNITS[smaller].size) == pytest.approx(times)
