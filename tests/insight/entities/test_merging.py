"""Decisions of analysts: they hold, they outlive extraction, they are undone, and they tell nobody too
much.
"""

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.insight.entities import merging, selectors
from donovan.insight.entities.identity import entity_id
from donovan.insight.entities.models import Decision
from donovan.insight.entities.services import extract_entities
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

from .conftest import SECRET, Read

ONE, OTHER = entity_id("person", "joseph votel"), entity_id("person", "yusuf votel")
FIRST = "Then Gen. Joseph Votel arrived in Mosul."
SECOND = "Then Gen. Yusuf Votel arrived in Baghdad."


def caller(user: User) -> Caller:
    return Caller.named(user, source="test")


def test_merged_entities_are_one_and_undone_they_are_two(read: Read, ana: User) -> None:
    read(FIRST, "1.txt")
    read(SECOND, "2.txt")
    decision = merging.merge(caller(ana), [ONE, OTHER], name="Joseph “Yusuf” Votel", note="same man")
    for member in (ONE, OTHER):
        profile = selectors.entity(scope_for(ana), member)
        assert (profile.row.name, profile.row.documents) == ("Joseph “Yusuf” Votel", 2)
        assert set(profile.row.aliases) == {"Gen. Joseph Votel", "Gen. Yusuf Votel"}
    assert selectors.entities_in(scope_for(ana), ["person"]).total == 1
    merging.undo(caller(ana), decision.pk)
    assert selectors.entities_in(scope_for(ana), ["person"]).total == 2
    assert selectors.entity(scope_for(ana), ONE).row.documents == 1
    actions = list(AuditRecord.objects.order_by("sequence").values_list("action", flat=True))
    assert actions[-2:] == ["entity merge", "entity undo"]


def test_decisions_outlive_a_new_extraction(read: Read, ana: User) -> None:
    documents = [read(FIRST, "1.txt"), read(SECOND, "2.txt")]
    merging.merge(caller(ana), [ONE, OTHER])
    for document in documents:
        extract_entities(document.pk)
    assert selectors.entity(scope_for(ana), ONE).row.documents == 2


def test_a_merge_that_rests_on_secret_documents_is_not_felt_by_others(
    read: Read, ana: User, ben: User
) -> None:
    read(FIRST, "1.txt")
    read(SECOND, "2.txt")
    read(SECOND + " He stayed.", "3.txt", marking=SECRET)
    before = repr([selectors.entity(scope_for(ben), pk) for pk in (ONE, OTHER)])
    decision = merging.merge(caller(ana), [ONE, OTHER], name="The man of two names")
    assert selectors.entity(scope_for(ana), ONE).row.name == "The man of two names"
    assert repr([selectors.entity(scope_for(ben), pk) for pk in (ONE, OTHER)]) == before
    with pytest.raises(NotFoundHere):
        merging.undo(caller(ben), decision.pk)


def test_a_merge_on_open_documents_holds_for_all_who_read_them(read: Read, ana: User, ben: User) -> None:
    read(FIRST, "1.txt")
    read(SECOND, "2.txt")
    merging.merge(caller(ben), [ONE, OTHER])
    assert selectors.entity(scope_for(ana), OTHER).row.documents == 2


def test_what_may_not_be_read_cannot_be_merged(read: Read, ben: User, omar: User) -> None:
    read(FIRST, "1.txt")
    read(SECOND, "2.txt", marking=SECRET)
    for user in (ben, omar):
        with pytest.raises(NotFoundHere):
            merging.merge(caller(user), [ONE, OTHER])
    assert Decision.objects.count() == 0


def test_a_split_takes_its_documents_away_and_undone_gives_them_back(read: Read, ana: User) -> None:
    read(FIRST, "1.txt")
    second = read(FIRST + " He left.", "2.txt")
    decision = merging.split(caller(ana), ONE, [second.pk], name="Votel the younger")
    assert decision.made is not None
    assert selectors.entity(scope_for(ana), ONE).row.documents == 1
    younger = selectors.entity(scope_for(ana), decision.made)
    assert (younger.row.name, younger.row.documents) == ("Votel the younger", 1)
    assert [m.document for m in selectors.mentions_of(scope_for(ana), decision.made)[0]] == [second.pk]
    extract_entities(second.pk)
    assert selectors.entity(scope_for(ana), decision.made).row.documents == 1
    merging.undo(caller(ana), decision.pk)
    assert selectors.entity(scope_for(ana), ONE).row.documents == 2
    with pytest.raises(NotFoundHere):
        selectors.entity(scope_for(ana), decision.made)


def test_a_tie_made_by_a_document_can_be_cut(read: Read, ana: User) -> None:
    read("The Syrian Democratic Forces (SDF) met in Mosul. The SDF left.")
    short, long = entity_id("organisation", "sdf"), entity_id("organisation", "syrian democratic forces")
    assert selectors.entity(scope_for(ana), short).row.id == long
    decision = merging.separate(caller(ana), short, long)
    assert selectors.entity(scope_for(ana), short).row.id == short
    merging.undo(caller(ana), decision.pk)
    assert selectors.entity(scope_for(ana), short).row.id == long


def test_what_is_rejected_leaves_the_lists_but_can_be_brought_back(read: Read, ana: User) -> None:
    read(FIRST)
    decision = merging.reject(caller(ana), ONE)
    assert selectors.entities_in(scope_for(ana), ["person"]).rows == []
    merging.undo(caller(ana), decision.pk)
    assert [row.id for row in selectors.entities_in(scope_for(ana), ["person"]).rows] == [ONE]


def test_decisions_that_make_no_sense_are_refused_with_a_sentence(read: Read, ana: User) -> None:
    document = read(FIRST)
    place = next(row.id for row in selectors.entities_in(scope_for(ana), ["place"]).rows)
    who = caller(ana)
    with pytest.raises(InsightError, match="one kind"):
        merging.merge(who, [ONE, place])
    with pytest.raises(InsightError, match="at least two"):
        merging.merge(who, [ONE, ONE])
    with pytest.raises(InsightError, match="name of its own"):
        merging.split(who, ONE, [document.pk], name=" ")
    with pytest.raises(InsightError, match="all of it"):
        merging.split(who, ONE, [document.pk], name="Other")
    with pytest.raises(InsightError, match="not shown as one"):
        merging.separate(who, ONE, place)
    assert Decision.objects.count() == 0
