"""What a whole must say that was made of parts, worked out from the public rules alone.

The rules are those of IC-ISM, Data Encoding Specification version 10 (Schematron, numbers in brackets) and of
DoDM 5200.01 volume 2 of 24 February 2012 with change 4, enclosure 4. A part is written by `written` and goes
to the product as text alone. Where the product says something else, `differs` must know why.
"""

import random
from dataclasses import dataclass, field

LEVELS = ("UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
NATIONS = ("AUS", "CAN", "FRA", "GBR", "NZL", "POL")
FOREIGN = (frozenset({"DEU"}), frozenset({"DEU", "ITA"}), frozenset({"FGI"}))
KINDS = ("silent", "silent", "rel", "rel", "rel", "nf", "relido", "display", "both")
DISSEMINATION = ("ORCON", "PROPIN", "IMCON", "FISA", "RSEN")


@dataclass(frozen=True)
class Part:
    """One portion, or what the rules say of a whole. `rel` and `display` are nations without USA."""

    level: int
    sci: frozenset[str] = frozenset()
    aea: frozenset[str] = frozenset()
    fgi: frozenset[str] = frozenset()
    dissem: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    cui: frozenset[str] | None = None
    nf: bool = False
    rel: frozenset[str] = frozenset()
    display: frozenset[str] = frozenset()
    relido: bool = False

    @property
    def says_release(self) -> bool:
        return self.nf or self.relido or bool(self.rel or self.display)


@dataclass(frozen=True)
class Ruled:
    """The whole by the rules, and `free`: what the rules leave open or the site rules more strictly."""

    whole: Part
    free: frozenset[str] = field(default_factory=frozenset)


REASONS = {
    "silent-unclassified": "An unclassified part under a control that is silent about release does not keep "
    "REL TO off the whole in [00088]. Here another nation may not read that part, so neither the whole.",
    "nothing-in-common": "DoDM 10.d(8)(b) speaks of REL TO. RELIDO and DISPLAY ONLY that not every part has "
    "are treated the same: NOFORN.",
}


def ruled(parts: list[Part]) -> Ruled:
    """What the rules say of a whole made of `parts`."""
    free: set[str] = set()
    classified = [part for part in parts if part.level]
    stating = [part for part in parts if part.level or part.says_release]
    nf = any(part.nf for part in parts)  # [00070], and SBU-NF and LES-NF by [00087] and [00146]
    rel: frozenset[str] = frozenset()
    display: frozenset[str] = frozenset()
    relido = False
    if not nf and stating:
        if all(part.rel for part in stating):  # [00088]
            rel = frozenset.intersection(*(part.rel for part in stating))  # [00318]
        if all(part.rel or part.display for part in stating):  # [00320]
            display = frozenset.intersection(*(part.rel | part.display for part in stating)) - rel
        relido = all(part.relido for part in stating)  # [00132]
        released = any(part.says_release for part in parts)
        if released and not (rel or display or relido):
            nf = True  # 10.d(8)(b): REL TO beside uncaveated parts, or without a common nation
            if not any(part.rel for part in parts):
                free.add("nothing-in-common")
    quiet = [part for part in parts if not part.level and not part.says_release and _is_controlled(part)]
    if quiet and (rel or display or relido):
        free.add("silent-unclassified")
    fgi = frozenset().union(*(part.fgi for part in parts))
    whole = Part(
        level=max(part.level for part in parts),  # [00056], [00058], [00059]
        sci=frozenset().union(*(part.sci for part in parts)),  # [00060] to [00063]
        aea=frozenset().union(*(part.aea for part in parts)),  # [00072] to [00079], [00298]
        fgi=frozenset({"FGI"}) if "FGI" in fgi else fgi,  # [00064], [00065]
        dissem=frozenset().union(*(part.dissem for part in parts)),  # [00067] to [00081], [00165]
        other=frozenset().union(*(part.other for part in parts)),  # [00084], [00105], [00145]
        cui=_all_cui(parts),
        nf=nf,
        rel=rel,
        display=display,
        relido=relido,
    )
    assert bool(whole.level) == bool(classified)
    return Ruled(whole, frozenset(free))


def differs(ruling: Ruled, told: Part) -> str | None:
    """Nothing where the product says what the rules say; else the reason on record, or "no reason"."""
    if told == ruling.whole:
        return None
    stricter = Part(
        **{**vars(ruling.whole), "nf": True, "rel": frozenset(), "display": frozenset(), "relido": False}
    )
    if "silent-unclassified" in ruling.free and told == stricter:
        return "silent-unclassified"
    if "nothing-in-common" in ruling.free and told in (stricter, Part(**{**vars(stricter), "nf": False})):
        return "nothing-in-common"
    return "no reason"


def written(part: Part) -> str:
    """The banner line of a part."""
    if part.cui is not None and not part.level:
        blocks = ["CUI", *(["/".join(sorted(part.cui))] if part.cui else [])]
    else:
        blocks = [LEVELS[part.level]]
    blocks += ["/".join(sorted(block)) for block in (part.sci, part.aea) if block]
    if part.fgi:
        blocks.append("FGI" if "FGI" in part.fgi else f"FGI {' '.join(sorted(part.fgi))}")
    if part.cui is not None and part.level:
        blocks.append("/".join(["CUI", *sorted(part.cui)]))
    said = sorted(part.dissem)
    if part.nf:
        said.append("NOFORN")
    if part.relido:
        said.append("RELIDO")
    if part.rel:
        said.append(f"REL TO USA, {', '.join(sorted(part.rel))}")
    if part.display:
        said.append(f"DISPLAY ONLY {', '.join(sorted(part.display))}")
    if said:
        blocks.append("/".join(said))
    if part.other:
        blocks.append("/".join(sorted(part.other)))
    return "//".join(blocks)


def drawn(chance: random.Random, kinds: tuple[str, ...] = KINDS) -> Part:
    """A part by chance, such as the rules allow one."""
    level = chance.choice((0, 1, 2, 2, 3))
    kind = chance.choice(kinds)
    rel = _some(chance, NATIONS, 1, 4) if kind in ("rel", "both") else frozenset()
    display = _some(chance, NATIONS, 1, 3) - rel if kind in ("display", "both") else frozenset()
    return Part(
        level=level,
        sci=_some(chance, ("SI", "TK", "HCS", "SI-G"), 0, 2) if level == 3 else frozenset(),
        aea=_some(chance, ("RD", "FRD", "TFNI"), 0, 1) if level and chance.random() < 0.15 else frozenset(),
        fgi=chance.choice(FOREIGN) if level and chance.random() < 0.15 else frozenset(),
        dissem=_some(chance, DISSEMINATION, 0, 2) if level > 1 else frozenset(),
        other=_some(chance, ("LES", "SBU", "LIMDIS", "SSI"), 0, 1) if chance.random() < 0.2 else frozenset(),
        cui=_some(chance, ("PRVCY", "OPSEC", "CTI"), 0, 2) if chance.random() < 0.2 else None,
        nf=kind == "nf",
        rel=rel,
        display=display,
        relido=kind == "relido",
    )


def combination(chance: random.Random) -> list[Part]:
    """One to six parts; of half of the combinations all parts are released in a like way."""
    kinds = chance.choice(
        (KINDS, KINDS, KINDS, ("rel", "both"), ("rel", "display", "both"), ("relido", "silent"))
    )
    return [drawn(chance, kinds) for _ in range(chance.randint(1, 6))]


def _some(chance: random.Random, names: tuple[str, ...], least: int, most: int) -> frozenset[str]:
    return frozenset(chance.sample(names, chance.randint(least, min(most, len(names)))))


def _is_controlled(part: Part) -> bool:
    return part.cui is not None or bool(part.dissem or part.other or part.fgi)


def _all_cui(parts: list[Part]) -> frozenset[str] | None:
    held = [part.cui for part in parts if part.cui is not None]
    return frozenset().union(*held) if held else None
