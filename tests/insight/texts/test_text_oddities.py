"""Bursts, silences, newcomers and documents unlike the others: found where they are, absent where not."""

import random
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.insight.anomalies.texts.appearances import Appearances, DatedDocument, appearances_of
from donovan.insight.anomalies.texts.basis import basis_of
from donovan.insight.anomalies.texts.bursts import bursts_on, silences_at
from donovan.insight.anomalies.texts.chances import at_least, none_in
from donovan.insight.anomalies.texts.newcomers import newcomer, sender_of
from donovan.insight.anomalies.texts.unlike import ReadText, unlike_the_others
from tests.assistant.material import add_document

FIRST = date(2026, 9, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def archive(names_by_day: Sequence[Sequence[str]]) -> Appearances:
    """One list of documents a day; each document is its names divided by blanks."""
    return appearances_of(
        DatedDocument(uuid.uuid4(), day(number), frozenset(names.split()))
        for number, documents in enumerate(names_by_day)
        for names in documents
    )


def quiet(seed: int, days: int = 30) -> list[list[str]]:
    """Days of six documents in which twenty names come and go by their shares alone."""
    chance = random.Random(seed)
    shares = {f"name{n}": 0.05 + 0.04 * n for n in range(20)}
    return [
        [" ".join(name for name, share in shares.items() if chance.random() < share) for _ in range(6)]
        for _ in range(days)
    ]


def test_the_chance_of_six_heads_or_more_in_ten() -> None:
    assert at_least(6, 10, 0.5) == pytest.approx(386 / 1024)
    assert at_least(0, 10, 0.5) == 1.0
    assert at_least(11, 10, 0.5) == 0.0
    assert none_in(3, 0.5) == pytest.approx(0.125)


def test_a_name_in_most_documents_of_a_day_that_it_was_rare_before_is_a_burst() -> None:
    days = quiet(1)
    days.append(["corvina name3", "corvina", "corvina name5", "corvina", "name1", "name2"])
    found = bursts_on(archive(days), day(30))
    assert [burst.name for burst in found] == ["corvina"]
    assert (found[0].count, found[0].documents) == (4, 6)
    assert found[0].expected < 0.1


def test_a_burst_needs_a_past() -> None:
    assert bursts_on(archive([["a"], ["a", "a", "a"]]), day(1)) == []


def test_quiet_archives_hardly_ever_burst_or_fall_silent() -> None:
    days, alarms = 0, set()
    for seed in range(8):
        appearances = archive(quiet(seed))
        for number in range(10, 30):
            days += 1
            alarms |= {(seed, burst.name, burst.day) for burst in bursts_on(appearances, day(number))}
            alarms |= {(seed, gone.name, gone.last) for gone in silences_at(appearances, day(number))}
    assert len(alarms) / days < 0.05


def test_a_steady_name_that_stops_is_a_silence_from_its_last_day() -> None:
    days = [["radio name1", "radio", "name2", "radio"] for _ in range(10)]
    days += [["name1", "name2", "name1"] for _ in range(4)]
    found = silences_at(archive(days), day(13))
    assert [silence.name for silence in found] == ["radio"]
    assert (found[0].last, found[0].missed) == (day(9), 12)


def test_a_rare_name_that_is_absent_is_no_silence() -> None:
    days = [["rare"] if number % 5 == 0 else ["other", "other"] for number in range(20)]
    days += [["other"] for _ in range(3)]
    assert silences_at(archive(days), day(22)) == []


def test_a_new_sender_is_told_only_where_new_senders_are_rare() -> None:
    steady = ["ana@unit.example", "rita@unit.example"] * 6
    found = newcomer("stranger@other.example", steady)
    assert found is not None
    assert (found.before, found.different) == (12, 2)
    assert newcomer("ana@unit.example", steady) is None
    assert newcomer("stranger@other.example", [f"{n}@many.example" for n in range(12)]) is None
    assert newcomer("stranger@other.example", steady[:4]) is None


def test_a_sender_is_the_address_whatever_the_name_before_it() -> None:
    assert sender_of('"Rostow, Elaine" <Rostow.E@jtf.example>') == "rostow.e@jtf.example"
    assert sender_of("Orlov harbour master") == "orlov harbour master"


def test_a_document_of_another_matter_is_unlike_the_others_and_none_of_the_others_is() -> None:
    chance = random.Random(4)
    places = ["Lipa", "Jasen", "Hrast", "Orlov", "Sutina"]
    texts = [
        "Situation report. "
        + " ".join(
            f"Camp {chance.choice(places)} received {chance.randrange(900)} litres of water and "
            f"{chance.randrange(90)} tents from the convoy on the route past the bridge."
            for _ in range(12)
        )
        for _ in range(20)
    ]
    strange = (
        "Dear cousin, the vineyard gave a sweet harvest and grandmother sings in the kitchen every evening. "
        "We painted the violin cabinet blue, planted roses along the fence, and our goats ate your old hat."
    )
    read = [ReadText(uuid.uuid4(), text, "en") for text in (*texts, strange)]
    found = unlike_the_others(read)
    assert [item.document_id for item in found] == [read[-1].document_id]
    assert found[0].documents == 21
    assert found[0].words
    assert unlike_the_others(read[:20]) == []
    assert unlike_the_others(read[-5:]) == []


def test_a_document_is_compared_only_with_what_each_of_its_readers_may_read(cast: dict[str, User]) -> None:
    for marking in ("UNCLASSIFIED", "SECRET", "SECRET//NOFORN"):
        add_document("Report", "Text.", marking=marking)
    add_document("Other", "Text.", collection="logistics")
    secret = label_for("relief", parse_marking("SECRET"))
    unclassified = label_for("relief", parse_marking("UNCLASSIFIED"))
    assert basis_of(secret) == {secret, unclassified}
    assert basis_of(unclassified) == {unclassified}
