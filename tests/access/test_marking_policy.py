"""The one document of a site's rules: read, checked, and replaced by another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.checks import marking_policy_is_sound
from donovan.access.clearance import Clearance
from donovan.access.labels import cached_marking
from donovan.access.marking_policy import BUILT_IN, PolicyError, policy, policy_at
from donovan.access.markings import Level, parse_marking


@pytest.fixture
def changed(tmp_path: Path, settings: LazySettings) -> Callable[[str, str], Path]:
    """`changed(before, after)` puts another document in force."""

    def change(before: str, after: str) -> Path:
        text = BUILT_IN.read_text("utf-8")
        assert before in text
        path = tmp_path / "policy.toml"
        path.write_text(text.replace(before, after, 1), "utf-8")
        settings.MARKING_POLICY = str(path)
        cached_marking.cache_clear()
        return path

    return change


def reader(
    nationality: str, *, affiliation: str = "government", compartments: tuple[str, ...] = ()
) -> Clearance:
    return Clearance(Level.TOP_SECRET, frozenset(compartments), nationality, True, affiliation)


def test_the_built_in_policy_is_sound() -> None:
    assert marking_policy_is_sound() == []
    assert policy().owner == "USA" and len(policy().controls) > 30


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('owner = "USA"', 'owner = "US"', "owner must be"),
        ('owner = "USA"', 'owner = "USA"\nsecret = 1', "means nothing here"),
        ('nothing_in_common = "NOFORN"', 'nothing_in_common = "all"', "NOFORN or nothing"),
        ('order = ["SCI", ', 'order = ["SCI", "SCI", ', "once"),
        ('block = "DISSEM"', 'block = "SOMEWHERE"', "what nobody here knows"),
        ('excludes = ["foreign", "contractor", "other"]', 'excludes = ["nobody"]', "what nobody here knows"),
        ('name = "PROPIN"', 'name = "ORCON"', "stands"),
        ('also = ["DEA SENSITIVE"]', 'also = ["LES"]', "already stands for another"),
        ('"SECRET" = ["S"]', '"SECRET" = ["S", "C"]', "two levels"),
        ('members = ["USA", "AUS", "GBR"]', 'members = ["THEM"]', "three capital letters"),
        ('released_to = ["NATO"]', 'released_to = ["EVERYBODY"]', "neither a nation nor a group"),
        ("version = 1", "version = 2", "version must be 1"),
        ("version = 1", "version = [", "no TOML"),
        ("sensitive = true", 'sensitive = "yes"', "wrong kind"),
    ],
)
def test_a_document_that_cannot_be_used_says_why(
    changed: Callable[[str, str], Path], before: str, after: str, sentence: str
) -> None:
    changed(before, after)
    (error,) = marking_policy_is_sound()
    assert sentence in error.msg and error.msg.endswith(".")
    with pytest.raises(PolicyError):
        parse_marking("SECRET")


def test_a_document_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        policy_at(str(tmp_path / "none.toml"))


def test_another_owner_is_another_nation_for_whom_silence_is_open(
    changed: Callable[[str, str], Path],
) -> None:
    changed('owner = "USA"', 'owner = "GBR"')
    assert reader("GBR").permits(parse_marking("SECRET"))
    assert not reader("USA").permits(parse_marking("SECRET"))
    assert parse_marking("UK SECRET").canonical == "SECRET"
    assert parse_marking("SECRET//REL TO GBR, USA").canonical == "SECRET//REL TO GBR, USA"
    assert reader("USA").permits(parse_marking("SECRET//REL TO USA"))


def test_a_site_may_say_nothing_instead_of_noforn(changed: Callable[[str, str], Path]) -> None:
    changed('nothing_in_common = "NOFORN"', 'nothing_in_common = "nothing"')
    whole = parse_marking("SECRET").joined_with(parse_marking("SECRET//REL TO USA, GBR"))
    assert whole.canonical == "SECRET" and not reader("GBR").permits(whole)
    apart = parse_marking("SECRET//REL TO USA, FRA").joined_with(parse_marking("S//REL TO USA, GBR"))
    assert apart.canonical == "SECRET"


def test_a_site_may_add_a_control_and_whom_it_keeps_out(changed: Callable[[str, str], Path]) -> None:
    added = '[[control]]\nname = "HEXAGON"\nportion = "HX"\nblock = "DISSEM"\nexcludes = ["contractor"]\n\n'
    changed("[[control]]", f"{added}[[control]]")
    marking = parse_marking("S//HX/NF")
    assert marking.canonical == "SECRET//HEXAGON/NOFORN"
    assert reader("USA").permits(marking) and not reader("USA", affiliation="contractor").permits(marking)


@pytest.mark.parametrize(
    ("marking", "reads"),
    [
        # who reads it: of the owner's government, contractor, neither; of another nation that a release names
        ("UNCLASSIFIED", "gcof"),
        ("CUI", "gco"),
        ("CUI//REL TO USA, GBR", "gcof"),
        ("CUI//FED ONLY", "g"),
        ("CUI//FEDCON", "gc"),
        ("CUI//NOCON", "go"),
        ("CUI//DL ONLY", "gco"),
        ("CUI//DL ONLY//REL TO USA, GBR", "gco"),
        ("CUI//NNPI//REL TO USA, GBR", "gco"),
        ("CUI//SP-NNPI//REL TO USA, GBR", "gco"),
        ("SECRET", "gco"),
        ("SECRET//ORCON", "gco"),
        ("SECRET//ORCON/REL TO USA, GBR", "gcof"),
        ("SECRET//RELIDO", "gco"),
        ("SECRET//DISPLAY ONLY GBR", "gco"),
        ("SECRET//NOFORN", "gco"),
        ("//GBR SECRET", "gcof"),
        ("//FRA SECRET", "gco"),
        ("SECRET//FGI GBR", "gco"),
        ("JOINT SECRET GBR USA", "gcof"),
        ("NATO SECRET", "gcof"),
        ("NATO SECRET//NOFORN", "gco"),
        ("SECRET//REL TO USA, FVEY", "gcof"),
        ("SECRET//REL TO USA, NATO", "gcof"),
        ("SECRET//REL TO USA, FRA", "gco"),
        ("SBU", "gco"),
        ("LES", "gco"),
        ("SECRET//LES//REL TO USA, GBR", "gcof"),
        ("EXDIS", "gco"),
        ("DISTRIBUTION STATEMENT A", "gcof"),
        ("DISTRIBUTION STATEMENT B", "g"),
        ("DISTRIBUTION STATEMENT C", "gc"),
        ("SECRET//RD", ""),
        ("COSMIC TOP SECRET ATOMAL", ""),
        ("SECRET//FRD", "gco"),
        ("UNCLASSIFIED//REL TO USA, FRA", "gco"),
    ],
)
def test_who_reads_what(marking: str, reads: str) -> None:
    people = {
        "g": reader("USA"),
        "c": reader("USA", affiliation="contractor"),
        "o": reader("USA", affiliation="other"),
        "f": reader("GBR"),
    }
    read = parse_marking(marking)
    assert "".join(name for name, person in people.items() if person.permits(read)) == reads


def test_a_control_with_a_name_of_its_own_needs_that_name() -> None:
    assert reader("USA", compartments=("RD",)).permits(parse_marking("SECRET//RD"))
    assert reader("USA", compartments=("ATOMAL",)).permits(parse_marking("COSMIC TOP SECRET ATOMAL"))
