"""What markings mean at this site: one document of data, read and checked once.

The document is `marking_policy.toml` beside this file, or the one that settings.MARKING_POLICY names. It says
who owns what is held here, how levels, controls and the markings of others are written, whom each control
keeps out, and which names stand for several nations.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

BUILT_IN = Path(__file__).with_name("marking_policy.toml")
BLOCKS = ("SCI", "SAR", "AEA", "FGI", "CUI", "DISSEM", "NON-IC")
OUTSIDERS = frozenset({"foreign", "contractor", "other"})
LEVELS = ("UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
LONGEST_POLICY = 500_000
_NATION = re.compile(r"[A-Z]{3}")
_NAME = re.compile(r"[A-Z0-9][A-Z0-9 .:/-]{0,119}")


class PolicyError(ValueError):
    """A policy that cannot be used; the sentence says where and why."""


@dataclass(frozen=True)
class Control:
    """One control: where it stands, whom it keeps out, and what a person must be cleared for to read it."""

    name: str
    portion: str
    block: str
    excludes: frozenset[str] = frozenset()
    sensitive: bool = False
    owner_only: bool = False
    access: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignMarking:
    """How another nation or organisation marks: the level here ("CUI" for none), whose, and open to whom."""

    level: str
    origin: str
    released_to: frozenset[str]
    control: str = ""


@dataclass(frozen=True)
class MarkingPolicy:
    """The site's policy. All names are in capitals; `written` finds a control by any way to write it."""

    owner: str
    nothing_in_common: str
    order: tuple[str, ...]
    owner_only: frozenset[str]
    controlled: frozenset[str]
    formerly_controlled: frozenset[str]
    held: frozenset[str]
    neutral: frozenset[str]
    control_systems: frozenset[str]
    levels: Mapping[str, str]
    groups: Mapping[str, frozenset[str]]
    written_groups: tuple[str, ...]
    nations: Mapping[str, str]
    foreign: Mapping[str, ForeignMarking]
    controls: Mapping[str, Control]
    written: Mapping[str, Control]
    categories: frozenset[str]
    closed_categories: frozenset[str] = field(default_factory=frozenset)

    @property
    def access_names(self) -> frozenset[str]:
        """What a person may be cleared for beside compartments, such as RD."""
        return frozenset(control.access for control in self.controls.values() if control.access)


def policy() -> MarkingPolicy:
    """The policy in force. Raises PolicyError where the site's document cannot be used."""
    return policy_at(settings.MARKING_POLICY)


@lru_cache(maxsize=8)
def policy_at(name: str) -> MarkingPolicy:
    """The policy kept at `name`, checked; the built-in one without a name. Raises PolicyError."""
    path = Path(name) if name else BUILT_IN
    try:
        if path.stat().st_size > LONGEST_POLICY:
            raise PolicyError(f"{path} is larger than a marking policy may be.")
        read = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PolicyError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is no TOML: {error}.") from error
    try:
        return _checked(read)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from error


_SHAPE: dict[str, type] = {
    "version": int,
    "owner": str,
    "nothing_in_common": str,
    "order": list,
    "owner_only": list,
    "controlled": list,
    "formerly_controlled": list,
    "held": list,
    "neutral": list,
    "control_systems": list,
    "levels": dict,
    "groups": dict,
    "nations": dict,
    "foreign": list,
    "control": list,
    "categories": dict,
}


def _checked(read: dict[str, Any]) -> MarkingPolicy:
    _check_shape(read, _SHAPE, "the document", required=_SHAPE)
    if read["version"] != 1:
        raise PolicyError("version must be 1.")
    if not _NATION.fullmatch(read["owner"]):
        raise PolicyError("owner must be a country code of three capital letters.")
    if read["nothing_in_common"] not in ("NOFORN", "nothing"):
        raise PolicyError("nothing_in_common must be NOFORN or nothing.")
    if sorted(map(str, read["order"])) != sorted(BLOCKS):
        raise PolicyError(f"order must name each of {', '.join(BLOCKS)} once.")
    groups, written_groups = _groups(read["groups"])
    controls = _controls(read["control"])
    categories = read["categories"]
    _check_shape(
        categories,
        {"known": list, "exclude_foreign": list},
        "categories",
        required=("known", "exclude_foreign"),
    )
    known, closed = (
        _names(categories["known"], "categories"),
        _names(categories["exclude_foreign"], "categories"),
    )
    if not closed <= known:
        raise PolicyError("categories: exclude_foreign names one that is not known.")
    return MarkingPolicy(
        owner=read["owner"],
        nothing_in_common=read["nothing_in_common"],
        order=tuple(read["order"]),
        owner_only=_names(read["owner_only"], "owner_only"),
        controlled=_names(read["controlled"], "controlled"),
        formerly_controlled=_names(read["formerly_controlled"], "formerly_controlled"),
        held=_names(read["held"], "held"),
        neutral=_names(read["neutral"], "neutral"),
        control_systems=_names(read["control_systems"], "control_systems"),
        levels=_levels(read["levels"]),
        groups=groups,
        written_groups=written_groups,
        nations=_nations(read["nations"]),
        foreign=_foreign(read["foreign"], controls, groups),
        controls=controls,
        written=_written(controls),
        categories=known,
        closed_categories=closed,
    )


