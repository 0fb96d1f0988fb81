"""Every profile before every marking in every channel: what is seen is what the oracle says."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import Level, parse_marking
from donovan.access.models import Collection, Membership, User
from donovan.access.scope import may_upload, scope_for
from donovan.assistant.models import Answer, AnswerSource, Thread
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.offered_markings import known_markings
from ingest import pipeline
from ingest.models import Document
from retrieval import indexing
from retrieval.search import search
from tests.access.matrix import HIGHEST, MARKINGS, PROFILES, Facts, Profile, may_read

pytestmark = pytest.mark.django_db

WORDS = dict(
    zip(
        MARKINGS,
        (
            *("albatross", "bittern", "cormorant", "dotterel", "eiderduck", "fieldfare", "goldcrest"),
            *("hoopoe", "ibisbill", "jackdaw", "kestrel", "lapwing", "merganser"),
        ),
        strict=True,
    )
)
"""The word by which each document is known wherever it shows."""


@dataclass
class Site:
    """A document of each marking, each person of the profiles, and an answer of each over each document."""

    people: dict[str, User]
    documents: dict[str, Document]
    answers: dict[tuple[str, str], Answer]


@pytest.fixture
def site(db: None) -> Site:
    collection = Collection.objects.create(slug="birds", title="Birds")
    people = {person.name: _made(person, collection) for person in PROFILES}
    clerk = people["all"]
    documents = {}
    for marking, word in WORDS.items():
        said = io.BytesIO(f"The {word} nests beside the harbour wall at dawn.".encode())
        caller = Caller.named(clerk, source="test")
        taken = services.upload(caller, said, name=f"{word}.txt", collection="birds", marking=marking)
        pipeline.process(taken.document_id)
        documents[marking] = Document.objects.get(pk=taken.document_id)
    indexing.index_pending()
    answers = {
        (name, marking): _answered(person, document, WORDS[marking])
        for name, person in people.items()
        for marking, document in documents.items()
    }
    return Site(people, documents, answers)


def _made(person: Profile, collection: Collection) -> User:
    user = User.objects.create(
        username=person.name,
        clearance=Level(person.rank).words,
        compartments=sorted(person.names),
        nationality=person.nation,
        affiliation=person.works_for,
        may_read_controlled=person.reads_controlled,
        is_active=person.is_active,
    )
    if person.is_member:
        Membership.objects.create(user=user, collection=collection)
    return user


def _answered(user: User, document: Document, word: str) -> Answer:
    thread = Thread.objects.create(owner=user, title=f"Where does the {word} nest?")
    answer = Answer.objects.create(
        thread=thread,
        owner=user,
        question=thread.title,
        state=Answer.State.DONE,
        ending=Answer.Ending.ANSWERED,
        text=f"The {word} nests beside the wall.",
        labels=[document.label],
    )
    AnswerSource.objects.create(answer=answer, document_id=document.pk)
    return answer


Channel = Callable[[Client, Site, str], str]


def _get(client: Client, name: str, *arguments: object, **query: str) -> str:
    response: HttpResponse = client.get(reverse(name, args=arguments), query)
    if response.status_code != 200:
        return ""
    if response.streaming:
        return b"".join(response).decode() if not response.is_async else "streams"
    return response.content.decode()


PAGES: dict[str, Callable[[Client], str]] = {
    "library:documents": lambda client: _get(client, "library:documents"),
    "library:home": lambda client: _get(client, "library:home"),
    "library:search": lambda client: _get(client, "library:search", q="nests beside the harbour wall"),
    "assistant:home": lambda client: _get(client, "assistant:home"),
    "assistant:recent": lambda client: _get(client, "assistant:recent"),
}
"""Pages that show many documents at once."""

NEWEST = ("library:home", "assistant:recent")
"""Pages that show the newest few alone: what is not seen there says nothing."""

OF_ONE: dict[str, Callable[[Client, Site, str, str], str]] = {
    "library:document": lambda client, site, _, of: _get(client, "library:document", site.documents[of].pk),
    "library:passages": lambda client, site, _, of: _get(client, "library:passages", site.documents[of].pk),
    "library:original": lambda client, site, _, of: _get(client, "library:original", site.documents[of].pk),
    "library:relabel": lambda client, site, _, of: _get(client, "library:relabel", site.documents[of].pk),
    "library:remove": lambda client, site, _, of: _get(client, "library:remove", site.documents[of].pk),
    "library:ledger": lambda client, site, _, of: _get(
        client, "library:ledger", ids=str(site.documents[of].pk)
    ),
    "assistant:thread": lambda client, site, name, of: _get(
        client, "assistant:thread", site.answers[name, of].thread_id
    ),
    "assistant:answer": lambda client, site, name, of: _get(
        client, "assistant:answer", site.answers[name, of].pk
    ),
    "assistant:events": lambda client, site, name, of: _get(
        client, "assistant:events", site.answers[name, of].pk
    ),
}
"""Addresses of one document, or of what was made of it."""

DERIVED = ("assistant:thread", "assistant:answer", "assistant:events")


def _cells(
    site: Site, client: Client, person: Profile, channels: tuple[str, ...]
) -> Iterator[tuple[str, bool]]:
    """Marking by marking, whether something of it is seen."""
    for channel in channels:
        if channel in PAGES:
            page = PAGES[channel](client)
            yield from ((f"{channel} {marking}", word in page) for marking, word in WORDS.items())
            continue
        for marking, word in WORDS.items():
            shown = OF_ONE[channel](client, site, person.name, marking)
            yield f"{channel} {marking}", word in shown or shown == "streams"


def _compare(
    site: Site,
    client_for: Callable[[User], Client],
    channels: tuple[str, ...],
    facts: Callable[[str], Facts | None],
    people: tuple[Profile, ...] = PROFILES,
) -> int:
    cells, wrong = 0, []
    for person in people:
        client = client_for(site.people[person.name])
        for cell, is_seen in _cells(site, client, person, channels):
            meant = facts(cell.partition(" ")[2])
            cells += 1
            is_meant = meant is not None and may_read(person, meant)
            if is_seen != is_meant and (is_seen or not cell.startswith(NEWEST)):
                wrong.append(f"{person.name} {'sees' if is_seen else 'does not see'} {cell}")
    assert not wrong, "\n".join(wrong[:20])
    return cells


def test_each_sees_in_every_channel_what_the_oracle_says(
    site: Site, client_for: Callable[[User], Client]
) -> None:
    channels = (*PAGES, *OF_ONE)
    cells = _compare(site, client_for, channels, MARKINGS.__getitem__)
    assert cells == len(PROFILES) * len(MARKINGS) * len(channels) >= 2_000


def test_scope_search_uploads_and_the_forms_agree(site: Site) -> None:
    wrong = []
    for person in PROFILES:
        user = site.people[person.name]
        scope, caller = scope_for(user), Caller.named(user, source="test")
        hits = {hit.document_id for hit in search("nests beside the wall", scope, limit=50).hits}
        offered = set(known_markings(caller)) if person.is_active else set()
        for marking, document in site.documents.items():
            meant = may_read(person, MARKINGS[marking])
            said = {
                "scope": scope.may_read(document.label),
                "search": document.pk in hits,
                "upload": may_upload(user, "birds", parse_marking(marking)),
            }
            if meant:
                said["offered"] = parse_marking(marking).canonical in offered
            wrong += [f"{person.name} {marking} {name}" for name, is_open in said.items() if is_open != meant]
    assert not wrong, wrong[:20]


def test_the_commands_show_what_the_person_named_may_read(site: Site) -> None:
    wrong = []
    for person in PROFILES[:-1]:
        out = io.StringIO()
        call_command("search", "nests beside the wall", "--as", person.name, "-k", "50", stdout=out)
        for marking, word in WORDS.items():
            if (word in out.getvalue()) != may_read(person, MARKINGS[marking]):
                wrong.append(f"{person.name} {marking}")
    assert not wrong, wrong[:20]


def _by(site: Site) -> Caller:
    user = site.people["all"]
    User.objects.filter(pk=user.pk).update(role="reviewer")
    user.refresh_from_db()
    return Caller.named(user, source="test")


def test_what_was_made_is_closed_with_its_document_relabelled(
    site: Site, client_for: Callable[[User], Client]
) -> None:
    by = _by(site)
    for document in site.documents.values():
        services.relabel(by, document.pk, marking="TOP SECRET//HARBOR//NOFORN", reason="It names a source.")
    cells = _compare(
        site, client_for, DERIVED, lambda marking: _both(MARKINGS[marking], HIGHEST), PROFILES[:-2]
    )
    assert cells == 10 * len(MARKINGS) * 3


def _both(one: Facts, other: Facts) -> Facts:
    """Today's label and that of the time: a reader needs both."""
    return Facts(
        max(one.rank, other.rank),
        one.names | other.names,
        one.is_sensitive or other.is_sensitive,
        frozenset(),
        one.keeps_out | other.keeps_out,
    )


