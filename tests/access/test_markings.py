"""The grammar of markings, and the lattice they form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donovan.access.markings import (
    Level,
    Marking,
    MarkingError,
    least_upper_bound,
    owner_nation,
    parse_marking,
)

COMPARTMENTS = ["HARBOR", "SI", "TK", "SI-GAMMA", "LANTERN", "X9"]
CATEGORIES = ["PRVCY", "SP-PRVCY", "OPSEC", "CTI"]
HANDLING = ["ORCON", "PROPIN", "IMCON", "FISA", "FED ONLY", "FEDCON", "NOCON", "DL ONLY"]
NATIONS = ["AUS", "CAN", "FRA", "GBR", "NZL", "POL"]


@st.composite
def markings(draw: st.DrawFn) -> Marking:
    level = draw(st.sampled_from(Level))
    is_controlled = draw(st.booleans())
    return Marking(
        level=level,
        compartments=draw(st.frozensets(st.sampled_from(COMPARTMENTS))) if level else frozenset(),
        is_controlled=is_controlled,
        categories=draw(st.frozensets(st.sampled_from(CATEGORIES))) if is_controlled else frozenset(),
        handling=draw(st.frozensets(st.sampled_from(HANDLING), max_size=3)),
        nations=draw(st.none() | st.frozensets(st.sampled_from(NATIONS))),
        fgi=draw(st.frozensets(st.sampled_from(["GBR", "NATO", "CONCEALED"]), max_size=2)),
        display=draw(st.frozensets(st.sampled_from(NATIONS), max_size=2)),
        is_relido=draw(st.booleans()),
    )


@given(markings())
def test_reading_what_was_written_gives_the_same_marking(marking: Marking) -> None:
    assert parse_marking(marking.canonical) == marking
    assert parse_marking(marking.portion) == marking
    assert parse_marking(marking.canonical.lower()) == marking


@given(markings(), markings())
def test_a_bound_dominates_both_and_does_not_depend_on_the_order(one: Marking, other: Marking) -> None:
    bound = one.joined_with(other)
    assert bound == other.joined_with(one)
    assert bound.dominates(one)
    assert bound.dominates(other)


@given(markings(), markings(), markings())
def test_bounds_can_be_taken_in_any_grouping(one: Marking, two: Marking, three: Marking) -> None:
    assert one.joined_with(two).joined_with(three) == one.joined_with(two.joined_with(three))


@given(markings())
def test_a_bound_with_itself_changes_nothing(marking: Marking) -> None:
    assert marking.joined_with(marking) == marking
    assert least_upper_bound([marking]) == marking


@given(markings(), markings(), markings())
def test_the_bound_is_the_least_of_all_that_dominate_both(one: Marking, two: Marking, three: Marking) -> None:
    if three.dominates(one) and three.dominates(two):
        assert three.dominates(one.joined_with(two))


@given(markings(), markings(), markings())
def test_dominance_is_an_order(one: Marking, two: Marking, three: Marking) -> None:
    assert one.dominates(one)
    if one.dominates(two) and two.dominates(one):
        assert one == two
    if one.dominates(two) and two.dominates(three):
        assert one.dominates(three)


@given(st.lists(markings(), max_size=5))
def test_nothing_is_dropped_in_a_bound(several: list[Marking]) -> None:
    bound = least_upper_bound(several)
    for marking in several:
        assert marking.compartments <= bound.compartments
        assert not marking.is_controlled or bound.is_controlled
        assert not marking.is_noforn or bound.is_noforn


@settings(max_examples=400)
@given(st.text(alphabet=st.sampled_from("USTCR/ ()-,NOFREL\tHABÅß\x00\n"), max_size=40))
def test_any_text_is_a_marking_or_a_sentence(text: str) -> None:
    try:
        marking = parse_marking(text)
    except MarkingError as error:
        assert error.sentence.endswith(".")
    else:
        assert parse_marking(marking.canonical) == marking


@pytest.mark.parametrize(
    ("text", "canonical", "portion"),
    [
        ("u", "UNCLASSIFIED", "(U)"),
        ("(CUI)", "CUI", "(CUI)"),
        ("Controlled Unclassified Information", "CUI", "(CUI)"),
        ("UNCLASSIFIED//FOUO", "CUI", "(CUI)"),
        ("CUI//SP-PRVCY//NF", "CUI//SP-PRVCY//NOFORN", "(CUI//SP-PRVCY//NF)"),
        ("S//NF", "SECRET//NOFORN", "(S//NF)"),
        ("(S//HARBOR//NF)", "SECRET//HARBOR//NOFORN", "(S//HARBOR//NF)"),
        ("SECRET//NOFORN//HARBOR", "SECRET//HARBOR//NOFORN", "(S//HARBOR//NF)"),
        ("SECRET // REL TO GBR, USA", "SECRET//REL TO USA, GBR", "(S//REL TO USA, GBR)"),
        ("SECRET//REL TO USA", "SECRET//NOFORN", "(S//NF)"),
        ("S//REL TO FVEY", "SECRET//REL TO USA, AUS, CAN, GBR, NZL", "(S//REL TO USA, AUS, CAN, GBR, NZL)"),
        ("TS//TK/SI//OC/NF", "TOP SECRET//SI/TK//ORCON/NOFORN", "(TS//SI/TK//OC/NF)"),
        ("SECRET//CUI", "SECRET//CUI", "(S//CUI)"),
    ],
)
def test_a_line_has_one_canonical_form(text: str, canonical: str, portion: str) -> None:
    marking = parse_marking(text)
    assert (marking.canonical, marking.portion) == (canonical, portion)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no marking"),
        ("   ", "There is no marking"),
        ("hello", "not a classification"),
        ("SECRET//NOFRON", "looks like NOFORN"),
        ("SECRET//NOFORN//REL TO USA, GBR", "more than once"),
        ("SECRET//REL TO USA, BRITAIN", "country code"),
        ("SECRET//REL", "needs the list"),
        ("SECRET//TOP SECRET", "two classifications"),
        ("UNCLASSIFIED//HARBOR", "no compartments"),
        ("CUI//HARBOR", "not a CUI category"),
        ("//GBR SEKRET", "not a marking of another nation"),
        ("SECRET////NOFORN", "empty part"),
        ("SECRET//HARBOR 7!", "not a control"),
        ("SECRET\x07", "control characters"),
        ("SECRET//" + "A" * 3000, "too long"),
    ],
)
def test_an_unreadable_line_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(MarkingError) as caught:
        parse_marking(text)
    assert words in caught.value.sentence


def test_rel_in_a_portion_means_the_list_of_the_banner() -> None:
    banner = parse_marking("SECRET//REL TO USA, GBR")
    assert parse_marking("(C//REL)", banner=banner).canonical == "CONFIDENTIAL//REL TO USA, GBR"


def test_rel_to_intersects_and_an_empty_list_is_noforn() -> None:
    british = parse_marking("SECRET//REL TO USA, GBR, AUS")
    assert british.joined_with(parse_marking("S//REL TO USA, GBR")).canonical == "SECRET//REL TO USA, GBR"
    french = parse_marking("CONFIDENTIAL//REL TO USA, FRA")
    assert british.joined_with(french).canonical == "SECRET//NOFORN"
    assert french.joined_with(british).nations == frozenset({owner_nation()})


def test_cui_stays_visible_in_a_classified_bound() -> None:
    assert parse_marking("CUI").joined_with(parse_marking("SECRET")).canonical == "SECRET//CUI"


def test_nothing_bounds_to_unclassified() -> None:
    assert least_upper_bound([]).canonical == "UNCLASSIFIED"
