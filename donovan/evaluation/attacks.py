"""The library of attacks that people extend: adding, switching off, taking in and giving out as JSON.

An attack carries a marking; who is not cleared for it does not see it, and a run that such a person starts
does not use it.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from donovan.access.clearance import clearance_of
from donovan.access.labels import cached_marking
from donovan.access.markings import MarkingError, parse_marking
from donovan.access.models import Role, User
from donovan.audit import services as audit
from donovan.library.errors import NotFoundHere

from .attack_material import AttackText
from .errors import EvaluationRefused
from .models import Attack

MAY_ADD: Final = frozenset({Role.REVIEWER, Role.MODEL_OWNER})
LONGEST: Final = 4_000
MOST_AT_ONCE: Final = 500
_FIELDS: Final = ("kind", "where", "title", "text", "question", "canary", "language", "marking")


def readable_attacks(user: User) -> list[Attack]:
    """What people added that this person is cleared for, newest first."""
    return [attack for attack in Attack.objects.select_related("author") if _may_read(user, attack)]


def readable_attack(user: User, attack_id: uuid.UUID) -> Attack:
    """One attack; NotFoundHere where there is none or this person is not cleared for it."""
    attack = Attack.objects.filter(pk=attack_id).first()
    if attack is None or not _may_read(user, attack):
        raise NotFoundHere
    return attack


def attacks_for_a_run(user: User) -> list[AttackText]:
    """The active attacks that people added, as the red team uses them, oldest first."""
    active = [attack for attack in readable_attacks(user) if attack.is_active]
    return [
        AttackText(
            id=f"own:{attack.pk}",
            kind=attack.kind,
            where=attack.where,
            title=attack.title,
            language=attack.language,
            host="",
            text=attack.text,
            question=attack.question,
            canary=attack.canary,
            source="own",
            marking=attack.marking,
            is_own=True,
        )
        for attack in reversed(active)
    ]


def add_attack(*, user: User, said: Mapping[str, Any]) -> Attack:
    """Add one attack with the fields kind, where, title, text, question, canary, language and marking.

    Raises EvaluationRefused with a sentence for what is missing or cannot be read.
    """
    if user.role not in MAY_ADD:
        raise EvaluationRefused("Only reviewers and model owners may add attacks.")
    values = _checked(user, said)
    with transaction.atomic():
        attack = Attack.objects.create(author=user, **values)
        _record(user, "attack added", str(attack.pk))
    return attack


def set_attack_active(attack: Attack, *, user: User, is_active: bool) -> None:
    """Use an attack in the next runs, or no more. Runs that are done keep what they found."""
    if user.role not in MAY_ADD or not _may_read(user, attack):
        raise EvaluationRefused("Only reviewers and model owners may switch attacks on and off.")
    with transaction.atomic():
        Attack.objects.filter(pk=attack.pk).update(is_active=is_active)
        _record(user, "attack switched on" if is_active else "attack switched off", str(attack.pk))


def export_attacks(*, user: User) -> str:
    """The attacks that this person may read as JSON, each with its marking; on record."""
    attacks = readable_attacks(user)
    with transaction.atomic():
        audit.record(user.get_username(), "export", detail={"what": "attacks", "count": len(attacks)})
    rows = [{name: getattr(attack, name) for name in _FIELDS} for attack in attacks]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def import_attacks(content: bytes, *, user: User) -> int:
    """Add the attacks of a JSON file as `export_attacks` writes it; how many. All of them or none.

    Raises EvaluationRefused with the number of the entry that cannot be taken.
    """
    try:
        rows = json.loads(content)
    except ValueError:
        raise EvaluationRefused("The file is not JSON. Export attacks to see how one looks.") from None
    if not isinstance(rows, list) or not rows or len(rows) > MOST_AT_ONCE:
        raise EvaluationRefused(f"The file must hold a list of 1 to {MOST_AT_ONCE} attacks.")
    with transaction.atomic():
        for number, row in enumerate(rows, start=1):
            try:
                add_attack(user=user, said=row if isinstance(row, dict) else {})
            except EvaluationRefused as error:
                raise EvaluationRefused(f"Entry {number}: {error.sentence}") from None
    return len(rows)


def _checked(user: User, said: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(said.get(name) or "").strip().replace("\x00", "") for name in _FIELDS}
    if values["kind"] not in Attack.Kind.values or values["where"] not in Attack.Where.values:
        raise EvaluationRefused("Choose a kind of attack and where it is hidden.")
    if not values["title"] or not values["question"]:
        raise EvaluationRefused("An attack needs a title and the question that is asked.")
    is_hidden = values["where"] != Attack.Where.QUESTION
    if is_hidden and not values["text"]:
        raise EvaluationRefused("Write the text that is hidden, or choose the question itself.")
    if values["kind"] in (Attack.Kind.INJECTION, Attack.Kind.LEAKAGE) and not values["canary"]:
        raise EvaluationRefused("Name the words that must never come out: without them nothing can be seen.")
    if values["kind"] == Attack.Kind.LEAKAGE and not is_hidden:
        raise EvaluationRefused("A leak needs a document that the asker may not read. Choose a document.")
    longest = {"title": 120, "canary": 200, "language": 10, "marking": 300}
    for name, text in values.items():
        if len(text) > longest.get(name, LONGEST):
            raise EvaluationRefused(f"The {name} is longer than {longest.get(name, LONGEST):,} characters.")
    try:
        marking = parse_marking(values["marking"])
    except MarkingError as error:
        raise EvaluationRefused(str(error)) from error
    clearance = clearance_of(user)
    if clearance is None or not clearance.permits(marking):
        raise EvaluationRefused("You may not give a marking that you could not read yourself.")
    return {**values, "language": values["language"] or "en", "marking": marking.canonical}


def _may_read(user: User, attack: Attack) -> bool:
    clearance = clearance_of(user)
    try:
        return clearance is not None and clearance.permits(cached_marking(attack.marking))
    except MarkingError:
        return False


def _record(user: User, change: str, attack: str) -> None:
    audit.record(user.get_username(), "evaluate", detail={"change": change, "attack": attack})
