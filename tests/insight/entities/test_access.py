"""An entity exists for a reader only through the mentions they may read."""

from collections.abc import Callable

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities import relations, selectors
from donovan.insight.entities.identity import entity_id
from donovan.insight.entities.models import Mention
from donovan.insight.entities.selectors import EntityRow
from donovan.library.errors import NotFoundHere

from .conftest import SECRET, Read

OPEN = "On 5 May 2016 Gen. Joseph Votel met the Iraqi Army in Mosul. The SDF came later."
HIDDEN = (
    "On 6 May 2016 Gen. Joseph Votel met Abu Jandal in Damascus. "
    "The Syrian Democratic Forces (SDF) were there with General Votel."
)

Seen = Callable[[User], dict[str, EntityRow]]


def everything_for(user: User) -> str:
    """All that the reads give somebody, as text."""
    scope = scope_for(user)
    listed = selectors.entities_in(scope, limit=200)
    votel = entity_id("person", "joseph votel")
    return repr(
        [
            listed,
            selectors.kinds_in(scope),
            [selectors.entity(scope, row.id) for row in listed.rows],
            [selectors.mentions_of(scope, row.id) for row in listed.rows],
            relations.co_occurrences(scope),
            relations.co_occurrences(scope, votel),
            relations.places_with_coordinates(scope),
            relations.timeline_of(scope),
        ]
    )


def test_a_reader_sees_the_same_whether_or_not_secret_documents_exist(read: Read, ben: User) -> None:
    read(OPEN, "open.txt")
    before = everything_for(ben)
    read(HIDDEN, "hidden.txt", marking=SECRET)
    assert everything_for(ben) == before
    assert "Jandal" not in before


def test_who_may_read_more_sees_more(read: Read, ana: User, ben: User, seen_by: Seen) -> None:
    read(OPEN, "open.txt")
    read(HIDDEN, "hidden.txt", marking=SECRET)
    assert "Damascus" in seen_by(ana)
    assert "Damascus" not in seen_by(ben)
    votel = entity_id("person", "joseph votel")
    assert selectors.entity(scope_for(ana), votel).row.documents == 2
    assert selectors.entity(scope_for(ben), votel).row.documents == 1


def test_an_acronym_is_tied_to_its_long_form_only_for_readers_of_the_explanation(
    read: Read, ana: User, ben: User
) -> None:
    read(OPEN, "open.txt")
    read(HIDDEN, "hidden.txt", marking=SECRET)
    sdf = entity_id("organisation", "sdf")
    assert selectors.entity(scope_for(ana), sdf).row.name == "Syrian Democratic Forces"
    assert selectors.entity(scope_for(ben), sdf).row.name == "SDF"


def test_what_is_only_in_a_secret_document_is_not_found_here(read: Read, ana: User, ben: User) -> None:
    read(HIDDEN, "hidden.txt", marking=SECRET)
    damascus = next(m.entity_id for m in Mention.objects.all() if m.text == "Damascus")
    assert damascus is not None
    assert selectors.entity(scope_for(ana), damascus).row.name == "Damascus"
    with pytest.raises(NotFoundHere):
        selectors.entity(scope_for(ben), damascus)
    assert selectors.mentions_of(scope_for(ben), damascus) == ([], 0)


@pytest.mark.parametrize("outsider", ["omar", "ada"])
def test_an_outsider_sees_nothing(read: Read, cast: dict[str, User], outsider: str) -> None:
    read(OPEN, "open.txt")
    scope = scope_for(cast[outsider])
    assert selectors.entities_in(scope).total == 0
    assert selectors.kinds_in(scope) == []
    assert relations.places_with_coordinates(scope) == []
    assert relations.timeline_of(scope) == ([], 0)
    assert relations.co_occurrences(scope).nodes == []


@pytest.mark.parametrize("wrong", ["no-such-thing", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_names_nothing_is_not_found_here(ana: User, wrong: str) -> None:
    with pytest.raises(NotFoundHere):
        selectors.entity(scope_for(ana), wrong)