def _check_shape(
    found: Any, shape: Mapping[str, type], where: str, *, required: Mapping[str, type] | tuple[str, ...] = ()
) -> None:
    if not isinstance(found, dict):
        raise PolicyError(f"{where} is not a table.")
    for name, value in found.items():
        if name not in shape:
            raise PolicyError(f"{where} has “{name[:40]}”, which means nothing here.")
        if not isinstance(value, shape[name]) or (shape[name] is int and isinstance(value, bool)):
            raise PolicyError(f"{where}: {name} is of the wrong kind.")
    for name in required:
        if name not in found:
            raise PolicyError(f"{where} lacks {name}.")


def _names(values: Any, where: str) -> frozenset[str]:
    for value in values:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise PolicyError(f"{where}: “{str(value)[:40]}” is not a name in capitals.")
    return frozenset(values)


def _levels(read: dict[str, Any]) -> dict[str, str]:
    if tuple(read) != LEVELS:
        raise PolicyError(f"levels must be {', '.join(LEVELS)}, in this order.")
    found = {level: level for level in LEVELS}
    for level, also in read.items():
        if not isinstance(also, list):
            raise PolicyError(f"levels: {level} must be a list.")
        for name in _names(also, "levels"):
            if found.setdefault(name, level) != level:
                raise PolicyError(f"levels: {name} stands for two levels.")
    return found


def _groups(read: dict[str, Any]) -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    found: dict[str, frozenset[str]] = {}
    for name, entry in read.items():
        _check_shape(entry, {"members": list, "write": bool}, f"groups: {name}", required=("members",))
        _names([name], "groups")
        if not entry["members"] or not all(
            isinstance(one, str) and _NATION.fullmatch(one) for one in entry["members"]
        ):
            raise PolicyError(f"groups: {name} must list country codes of three capital letters.")
        found[name] = frozenset(entry["members"])
    return found, tuple(name for name, entry in read.items() if entry.get("write"))


def _nations(read: dict[str, Any]) -> dict[str, str]:
    for name, code in read.items():
        _names([name], "nations")
        if not isinstance(code, str) or not _NATION.fullmatch(code):
            raise PolicyError(f"nations: {name} must be a country code of three capital letters.")
    return dict(read)


_CONTROL_SHAPE: dict[str, type] = {
    "name": str,
    "portion": str,
    "block": str,
    "excludes": list,
    "sensitive": bool,
    "owner_only": bool,
    "access": str,
    "also": list,
}


def _controls(read: list[Any]) -> dict[str, Control]:
    found: dict[str, Control] = {}
    for entry in read:
        _check_shape(entry, _CONTROL_SHAPE, "a control", required=("name", "portion", "block"))
        where = f"control {entry['name'][:40]}"
        also = entry.get("also", [])
        _names([entry["name"], entry["portion"], *also], where)
        excludes = entry.get("excludes", [])
        if entry["block"] not in BLOCKS or not all(one in OUTSIDERS for one in excludes):
            raise PolicyError(f"{where}: block or excludes says what nobody here knows.")
        if entry["name"] in found:
            raise PolicyError(f"{where} stands twice.")
        found[entry["name"]] = Control(
            **{**entry, "excludes": frozenset(excludes), "also": tuple(also)},
        )
    return found


def _written(controls: Mapping[str, Control]) -> dict[str, Control]:
    found: dict[str, Control] = {}
    for control in controls.values():
        for name in (control.name, control.portion, *control.also):
            if found.setdefault(name, control) is not control:
                raise PolicyError(f"control {control.name}: “{name}” already stands for another.")
    return found


def _foreign(
    read: list[Any], controls: Mapping[str, Control], groups: Mapping[str, frozenset[str]]
) -> dict[str, ForeignMarking]:
    shape = {"origin": str, "released_to": list, "control": str, "names": dict}
    found: dict[str, ForeignMarking] = {}
    for entry in read:
        _check_shape(entry, shape, "a foreign marking", required=("origin", "released_to", "names"))
        where = f"foreign marking of {entry['origin'][:40]}"
        _names([entry["origin"]], where)
        nations: set[str] = set()
        for name in _names(entry["released_to"], where):
            if name not in groups and not _NATION.fullmatch(name):
                raise PolicyError(f"{where}: {name} is neither a nation nor a group.")
            nations |= groups.get(name, {name})
        if entry.get("control", "") not in {"", *controls}:
            raise PolicyError(f"{where}: its control is not among the controls.")
        for name, level in entry["names"].items():
            _names([name], where)
            if level not in (*LEVELS, "CUI") or name in found:
                raise PolicyError(f"{where}: “{name}” has no level of this site, or stands twice.")
            found[name] = ForeignMarking(level, entry["origin"], frozenset(nations), entry.get("control", ""))
    return found
