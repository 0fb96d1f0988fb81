"""What a version is made of: which labels, how sure, and how they are divided.

A recipe is kept as JSON with the version and can be given as `name=value` pairs on the command line:

    projects=ID,ID            label projects; without, every one the maker may read
    origins=everyday,project  of Annotation.Origin; without: everyday, project, import; with projects: project
    collections=relief        only labels of nothing but these collections
    since=2026-01-01          labels given (or items decided) on this day or later
    until=2026-06-30          ... on this day or earlier
    decided=adjudicated       only what an adjudicator, a reviewer or the owner of a project decided
    agreement=0.7             at least this share of those who labelled an item agree with what came of it
    people=2                  at least so many people labelled it
    readable=all              only what every active person may read, so that a model may be trained on it
    split=0.8/0.1/0.1         shares of train, dev and test
    seed=7                    what the division is drawn from
    bind=documents            what may not be divided beside questions and near-duplicates: documents, or
                              `questions` alone for rows that are made from many documents each
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.rows import BINDINGS, BY_DOCUMENTS
from donovan.feedback.datasets.splitting import DEFAULT_SHARES, Shares, read_shares
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import TASKS

_LISTS = ("projects", "origins", "collections")
_USUAL_ORIGINS = ("everyday", "project", "import")
MOST_SEED = 2**31 - 1
_DIGITS = re.compile("[0-9]{1,10}")


@dataclass(frozen=True)
class Recipe:
    """See the module. `agreement` is a share from 0 to 1, `split` the shares of train, dev and test."""

    task: str
    projects: tuple[str, ...] = ()
    origins: tuple[str, ...] = _USUAL_ORIGINS
    collections: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    is_decided: bool = False
    agreement: float = 0.0
    people: int = 1
    is_readable_by_all: bool = False
    split: Shares = DEFAULT_SHARES
    seed: int = 0
    binding: str = field(default=BY_DOCUMENTS)

    def as_data(self) -> dict[str, Any]:
        """The recipe as JSON, the same for the same recipe."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Recipe":
        """The recipe that `as_data` gave."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**values)


def read_recipe(task: str, given: Mapping[str, str], projects: Iterable[str] = ()) -> Recipe:
    """A recipe from texts, as a command line or a form gives them. Raises DatasetError with a sentence."""
    if task not in TASKS:
        raise DatasetError(f"There is no task “{task[:40]}”. Choose one of {', '.join(TASKS)}.")
    unknown = sorted(set(given) - set(_READERS))
    if unknown:
        raise DatasetError(
            f"“{unknown[0][:40]}” is not part of a recipe. Use any of {', '.join(sorted(_READERS))}."
        )
    values: dict[str, Any] = {}
    for name, text in given.items():
        if text.strip():
            values |= _READERS[name](name, text.strip())
    values["projects"] = tuple(sorted({*values.get("projects", ()), *projects}))
    if values["projects"] and "origins" not in values:
        values["origins"] = (str(Annotation.Origin.PROJECT.value),)
    if values["projects"] and "project" not in values["origins"]:
        raise DatasetError("Projects were named, but their labels left out. Add “project” to the origins.")
    recipe = Recipe(task=task, **values)
    if recipe.since and recipe.until and recipe.since > recipe.until:
        raise DatasetError("The first day lies after the last one. Exchange them.")
    return recipe


def as_form(recipe: Recipe) -> dict[str, list[str]]:
    """What `read_recipe` makes this recipe of, as the fields of a form. What it would add by itself is left
    out, so that the recipe that comes back is the same to the letter.
    """
    usual = (str(Annotation.Origin.PROJECT.value),) if recipe.projects else _USUAL_ORIGINS
    given = {
        "task": [recipe.task],
        "projects": list(recipe.projects),
        "origins": [] if recipe.origins == usual else list(recipe.origins),
        "collections": list(recipe.collections),
        "since": [recipe.since],
        "until": [recipe.until],
        "decided": ["adjudicated"] if recipe.is_decided else [],
        "agreement": [str(recipe.agreement)] if recipe.agreement else [],
        "people": [str(recipe.people)],
        "readable": ["all"] if recipe.is_readable_by_all else [],
        "split": ["/".join(str(share) for share in recipe.split)],
        "seed": [str(recipe.seed)],
        "bind": [recipe.binding],
    }
    return {name: values for name, values in given.items() if any(values)}


def pairs(given: Iterable[str]) -> dict[str, str]:
    """`name=value` texts as a mapping. Raises DatasetError for anything else."""
    told = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not sign:
            raise DatasetError(f"“{each[:60]}” is not NAME=VALUE. Write it like agreement=0.7.")
        told[name.strip()] = text.strip()
    return told


def _listed(name: str, text: str) -> dict[str, Any]:
    values = tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))
    if name == "origins":
        for value in values:
            if value not in Annotation.Origin.values:
                raise DatasetError(
                    f"“{value[:40]}” is no origin. Use any of {', '.join(Annotation.Origin.values)}."
                )
    return {name: values}


def _day(name: str, text: str) -> dict[str, Any]:
    try:
        return {name: date.fromisoformat(text).isoformat()}
    except ValueError:
        raise DatasetError(f"“{text[:40]}” is no day. Write it like 2026-01-31.") from None


def _share(name: str, text: str) -> dict[str, Any]:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise DatasetError("The least agreement is a number from 0 to 1, such as 0.7.")
    return {name: share}


def _whole(name: str, text: str) -> dict[str, Any]:
    if not _DIGITS.fullmatch(text) or int(text) > MOST_SEED:
        raise DatasetError(f"“{name}” must be a whole number, 0 or more.")
    return {name: int(text)}


def _decided(_: str, text: str) -> dict[str, Any]:
    if text not in ("adjudicated", "any"):
        raise DatasetError("“decided” is adjudicated or any.")
    return {"is_decided": text == "adjudicated"}


def _readable(_: str, text: str) -> dict[str, Any]:
    if text not in ("all", "me"):
        raise DatasetError("“readable” is all (by everybody) or me (whatever you may read).")
    return {"is_readable_by_all": text == "all"}


def _split(_: str, text: str) -> dict[str, Any]:
    return {"split": read_shares(text)}


def _bind(_: str, text: str) -> dict[str, Any]:
    if text not in BINDINGS:
        raise DatasetError(f"“bind” is one of {', '.join(BINDINGS)}.")
    return {"binding": text}


_READERS = {
    **dict.fromkeys(_LISTS, _listed),
    "since": _day,
    "until": _day,
    "agreement": _share,
    "people": _whole,
    "seed": _whole,
    "decided": _decided,
    "readable": _readable,
    "split": _split,
    "bind": _bind,
}
