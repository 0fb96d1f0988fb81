"""What analysts decide about entities: each decision with its audit record, or not at all.

A decision is kept for all collections, beside the extraction and never in it, so that reading a document
again
changes nothing about it. It carries the labels of every document in which its author could see the entities
(`models.Decision` says what that means for others).
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from donovan.audit import services as audit
from donovan.insight.entities import selectors
from donovan.insight.entities.links import decisions_in
from donovan.insight.entities.models import Decision
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

LONGEST_NAME = 200
LONGEST_NOTE = 500
MOST_MERGED = 100


def merge(caller: Caller, entities: Sequence[UUID], *, name: str = "", note: str = "") -> Decision:
    """Show the entities as one, under `name` or else their fullest form.

    Raises NotFoundHere when the caller may read no mention of one of them, InsightError when they cannot be
    merged.
    """
    profiles = [selectors.entity(caller.scope, pk) for pk in dict.fromkeys(entities)]
    shown = {profile.row.id for profile in profiles}
    if len(shown) < 2:
        raise InsightError("These are one already. Choose at least two that are shown apart.")
    if len(shown) > MOST_MERGED:
        raise InsightError(f"At most {MOST_MERGED} can be merged at once. Choose fewer.")
    if len({profile.row.kind for profile in profiles}) > 1:
        raise InsightError("Only entities of one kind can be merged. Choose those of one kind.")
    members = [member for profile in profiles for member in profile.members]
    return _decide(caller, Decision.Verb.MERGE, profiles, list(dict.fromkeys(members)), name=name, note=note)


def separate(caller: Caller, one: UUID, other: UUID, *, note: str = "") -> Decision:
    """Keep two entities apart that are shown as one, because documents or an earlier merge say so.

    `one` and `other` are members (`EntityProfile.members`) of one shown entity.
    """
    profile = selectors.entity(caller.scope, one)
    if one == other or {one, other} - set(profile.members):
        raise InsightError("These two are not shown as one. Choose two of the names gathered here.")
    return _decide(caller, Decision.Verb.SEPARATE, [profile], [one, other], note=note)


def split(caller: Caller, entity: UUID, documents: Sequence[UUID], *, name: str, note: str = "") -> Decision:
    """Say that in these documents the name means somebody or something else, shown under `name`.

    `entity` is a member of what is shown. Raises InsightError when the documents do not name it.
    """
    profile = selectors.entity(caller.scope, entity)
    if not name.strip():
        raise InsightError(
            "Give the part that is split off a name of its own, so that the two can be told apart."
        )
    here = selectors.readable_appearances(caller.scope).filter(entity_id=entity)
    naming = set(here.values_list("document_id", flat=True))
    chosen = set(documents)
    if not chosen or chosen - naming:
        raise InsightError("Choose documents that name this entity under this form.")
    if chosen == naming and len(profile.members) == 1:
        raise InsightError("That is all of it. Choose only the documents that mean the other one.")
    return _decide(
        caller,
        Decision.Verb.SPLIT,
        [profile],
        [entity],
        documents=sorted(map(str, chosen)),
        made=uuid4(),
        name=name,
        note=note,
    )


def reject(caller: Caller, entity: UUID, *, note: str = "") -> Decision:
    """Say that this is no such thing, so that lists and graphs leave it out."""
    profile = selectors.entity(caller.scope, entity)
    return _decide(caller, Decision.Verb.REJECT, [profile], profile.members, note=note)


def undo(caller: Caller, decision_id: UUID) -> Decision:
    """Take a decision back. Whoever sees its effect may.

    Raises NotFoundHere when there is no such standing decision, or it rests on what the caller may not read.
    """
    with transaction.atomic():
        seen = next((d for d in decisions_in(caller.scope) if str(d.pk) == str(decision_id)), None)
        if seen is None:
            raise NotFoundHere
        seen.undone_at, seen.undone_by = timezone.now(), caller.name
        seen.save(update_fields=["undone_at", "undone_by"])
        _record(caller, "entity undo", seen)
    return seen


def _decide(
    caller: Caller,
    verb: Decision.Verb,
    profiles: Sequence[selectors.EntityProfile],
    entities: Sequence[UUID],
    *,
    documents: Sequence[str] = (),
    made: UUID | None = None,
    name: str = "",
    note: str = "",
) -> Decision:
    if len(name.strip()) > LONGEST_NAME or len(note.strip()) > LONGEST_NOTE:
        raise InsightError(
            f"A name holds at most {LONGEST_NAME} characters and a note {LONGEST_NOTE}. Shorten them."
        )
    labels = sorted({label for profile in profiles for label in profile.labels})
    with transaction.atomic():
        decision = Decision.objects.create(
            verb=verb,
            kind=profiles[0].row.kind,
            entities=[str(pk) for pk in entities],
            documents=list(documents),
            made=made,
            name=name.strip(),
            note=note.strip(),
            labels=labels,
            author=caller.user,
        )
        _record(caller, f"entity {verb}", decision)
    return decision


def _record(caller: Caller, action: str, decision: Decision) -> None:
    audit.record(
        caller.name,
        action,
        source=caller.source,
        labels=decision.labels,
        documents=decision.documents,
        detail={"decision": str(decision.pk), "entities": list(decision.entities)},
    )