def test_what_was_made_is_closed_with_its_document_removed(
    site: Site, client_for: Callable[[User], Client]
) -> None:
    by = _by(site)
    for document in site.documents.values():
        services.remove(by, document.pk)
    assert _compare(site, client_for, DERIVED, lambda _: None, PROFILES[:-2]) == 10 * len(MARKINGS) * 3


def test_who_is_taken_out_of_the_collection_or_becomes_another_s_national_sees_it_no_more(
    site: Site, client_for: Callable[[User], Client]
) -> None:
    Membership.objects.exclude(user=site.people["all"]).delete()
    User.objects.filter(username="all").update(nationality="FRA")
    french = Profile("all", 3, frozenset({"HARBOR", "RD"}), "FRA", "government", True)
    channels = ("library:documents", "library:document", *DERIVED)
    _compare(site, client_for, channels, MARKINGS.__getitem__, (french,))
    _compare(site, client_for, channels, lambda _: None, PROFILES[1:-2])


def test_labels_of_the_markings_are_what_the_oracle_knows(site: Site) -> None:
    assert {document.label for document in site.documents.values()} == {
        label_for("birds", parse_marking(marking)) for marking in MARKINGS
    }
    assert Path(__file__).with_name("matrix.py").read_text("utf-8").count("import") == 1
