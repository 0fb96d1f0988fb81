"""Find similar: from a hit, a document and the command line; the same answer for all that may not be read."""

import io
import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from ingest.models import Document, Status
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]
FLOOD = "The flood at Langmoor took the bridge and cut the road to the depot for eleven days in March."
OTHER = "Heavy rain flooded Langmoor again; the bridge held, but the road to the depot was closed."
CRANE = "The harbour crane is broken and ships wait outside the port."


def test_a_hit_and_a_document_lead_to_what_is_similar(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    document = hand_in(ben, FLOOD, "march.txt")
    hand_in(ben, OTHER, "may.txt", marking="CUI")
    hand_in(ben, CRANE, "crane.txt")
    client = client_for(ben)
    page = client.get(reverse("library:search"), {"q": "flood"}).content.decode()
    address = f"{reverse('library:similar')}?like={document.pk}"
    assert f'href="{address}:0" data-similar' in page
    assert (
        f'href="{address}" data-similar'
        in client.get(reverse("library:document", args=[document.pk])).content.decode()
    )
    response = client.get(f"{address}:0")
    assert response.context["rows"][0].hit.name == "may.txt"
    assert response.context["page_marking"] == "CUI"
    shown = " ".join(response.content.decode().split())
    assert "Like a passage of" in shown
    assert "from 2 other documents" in shown
    assert "<mark>Langmoor</mark>" in shown
    record = AuditRecord.objects.filter(action="search").latest("sequence")
    assert record.detail["like"] == f"{document.pk}:0"
    assert record.documents[0] == str(document.pk)


def test_copies_of_what_is_compared_are_named_once_and_are_no_hits(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    document = hand_in(ben, f"{FLOOD} Filed as one.", "one.txt")
    hand_in(ben, f"{FLOOD} Filed as two.", "two.txt")
    hand_in(ben, OTHER, "may.txt")
    response = client_for(ben).get(reverse("library:similar"), {"like": str(document.pk)})
    assert [row.hit.name for row in response.context["copies"]] == ["two.txt"]
    assert [row.hit.name for row in response.context["rows"]] == ["may.txt"]


def test_filters_narrow_and_wrong_ones_get_a_sentence(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    document = hand_in(ben, FLOOD, "march.txt")
    hand_in(ben, OTHER, "may.txt", collection="logistics")
    client, asked = client_for(ben), {"like": str(document.pk)}
    address = reverse("library:similar")
    assert len(client.get(address, asked | {"collection": "logistics"}).context["rows"]) == 1
    assert client.get(address, asked | {"collection": "relief"}).context["rows"] == []
    wrong = client.get(address, asked | {"from": "2026-05-02", "to": "2026-05-01"})
    assert wrong.status_code == 400
    assert "lies after" in wrong.content.decode()
    assert client.get(address, asked | {"from": "yesterday"}).status_code == 400


def test_what_may_not_be_read_is_not_ready_or_is_not_there_gets_one_answer(
    hand_in: HandIn, ana: User, ben: User, client_for: ClientFor, without_token: Callable[[bytes], bytes]
) -> None:
    secret = hand_in(ana, FLOOD, "secret.txt", marking="SECRET")
    waiting = hand_in(ben, CRANE, "waiting.txt", is_read=False)
    ready = hand_in(ben, OTHER, "ready.txt")
    assert Document.objects.get(pk=waiting.pk).status != Status.READY
    given = [str(uuid4()), str(secret.pk), f"{secret.pk}:0", str(waiting.pk), f"{ready.pk}:99"]
    given += ["", "no-such", "1:2:3", "0" * 36, f"{ready.pk}:", f"{ready.pk}:-1", "?!", "f" * 100_000]
    answers = [client_for(ben).get(reverse("library:similar"), {"like": like}) for like in given]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_token(answer.content) for answer in answers}) == 1
    assert AuditRecord.objects.filter(action="denial", documents=[str(secret.pk)]).exists()


def test_the_page_is_the_same_with_and_without_what_may_not_be_read(
    hand_in: HandIn, ana: User, ben: User, client_for: ClientFor
) -> None:
    document = hand_in(ben, FLOOD, "march.txt")
    hand_in(ben, OTHER, "may.txt")

    def page() -> list[object]:
        response = client_for(ben).get(reverse("library:similar"), {"like": str(document.pk)})
        shown = [(row.hit.name, row.hit.score.hex(), row.pieces) for row in response.context["rows"]]
        return [shown, response.context["similar"].words, response.context["result"].passages_searched]

    alone = page()
    for number in range(3):
        hand_in(ana, f"{FLOOD} {OTHER} {number}", f"secret{number}.txt", marking="SECRET//NOFORN")
    assert page() == alone


def test_the_command_compares_a_document_and_says_by_what(hand_in: HandIn, ben: User, omar: User) -> None:
    document = hand_in(ben, FLOOD, "march.txt")
    hand_in(ben, OTHER, "may.txt")
    out = io.StringIO()
    call_command("search", "--like", f"{document.pk}:0", "--as", "ben", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert [hit["title"] for hit in said["hits"]] == ["may.txt"]
    assert said["compared"]["passage"] == 0
    assert "langmoor" in said["compared"]["words"]
    plain = io.StringIO()
    call_command("search", "--like", str(document.pk), "--as", "ben", stdout=plain)
    assert "compared by its meaning, " in plain.getvalue()


@pytest.mark.parametrize(
    "words", [[], ["water", "--like", str(uuid4())], ["--like", "no-such"], ["--like", str(uuid4())]]
)
def test_a_wrong_argument_ends_with_a_sentence(words: list[str], ben: User) -> None:
    with pytest.raises(CommandError) as error:
        call_command("search", *words, "--as", "ben", stdout=io.StringIO())
    assert error.value.returncode == 2
