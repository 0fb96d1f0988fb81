"""The schemas of docs/schemas, and holding a command's output against one."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.docs.pages import ROOT

FOLDER = ROOT / "docs" / "schemas"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(name: str, said: Any) -> list[str]:
    """What is not as the schema says, each with its place."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(said)]


def objects_in(name: str) -> list[dict[str, Any]]:
    """The objects at the top of what a schema describes: itself, items of a list, cases of a choice."""
    schema = validator(name).schema
    parts = schema.get("oneOf") or [schema["items"] if schema["type"] == "array" else schema]
    return list(parts)
