"""Who may read what, worked out apart from the product: profiles and markings as facts, and one rule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """A person as an administrator would describe them."""

    name: str
    rank: int
    names: frozenset[str]
    nation: str
    works_for: str
    reads_controlled: bool
    is_member: bool = True
    is_active: bool = True


@dataclass(frozen=True)
class Facts:
    """What a marking means: least rank, names needed, whether it is sensitive, who of other nations reads it
    (None for all), and who is kept out whatever is released.
    """

    rank: int
    names: frozenset[str] = frozenset()
    is_sensitive: bool = False
    nations: frozenset[str] | None = frozenset()
    keeps_out: frozenset[str] = frozenset()


NATO = frozenset({"GBR", "FRA", "USA"})
GBR = frozenset({"GBR"})

MARKINGS: dict[str, Facts] = {
    "UNCLASSIFIED": Facts(0, nations=None),
    "CUI": Facts(0, is_sensitive=True),
    "CUI//REL TO USA, GBR": Facts(0, is_sensitive=True, nations=GBR),
    "CUI//FEDCON//REL TO USA, GBR": Facts(
        0, is_sensitive=True, nations=GBR, keeps_out=frozenset({"foreign", "other"})
    ),
    "UNCLASSIFIED//LES": Facts(0, is_sensitive=True),
    "NATO RESTRICTED": Facts(1, nations=NATO),
    "SECRET": Facts(2),
    "SECRET//NOFORN": Facts(2),
    "SECRET//REL TO USA, GBR": Facts(2, nations=GBR),
    "//GBR SECRET": Facts(2, nations=GBR),
    "SECRET//HARBOR//REL TO USA, GBR": Facts(2, names=frozenset({"HARBOR"}), nations=GBR),
    "SECRET//RD//NOFORN": Facts(2, names=frozenset({"RD"})),
    "TOP SECRET//ORCON": Facts(3),
}
HIGHEST = Facts(3, names=frozenset({"HARBOR"}))
"""What TOP SECRET//HARBOR//NOFORN means, to which documents are raised."""

_ALL = frozenset({"HARBOR", "RD"})
_NONE: frozenset[str] = frozenset()

PROFILES = (
    Profile("all", 3, _ALL, "USA", "government", True),
    Profile("secret", 2, _NONE, "USA", "government", True),
    Profile("contractor", 2, _NONE, "USA", "contractor", True),
    Profile("neither", 2, frozenset({"HARBOR"}), "USA", "other", True),
    Profile("no-cui", 2, _NONE, "USA", "government", False),
    Profile("uncleared", 0, _NONE, "USA", "government", True),
    Profile("british-all", 3, _ALL, "GBR", "government", True),
    Profile("british", 2, _NONE, "GBR", "government", True),
    Profile("british-uncleared", 0, _NONE, "GBR", "government", True),
    Profile("french", 2, frozenset({"HARBOR"}), "FRA", "government", True),
    Profile("outsider", 3, _ALL, "USA", "government", True, is_member=False),
    Profile("disabled", 3, _ALL, "USA", "government", True, is_active=False),
)


def may_read(person: Profile, facts: Facts) -> bool:
    """The rule, said once more and in other words than the product says it."""
    if not (person.is_active and person.is_member):
        return False
    if person.rank < facts.rank or facts.names - person.names:
        return False
    if facts.is_sensitive and not person.reads_controlled:
        return False
    kinds = {person.works_for} | ({"foreign"} if person.nation != "USA" else set())
    if kinds & facts.keeps_out:
        return False
    return person.nation == "USA" or facts.nations is None or person.nation in facts.nations
