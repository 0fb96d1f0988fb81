"""What is measured: which trained model stands in each role while a suite runs.

A subject is named in words: `current` is what serves now, `base` no trained model in any role, and
`role/name` what serves now with that one model in its role. Several words are taken one after the other, so
`base embedder/nine` is the base with that embedder. A subject is resolved once, to folders and digests:
when a pointer moves during a run, the run still measures what it began with.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from donovan.llm.prompts import load_prompt
from retrieval.model_folders import ROLES, ModelTampered, folder_of, read_model
from retrieval.serving import BASE, served

from .catalogue import roles_measured
from .errors import UnusableData

CURRENT: Final = "current"
_CALLED: Final = {"triage": "triage model", "llm": "adapter of the language model"}
PROMPTS: Final = ("ask", "summarize", "translate")


@dataclass(frozen=True)
class SubjectModel:
    """The model of one role: its name, folder and digest; of the base model the last two are empty."""

    name: str
    folder: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Subject:
    """The models by role, and the prompt versions where they are not the newest."""

    words: str
    models: Mapping[str, SubjectModel]
    prompts: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for the same weights and prompts, whatever they were called by."""
        return self._digest(ROLES)

    def digest_for(self, suite: str) -> str:
        """The same over the roles that a suite measures: another model elsewhere makes no run of it void."""
        return self._digest(roles_measured(suite))

    def _digest(self, roles: Sequence[str]) -> str:
        told = {
            "models": {role: digest for role in roles if (digest := self.models[role].digest)},
            "prompts": dict(self.prompts),
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def names(self, role: str) -> bool:
        """Whether its words name a model of this role."""
        return any(word.startswith(f"{role}/") for word in self.words.split())

    def environment(self) -> dict[str, str]:
        """The environment variables that make a process serve exactly these models. The prompts are handed to
        it in its request.
        """
        return {f"DONOVAN_SERVE_{role.upper()}": self.models[role].folder or BASE for role in ROLES}

    def as_json(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "models": {
                role: {"name": model.name, "folder": model.folder, "digest": model.digest}
                for role, model in self.models.items()
            },
            "prompts": dict(self.prompts),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Subject":
        models = {role: SubjectModel(**said["models"][role]) for role in ROLES}
        return cls(str(said["words"]), models, dict(said.get("prompts") or {}))

    def check(self) -> None:
        """Raises ModelTampered when a folder is no longer the one that was resolved."""
        for model in self.models.values():
            if model.folder:
                read_model(Path(model.folder), model.digest)


def subject_of(words: Sequence[str] = (), prompts: Sequence[str] = ()) -> Subject:
    """The subject that `words` name; nothing is `current`. `prompts` are like `ask.v1`.

    Raises UnusableData for a word that names nothing, and ModelTampered for a folder that was changed.
    """
    chosen: dict[str, SubjectModel] = {}
    for word in words or (CURRENT,):
        if word == BASE:
            chosen = {role: SubjectModel(BASE) for role in ROLES}
            continue
        if not chosen:
            chosen = {role: _served(role) for role in ROLES}
        if word != CURRENT:
            role, model = _named(word)
            chosen[role] = model
    return Subject(" ".join(words or (CURRENT,)), chosen, dict(_prompt(prompt) for prompt in prompts))


def _served(role: str) -> SubjectModel:
    model = served(role)
    return SubjectModel(BASE) if model is None else SubjectModel(model.name, str(model.path), model.digest)


def _named(word: str) -> tuple[str, SubjectModel]:
    role, _, name = word.partition("/")
    if role in ROLES and name == BASE:
        return role, SubjectModel(BASE)
    try:
        folder = folder_of(role, name)
    except ValueError:
        raise UnusableData(
            f"“{word[:80]}” names no model. Say current, base, or a role and a name like embedder/nine; "
            f"the roles are {', '.join(ROLES)}."
        ) from None
    if not folder.is_dir():
        raise UnusableData(f"There is no {_CALLED.get(role, role)} named {name}.")
    model = read_model(folder)
    if model.role != role:
        raise ModelTampered(f"The model {name} is not made to serve as {role}.")
    return role, SubjectModel(model.name, str(model.path), model.digest)


def _prompt(word: str) -> tuple[str, int]:
    name, _, version = word.partition(".v")
    if name not in PROMPTS or not version.isdigit():
        raise UnusableData(f"“{word[:40]}” names no prompt. Say one like ask.v1.")
    try:
        load_prompt(name, int(version))
    except LookupError as error:
        raise UnusableData(f"There is no version {version} of the prompt {name}.") from error
    return name, int(version)
