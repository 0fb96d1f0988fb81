"""Known in a text: the codes it shares with the scope, marked in order; the text is not kept."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.library.callers import Caller
from donovan.library.lookup import LONGEST_TEXT, LookedUp, look_up_on_record, pieces_of
from retrieval.variants import placed_codes
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]


def look(user: User, text: str) -> LookedUp:
    return look_up_on_record(Caller.named(user, source="test"), text)


def test_codes_are_found_however_they_are_divided_and_the_longest_counts(hand_in: HandIn, ben: User) -> None:
    hand_in(ben, "Truck TR-4471 went to HES/BR/07.", "trucks.txt", marking="CUI")
    hand_in(ben, "TR4471 came back. Grid 33T WN 12345 67890.", "back.txt")
    text = "Seen: tr 4471? No. But TR 4471, tr-4471 and 33TWN1234567890; also ZZ 99."
    found = {one.name: one for one in look(ben, text).known}
    assert set(found) == {"TR 4471", "33TWN1234567890"}
    truck = found["TR 4471"]
    assert [text[start:end] for start, end in truck.places] == ["TR 4471", "tr-4471"]
    assert (truck.counted, truck.documents) == (2, 2)


def test_a_count_opens_to_the_passages_behind_it(hand_in: HandIn, ben: User, client_for: ClientFor) -> None:
    for name, code in (("a.txt", "TR-4471"), ("b.txt", "TR4471"), ("c.txt", "TR 4471"), ("d.txt", "TR 4472")):
        hand_in(ben, f"Truck {code} went north.", name)
    (known,) = look(ben, "The truck is TR4471.").known
    assert known.documents == 3
    (apart,) = look(ben, "The truck is TR 4471.").known
    assert len(client_for(ben).get(apart.address).context["result"].hits) == 3


def test_the_page_marks_the_text_in_its_order_and_the_record_keeps_a_digest(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    hand_in(ben, "Truck TR-4471 met ship KL-220.", "trucks.txt", marking="CUI")
    client = client_for(ben)
    assert client.get(reverse("library:lookup")).status_code == 200
    response = client.post(reverse("library:lookup"), {"text": "<b>KL 220</b>\r\nthen TR4471 & KL220"})
    shown = response.content.decode()
    assert [one.name for one in response.context["found"].known] == ["KL 220", "TR4471"]
    assert '&lt;b&gt;<a href="#known-1"><mark>KL 220</mark></a>' in shown
    assert shown.count('href="#known-1"') == 2
    assert response.context["page_marking"] == "CUI"
    record = AuditRecord.objects.filter(action="search").latest("sequence")
    assert set(record.detail) == {"text_sha256", "characters", "known"}


def test_what_may_not_be_read_is_not_known(hand_in: HandIn, ana: User, ben: User) -> None:
    hand_in(ben, "Truck TR-4471 went north.", "trucks.txt")
    text = "TR 4471 and XY 900"
    alone = look(ben, text)
    hand_in(ana, "TR-4471 carries XY-900.", "secret.txt", marking="SECRET//NOFORN")
    assert look(ben, text) == alone
    assert [one.name for one in alone.known] == ["TR 4471"]
    assert [one.name for one in look(ana, text).known] == ["TR 4471", "XY 900"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a text"),
        ("  \n\t", "Paste a text"),
        ("?!… — --- ...", "Paste a text"),
        ("a" * (LONGEST_TEXT + 1), "at most 100,000 are looked at"),
    ],
)
def test_a_text_that_cannot_be_looked_at_gets_a_sentence(
    text: str, sentence: str, ben: User, client_for: ClientFor
) -> None:
    response = client_for(ben).post(reverse("library:lookup"), {"text": text})
    assert response.status_code == 400
    assert sentence in response.content.decode()


@pytest.mark.parametrize("part", ["A1 ", "TR-4471 ", "Word. ", "12345 ", "A", "1-", "é’", "港口"])
def test_a_hundred_thousand_characters_are_looked_at_in_reasonable_time(part: str, ben: User) -> None:
    text = (part * LONGEST_TEXT)[:LONGEST_TEXT]
    found = look(ben, text)
    assert "".join(piece.text for piece in pieces_of(text, found.known)) == text


def test_every_place_of_a_code_is_what_stands_there() -> None:
    text = "TR 4471, tr-4471b; ÖTR4471 straße9-ß HES/BR/07"
    for start, end, code, pieces in placed_codes(text):
        bare = "".join(character for character in text[start:end] if character.isalnum())
        assert bare.casefold() == code == "".join(pieces).casefold()


def test_the_command_reads_a_file(hand_in: HandIn, ben: User, tmp_path: Path) -> None:
    hand_in(ben, "Truck TR-4471 went north.", "trucks.txt", marking="CUI")
    file = tmp_path / "text.txt"
    file.write_text("We saw TR 4471.", encoding="utf-8")
    out = io.StringIO()
    call_command("lookup", str(file), "--as", "ben", "--json", stdout=out)
    said = json.loads(out.getvalue())
    known = {"name": "TR 4471", "kind": "code", "places": [[7, 14]], "documents": 1, "passages": 1}
    assert said == {"known": [known], "found": 1, "marking": "CUI"}
    for content in (b"", b"\xff\xfe\x00", b"x" * 400_100):
        file.write_bytes(content)
        with pytest.raises(CommandError) as error:
            call_command("lookup", str(file), "--as", "ben", stdout=io.StringIO())
        assert error.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("lookup", str(tmp_path / "none.txt"), "--as", "ben", stdout=io.StringIO())
