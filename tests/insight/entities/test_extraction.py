"""What is kept of a document, and what the reads make of it."""

from datetime import date

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities import relations, selectors
from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.identity import entity_id
from donovan.insight.entities.models import AliasEvidence, Appearance, Mention
from donovan.insight.entities.recognisers import default_recognisers
from donovan.insight.entities.services import extract_entities
from ingest.models import Page

from .conftest import Read

TEXT = (
    "On 5 May 2016 Gen. Joseph Votel met the Syrian Democratic Forces (SDF) in Mosul.\n\n"
    "Votel left with two trucks. Haider al-Abadi stayed in Baghdad on 9 May 2016."
)
VOTEL = entity_id("person", "joseph votel")


def test_every_kept_mention_is_what_stands_on_its_page_inside_its_sentence(read: Read) -> None:
    document = read(TEXT)
    text = Page.objects.get(document=document).text
    mentions = list(Mention.objects.filter(document=document))
    assert len(mentions) > 8
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.sentence_start <= mention.start < mention.end <= mention.sentence_end


def test_reading_a_document_again_changes_nothing(read: Read) -> None:
    document = read(TEXT)

    def kept() -> list[list[tuple[object, ...]]]:
        return [
            list(Mention.objects.order_by("start").values_list("start", "end", "kind", "entity_id", "since")),
            list(Appearance.objects.order_by("entity_id").values_list("entity_id", "mention_count", "name")),
            list(AliasEvidence.objects.order_by("one_id").values_list("one_id", "other_id", "start")),
        ]

    before = kept()
    said = extract_entities(document.pk)
    assert kept() == before
    assert said.startswith(f"{len(before[0])} mentions")


def test_a_mention_opens_its_page_at_the_words(read: Read, ana: User) -> None:
    document = read(TEXT)
    (first, second), total = selectors.mentions_of(scope_for(ana), VOTEL)
    assert total == 2
    assert (first.text, second.text) == ("Gen. Joseph Votel", "Votel")
    assert f"{document.pk}/?page=1&start={second.start}&end={second.end}" in second.address
    assert second.before + second.text + second.after == "Votel left with two trucks."


def test_who_stands_in_one_sentence_is_joined_and_who_does_not_is_not(read: Read, ana: User) -> None:
    read(TEXT)
    network = relations.co_occurrences(scope_for(ana), VOTEL)
    names = {row.id: row.name for row in network.nodes}
    assert {"Syrian Democratic Forces", "Mosul"} <= set(names.values())
    assert "Baghdad" not in names.values()
    paged = relations.co_occurrences(scope_for(ana), VOTEL, within="page")
    assert "Baghdad" in {row.name for row in paged.nodes}


def test_the_timeline_goes_by_the_dates_in_the_text(read: Read, ana: User) -> None:
    read(TEXT)
    events, total = relations.timeline_of(scope_for(ana))
    assert [event.start for event in events] == [date(2016, 5, 5), date(2016, 5, 9)]
    assert total == 2
    assert "Baghdad" in {text for _, text, _ in events[1].entities}
    only, _ = relations.timeline_of(scope_for(ana), entity_id=VOTEL)
    assert [event.start for event in only] == [date(2016, 5, 5)]
    assert relations.timeline_of(scope_for(ana), since=date(2016, 5, 6))[1] == 1


def test_towns_lie_where_they_lie(read: Read, ana: User) -> None:
    read(TEXT)
    placed = {place.name: place for place in relations.places_with_coordinates(scope_for(ana))}
    assert abs(placed["Mosul"].latitude - 36.3) < 0.2
    assert abs(placed["Mosul"].longitude - 43.1) < 0.2
    assert placed["Baghdad"].country == "IQ"


def test_a_name_is_found_by_a_part_of_it_in_any_case_and_script(read: Read, ana: User) -> None:
    read(TEXT)
    scope = scope_for(ana)
    for query in ("votel", "VOTÉL", "воtel", "Joseph V"):
        assert [row.id for row in selectors.entities_in(scope, ["person"], query=query).rows] == [VOTEL]
    assert selectors.entities_in(scope, query="nobody at all").total == 0


def test_a_document_without_text_says_so(read: Read) -> None:
    assert extract_entities(read("nothing in here at all").pk) == "Nothing was found that is named."


def test_mentions_stay_on_their_own_page() -> None:
    pages = [
        PageText(1, "He met Gen. Joseph Votel"),
        PageText(2, ""),
        PageText(3, "Votel came from Mosul, Iraq."),
    ]
    found = [m for batch in extract(pages, default_recognisers(), None) for m in batch.mentions]
    for mention in found:
        text = pages[mention.page - 1].text
        assert text[mention.found.start : mention.found.end] == mention.found.text
    assert [m.page for m in found if m.found.normal == "joseph votel"] == [1, 3]
