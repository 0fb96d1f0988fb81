"""What people watch for is found in new documents, cited, and only for those who may read them."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.anomalies.models import Finding
from donovan.insight.entities import selectors as entities
from donovan.insight.entities.services import extract_entities
from donovan.insight.errors import InsightError
from donovan.insight.watch import selectors, services
from donovan.insight.watch.models import Match, Watch
from donovan.insight.watch.phrases import places_of
from donovan.library.callers import Caller
from ingest import services as ingest_services
from ingest.models import Document
from tests.assistant.material import add_document, index_all
from tests.support.index import own_index  # noqa: F401 - for every test here

BRIDGE = "Convoys report in.\n\nThe Orlov bridge was closed on 5 July 2026 after rubble fell on it."
BRIDGE_LATER = "Notes of the engineer.\n\nThe Orlov bridge was closed on 9 July 2026 for repairs."
CLOSED = "When was the Orlov bridge closed?"

Keep = Callable[..., Watch]


def arrives(title: str, text: str, **where: str) -> Document:
    """A document that is read, indexed and matched."""
    document = add_document(title, text, **where)
    index_all()
    services.match_document(document.pk)
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def watch_for(cast: dict[str, User]) -> Keep:
    def watch_for(user: User, text: str, kind: str = "words", **more: str) -> Watch:
        return services.create_watch(Caller.named(user, source="test"), kind=kind, text=text, **more)

    return watch_for


def quotes(user: User, watch: Watch) -> list[str]:
    return [change.match.quote for change in selectors.changes_of(watch, scope_for(user)).changes]


def test_a_new_document_is_matched_by_its_words_whatever_their_endings(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "closed bridges\norlov bridge")
    document = arrives("Report", BRIDGE)
    changes = selectors.changes_of(watch, scope_for(ana)).changes
    assert [change.match.quote for change in changes] == [BRIDGE.split("\n\n")[1]]
    match = changes[0].match
    assert document.pages.get(number=match.page).text[match.start : match.end] == match.quote
    assert str(document.pk) in changes[0].address
    assert changes[0].is_new


def test_the_words_of_a_phrase_have_to_stand_together() -> None:
    assert not list(places_of(["orlov bridge"], "The bridge at Orlov is open.", "en"))
    assert [place.phrase for place in places_of(["orlov bridge"], "At the Orlov bridges.", "en")]


def test_a_standing_question_is_answered_by_the_sentence_that_bears_on_it(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, CLOSED, "question")
    arrives("Report", BRIDGE)
    arrives("Menu", "The kitchen of Camp Lila serves bread and lentils.")
    assert quotes(ana, watch) == ["The Orlov bridge was closed on 5 July 2026 after rubble fell on it."]


def test_a_query_of_the_language_is_watched_for(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, '"orlov bridge" NOT repair*', "query")
    arrives("Report", BRIDGE)
    arrives("Engineer", BRIDGE_LATER)
    arrives("Other", "The bridge at Orlov is open.")
    assert quotes(ana, watch) == [BRIDGE.split("\n\n")[1]]


@pytest.mark.parametrize(
    ("text", "sentence"), [("fuel AND", "Character 6, “AND”"), ("fuel convoy", "For plain words choose")]
)
def test_a_query_to_watch_for_has_to_be_one(ana: User, watch_for: Keep, text: str, sentence: str) -> None:
    with pytest.raises(InsightError, match=sentence):
        watch_for(ana, text, "query")


def test_a_watch_that_can_find_nothing_any_more_says_so(
    ana: User, watch_for: Keep, client_for: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watch_for(ana, "bridge* OR ferry*", "query")
    arrives("Report", BRIDGE)
    page = f"/watch/{watch.pk}/"
    assert "misses documents" not in client_for(ana).get(page).content.decode()
    monkeypatch.setattr("retrieval.querying.rows.MOST_EXPANSIONS", 0)
    told = client_for(ana).get(page).content.decode()
    assert "As things are, this watch misses documents." in told and "different words" in told


def test_a_search_can_become_a_watch(ana: User, client_for: Callable[[User], Client]) -> None:
    page = client_for(ana).get("/search/", {"q": "fuel AND convoy"}).content.decode()
    assert "?kind=query&amp;text=fuel%20AND%20convoy" in page
    form = client_for(ana).get("/watch/", {"kind": "query", "text": "fuel AND convoy"}).content.decode()
    assert '<option value="query" selected>' in form
    assert ">fuel AND convoy</textarea>" in form


def test_another_value_than_before_is_said(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, CLOSED, "question")
    arrives("Report", BRIDGE)
    arrives("Engineer", BRIDGE_LATER)
    newest = selectors.changes_of(watch, scope_for(ana)).changes[0]
    assert "9 July" in newest.match.quote
    assert newest.contrary is not None
    assert "5 July" in newest.contrary.quote


def test_what_one_may_not_read_is_neither_matched_nor_counted(ana: User, ben: User, watch_for: Keep) -> None:
    mine, theirs = watch_for(ana, "orlov bridge"), watch_for(ben, "orlov bridge")
    arrives("Assessment", BRIDGE, marking="SECRET//NOFORN")
    assert len(quotes(ana, mine)) == 1
    assert quotes(ben, theirs) == []
    assert not Match.objects.filter(watch=theirs).exists()


def test_a_document_marked_higher_is_gone_from_the_changes(ben: User, watch_for: Keep) -> None:
    watch = watch_for(ben, "orlov bridge")
    document = arrives("Report", BRIDGE)
    assert selectors.changes_since_last_look(ben, scope_for(ben))
    ingest_services.relabel(document.pk, label_for("relief", parse_marking("SECRET//NOFORN")))
    assert selectors.changes_since_last_look(ben, scope_for(ben)) == []
    assert selectors.changes_of(watch, scope_for(ben)).total == 0


def test_an_earlier_value_in_a_closed_document_is_not_told(
    ana: User, watch_for: Keep, client_for: Callable[[User], Client]
) -> None:
    watch = watch_for(ana, CLOSED, "question")
    first = arrives("Report", BRIDGE)
    arrives("Engineer", BRIDGE_LATER)
    ingest_services.relabel(first.pk, label_for("relief", parse_marking("TOP SECRET")))
    page = client_for(ana).get(f"/watch/{watch.pk}/").content.decode()
    assert "9 July" in page
    assert "5 July" not in page


def test_a_look_makes_the_changes_old_and_can_be_undone(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "orlov bridge")
    arrives("Report", BRIDGE)
    caller = Caller.named(ana, source="test")
    services.look(caller, [watch])
    assert selectors.changes_since_last_look(ana, scope_for(ana)) == []
    watch.refresh_from_db()
    services.undo_look(caller, watch)
    assert len(selectors.changes_since_last_look(ana, scope_for(ana))) == 1


def test_matching_the_same_document_again_adds_nothing(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "orlov bridge")
    document = arrives("Report", BRIDGE)
    services.match_document(document.pk)
    assert len(quotes(ana, watch)) == 1


def test_only_the_collection_asked_for_is_watched(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "orlov bridge", collection="logistics")
    arrives("Report", BRIDGE)
    assert quotes(ana, watch) == []
    arrives("Log", BRIDGE_LATER, collection="logistics")
    assert len(quotes(ana, watch)) == 1


def test_a_paused_watch_starts_again_with_what_comes_then(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "orlov bridge")
    caller = Caller.named(ana, source="test")
    services.set_paused(caller, watch, is_paused=True)
    document = arrives("Report", BRIDGE)
    services.set_paused(caller, watch, is_paused=False)
    services.match_document(document.pk)
    assert quotes(ana, watch) == []
    arrives("Engineer", BRIDGE_LATER)
    assert len(quotes(ana, watch)) == 1


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("question", "  ?", "Type the question"),
        ("words", "\n \n", "one word or phrase on each line"),
        ("words", "\n".join(f"word {n}" for n in range(201)), "at most 200 lines"),
        ("weather", "x", "Choose what to watch"),
        ("entity", "", "Open the person, place or thing"),
    ],
)
def test_a_watch_that_cannot_be_kept_says_why(
    ana: User, watch_for: Keep, kind: str, text: str, says: str
) -> None:
    with pytest.raises(InsightError) as refused:
        watch_for(ana, text, kind)
    assert says in refused.value.sentence
    assert not Watch.objects.exists()


def test_nobody_sees_the_watch_of_another(
    ana: User, rita: User, watch_for: Keep, client_for: Callable[[User], Client]
) -> None:
    watch = watch_for(ana, "orlov bridge")
    stranger = client_for(rita)
    for address in (f"/watch/{watch.pk}/", "/watch/00000000-0000-4000-8000-000000000000/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/watch/{watch.pk}/remove/", {"removed": "yes"}).status_code == 404
    assert b"orlov" not in stranger.get("/watch/").content


def test_the_pages_say_what_changed_and_keep_what_was_refused(
    ana: User, watch_for: Keep, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    assert b"You watch nothing yet" in client.get("/watch/").content
    refused = client.post("/watch/new/", {"kind": "question", "text": "???", "title": "Bridge"})
    assert refused.status_code == 422
    assert b'value="Bridge"' in refused.content
    made = client.post("/watch/new/", {"kind": "words", "text": "orlov bridge"}, follow=True)
    assert b"From now on" in made.content
    arrives("Report", BRIDGE, marking="SECRET")
    for address in ("/watch/", "/watch/changes/"):
        page = client.get(address).content.decode()
        assert "rubble fell on it" in page
        assert "SECRET" in page
    assert b"What changed in what you watch" in client.get("/").content
    client.post("/watch/look/")
    assert b"Nothing new about what you" in client.get("/watch/changes/").content


def test_a_watched_name_is_found_under_its_other_forms(ana: User, watch_for: Keep) -> None:
    first = arrives("Log", "The World Food Programme (WFP) sent rice to Orlov.")
    extract_entities(first.pk)
    row = entities.entities_in(scope_for(ana), ["organisation"], query="World Food Programme").rows[0]
    watch = watch_for(ana, "", "entity", subject=str(row.id), title=row.name)
    later = add_document("Note", "On Monday the World Food Programme closed its depot.")
    index_all()
    extract_entities(later.pk)
    services.match_document(later.pk)
    assert quotes(ana, watch) == ["On Monday the World Food Programme closed its depot."]


def test_a_watch_on_anomalies_points_at_the_finding(ana: User, watch_for: Keep) -> None:
    watch = watch_for(ana, "", "anomalies")
    document = add_document("Log", "Camp Jasen holds 88 pallets.")
    index_all()
    Finding.objects.create(
        id=uuid.uuid4(), document=document, kind="outlier", rows=[3], why="Far off.", method="m", score=0.9,
        signature="s",
    )  # fmt: skip
    services.match_document(document.pk)
    change = selectors.changes_of(watch, scope_for(ana)).changes[0]
    assert change.match.quote == "Far off."
    assert change.address.startswith("/anomalies/")
