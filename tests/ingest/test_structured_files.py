"""JSON, XML, maps, calendars and contacts: fields in order, half a file as far as it goes."""

import base64
import io
import json
import zipfile

import pytest

from ingest.models import Document, Status
from ingest.values.positions import position
from tests.ingest import files
from tests.ingest.conftest import Take


def text_of(document: Document) -> str:
    return "\n".join(document.pages.order_by("number").values_list("text", flat=True))


def kind_of(document: Document) -> str:
    return str(document.metadata["kind"])


def test_an_object_in_json_is_its_fields_in_order_and_its_records_a_row_each(take: Take) -> None:
    content = {
        "title": "Convoy to Lipa",
        "when": {"start": "2026-03-12", "end": "2026-03-14"},
        "crew": ["Ana Kovač", "Juma"],
        "vehicles": [{"plate": "KV 447 RT", "tons": 7.50}, {"plate": "KV 448 RT", "tons": 12}],
        "remark": None,
    }
    document = take(json.dumps(content, ensure_ascii=False).encode(), "convoy.json")
    assert kind_of(document) == "json" and document.title == "Convoy to Lipa" and not document.error
    assert text_of(document).split("\n") == [
        "title: Convoy to Lipa", "when.start: 2026-03-12", "when.end: 2026-03-14", "crew: Ana Kovač, Juma",
        "", "vehicles", "", "plate: KV 447 RT | tons: 7.5", "plate: KV 448 RT | tons: 12",
    ]  # fmt: skip


def test_a_number_keeps_the_digits_it_was_written_with(take: Take) -> None:
    assert "amount: 12.50" in text_of(take(b'{"amount": 12.50, "account": "0012"}', "a.json"))


def test_json_lines_keep_what_is_no_json_and_say_so(take: Take) -> None:
    document = take(b'{"who": "Ana", "n": 1}\nstopped by hand\n{"who": "Juma", "n": 2}\n', "log.jsonl")
    assert "who: Ana | n: 1" in text_of(document) and "who: Juma | n: 2" in text_of(document)
    assert "stopped by hand" in text_of(document) and "line 2" in document.error


@pytest.mark.parametrize(
    ("content", "kept", "line"),
    [
        (
            '{"name": "Ana",\n "town": "Lipa",\n "notes": "seen at the',
            ["name: Ana", "town: Lipa", "seen at the"],
            3,
        ),
        ('[{"a": "one"},\n {"a": "two"},\n {"a": "thr', ["a: one", "a: two", "thr"], 3),
        ('{"a": 1,\n // a remark\n "b": 2}', ["a: 1", '"b": 2'], 2),
    ],
)
def test_half_a_json_file_keeps_all_its_words(take: Take, content: str, kept: list[str], line: int) -> None:
    document = take(content.encode(), "half.json")
    assert all(words in text_of(document) for words in kept)
    assert f"line {line}" in document.error and document.status == Status.RUNNING


def test_deeply_nested_and_packed_json_does_no_harm(take: Take) -> None:
    deep = take(b'{"a":' * 3000 + b"1" + b"}" * 3000, "deep.json")
    assert deep.status == Status.RUNNING and deep.error
    packed = {"name": "pic", "data": base64.b64encode(bytes(range(256)) * 40).decode()}
    document = take(json.dumps(packed).encode(), "packed.json")
    assert "not read" in text_of(document) and len(text_of(document)) < 200


def test_features_of_geojson_have_positions_that_can_be_read_again(take: Take) -> None:
    outline = [[[15.1, 44.2], [15.3, 44.2], [15.1, 44.4], [15.1, 44.2]]]
    content = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": "Well 4"},
             "geometry": {"type": "Point", "coordinates": [-15.312, 36.985, 12]}},
            {"type": "Feature", "properties": {"name": "Field"},
             "geometry": {"type": "Polygon", "coordinates": outline}},
            {"type": "Feature", "properties": {"name": "Nowhere"},
             "geometry": {"type": "Point", "coordinates": [900, 44]}},
        ],
    }  # fmt: skip
    text = text_of(take(json.dumps(content).encode(), "wells.geojson"))
    assert "name: Well 4 | position: 36.985° N, 15.312° W" in text
    assert position("36.985° N, 15.312° W").latitude == pytest.approx(36.985)
    assert "shape: Polygon | points: 44.2° N, 15.1° E; " in text and text.endswith("name: Nowhere")


def test_xml_is_read_in_order_and_records_are_rows(take: Take) -> None:
    content = """<?xml version="1.0"?><stock place="Lipa" xmlns="urn:x"><title>Stock of March</title>
      <item code="7"><name>Diesel</name><litres>4400</litres></item>
      <item code="9"><name>Petrol</name><litres>120</litres></item>
      <note>Counted by <b>Ana</b> on 12 March.</note><!-- draft --></stock>"""
    document = take(content.encode(), "stock.xml")
    assert kind_of(document) == "xml" and document.title == "Stock of March"
    assert text_of(document).split("\n") == [
        "place: Lipa", "", "Stock of March", "", "code: 7 | name: Diesel | litres: 4400",
        "code: 9 | name: Petrol | litres: 120", "", "Counted by Ana on 12 March.",
    ]  # fmt: skip


def test_xml_is_known_by_its_content_and_is_no_web_page(take: Take) -> None:
    content = (
        b'<?xml version="1.0"?><report><head>Bridge closed</head><body>The bridge is shut.</body></report>'
    )
    for name in ("report.xml", "report.dat", "report"):
        document = take(content, name, label=f"relief|{name}")
        assert kind_of(document) == "xml" and "Bridge closed" in text_of(document)
    page = take(b'<?xml version="1.0"?>\n<html xmlns="x"><body><p>A page of words</p></body></html>', "p.xml")
    assert kind_of(page) == "html" and not page.error


def test_entities_and_outside_files_are_never_expanded(take: Take) -> None:
    bomb = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c SYSTEM "file:///etc/passwd">]><r><x>one &b; two</x><y>&c; end</y></r>"""
    text = text_of(take(bomb.encode(), "bomb.xml"))
    assert "one" in text and "two" in text and "end" in text
    assert "aaaaaaaaaa" not in text and "root:" not in text


def test_half_an_xml_file_keeps_what_it_had(take: Take) -> None:
    document = take(
        b"<?xml version='1.0'?><r>\n<p a='1'><q>one</q></p>\n<p a='2'><q>two</q></p>\n<p a='3'><q>thr",
        "h.xml",
    )
    assert "q: one" in text_of(document) and "q: two" in text_of(document) and "thr" in text_of(document)
    assert "breaks off at line 4" in document.error


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
  <name>Crossings</name><Style id="s"><IconStyle/></Style><Folder><name>North</name>
  <Placemark><name>Orlov Bridge</name><description><![CDATA[Closed <b>since</b> May]]></description>
    <TimeStamp><when>2026-05-03</when></TimeStamp><ExtendedData><Data name="load"><value>12 t</value></Data>
    </ExtendedData><Point><coordinates>15.312,44.985,0</coordinates></Point></Placemark></Folder>
  <Placemark><name>Road</name><LineString><coordinates>15.1,44.2 15.2,44.3</coordinates></LineString>
  </Placemark>
  <NetworkLink><Link><href>http://maps.invalid/more.kml</href></Link></NetworkLink></Document></kml>"""


def test_places_of_a_map_have_their_folder_day_and_position(take: Take) -> None:
    document = take(KML.encode(), "crossings.kml")
    text = text_of(document)
    assert (kind_of(document), document.title) == ("kml", "Crossings")
    assert (
        "name: Orlov Bridge | description: Closed since May | folder: North | load: 12 t | time: 2026-05-03"
        in (text.replace("\n", " "))
    )
    assert "position: 44.985° N, 15.312° E" in text
    assert "name: Road | shape: LineString | points: 44.2° N, 15.1° E; 44.3° N, 15.2° E" in text
    assert "not fetched: http://maps.invalid/more.kml" in text


def test_a_packed_map_gives_its_places_and_its_pictures(take: Take) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", KML)
        archive.writestr("files/photo.png", files.image_bytes(files.picture(), "PNG"))
    document = take(packed.getvalue(), "crossings.kmz")
    assert kind_of(document) == "kmz" and "Orlov Bridge" in text_of(document)
    [photo] = Document.objects.filter(parent=document)
    assert photo.name == "photo.png" and photo.ocr_page_count == 1


def test_a_track_is_its_waypoints_and_its_points_in_order(take: Take) -> None:
    content = b"""<gpx xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>Patrol 4</name></metadata>
      <wpt lat="44.9850" lon="15.3120"><name>Cache</name><ele>120</ele></wpt>
      <trk><name>Out</name><trkseg><trkpt lat="44.1" lon="15.1"><time>2026-05-03T08:00:00Z</time></trkpt>
      <trkpt lat="44.2" lon="15.2"><time>2026-05-03T08:10:00Z</time></trkpt></trkseg></trk></gpx>"""
    document = take(content, "patrol.gpx")
    assert document.title == "Patrol 4" and kind_of(document) == "gpx"
    assert "name: Cache | position: 44.9850° N, 15.3120° E | elevation (m): 120" in text_of(document)
    assert "track Out\n\nposition: 44.1° N, 15.1° E | time: 2026-05-03T08:00:00Z\nposition: 44.2" in text_of(
        document
    )


EVENT = """BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Zagreb\r\nBEGIN:STANDARD\r
DTSTART:16010101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r
BEGIN:VEVENT\r\nSUMMARY:Handover\\, part two\r\nDTSTART;TZID=Europe/Zagreb:20260312T093000\r
DTEND:20260312T110000Z\r\nLOCATION:Pier 4\r\nORGANIZER;CN="Kovač, Ana":mailto:ana@relief.example\r
ATTENDEE;CN=Juma;PARTSTAT=DECLINED:mailto:juma@relief.example\r\nGEO:44.985;15.312\r
DESCRIPTION:Bring the\r\n  keys.\\nCall first.\r\nRRULE:FREQ=WEEKLY;UNTIL=20260501\r
ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=list.txt:VGhlIGxpc3Qgb2Yga2V5cy4=\r
END:VEVENT\r\nEND:VCALENDAR\r\n"""


def test_an_event_says_when_where_and_with_whom(take: Take) -> None:
    document = take(EVENT.encode(), "invite.ics")
    assert text_of(document).split("\n") == [
        "Handover, part two", "", "summary: Handover, part two", "start: 2026-03-12 09:30 Europe/Zagreb",
        "end: 2026-03-12 11:00 UTC", "place: Pier 4", "organiser: Kovač, Ana <ana@relief.example>",
        "attendee: Juma <juma@relief.example> (declined)", "position: 44.985° N, 15.312° E",
        "description: Bring the keys.", "Call first.", "repeats: every week, until 2026-05-01",
    ]  # fmt: skip
    assert document.title == "Handover, part two" and str(document.document_date) == "2026-03-12"
    [inside] = Document.objects.filter(parent=document)
    assert inside.name == "list.txt" and "list of keys" in text_of(inside)


def test_the_zone_of_one_calendar_says_nothing_of_another(take: Take) -> None:
    other = EVENT.replace("TZOFFSETTO:+0100", "TZOFFSETTO:+0900").replace("Handover", "Second")
    take(EVENT.encode(), "one.ics")
    assert "start: 2026-03-12 09:30 Europe/Zagreb" in text_of(take(other.encode(), "two.ics"))


def test_contacts_of_old_and_new_cards_keep_all_their_fields(take: Take) -> None:
    content = (
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Kova=C4=8D;Ana\n"
        "TEL;CELL:+385 91 555\nNOTE;ENCODING=QUOTED-PRINTABLE:met at the=\n bridge\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Juma Said\nN:Said;Juma;;;\nORG:Relief;Fleet\nBDAY:19800230\n"
        "item1.EMAIL:juma@relief.example\nitem1.X-ABLabel:office\nADR:;;Pier 4;Lipa;;10000;\n"
        "PHOTO;ENCODING=b;TYPE=PNG:" + base64.b64encode(files.image_bytes(files.picture(), "PNG")).decode()
        + "\nEND:VCARD\n"
    )  # fmt: skip
    document = take(content.encode(), "people.vcf")
    text = text_of(document)
    assert (
        "Ana Kovač" in text
        and "telephone: +385 91 555 (cell)" in text
        and "note: met at thebridge" not in text
    )
    assert "organisation: Relief, Fleet" in text and "e-mail: juma@relief.example (office)" in text
    assert "address: Pier 4, Lipa, 10000" in text and "born: 1980-02-30" in text and "PHOTO" not in text
    assert [each.name for each in Document.objects.filter(parent=document)] == ["Juma Said photo.png"]


def test_half_a_calendar_keeps_its_events_and_says_where_it_ends(take: Take) -> None:
    document = take(EVENT.encode()[: EVENT.index("GEO")], "half.ics")
    assert "place: Pier 4" in text_of(document) and "breaks off at line" in document.error


def test_words_that_only_look_like_records_stay_plain_text(take: Take) -> None:
    document = take(b"[1] See the annex.\n{none of this is data}\n", "notes")
    assert kind_of(document) == "text" and "See the annex" in text_of(document)


def test_headings_of_outlines_and_underlined_ones_are_headings(take: Take) -> None:
    outline = take(b"* Orders of March\nMove at dawn.\n** Fuel\nTake 40 litres.\n", "plan.org")
    assert outline.title == "Orders of March" and "Take 40 litres." in text_of(outline)
    assert outline.passages.get(text__contains="40 litres").heading.endswith("Fuel")
    underlined = take(
        b"Orders of April\n===============\nMove at dusk.\n\nFuel\n----\n\nTake 50.\n", "plan.rst"
    )
    assert underlined.title == "Orders of April" and "Move at dusk." in text_of(underlined)


def test_a_long_list_inside_an_object_keeps_its_first_rows_and_says_so(take: Take) -> None:
    rows = [{"number": number, "remark": "all is quiet on the river " * 8} for number in range(50_000)]
    document = take(json.dumps({"rows": rows}).encode(), "long.json")
    assert document.status == Status.RUNNING and "number: 0 |" in text_of(document)
    assert "of 50,001 paragraphs and rows can be searched" in document.error


def test_a_file_of_headings_alone_is_read(take: Take) -> None:
    document = take(b"".join(b"# Heading number %d\n\n" % number for number in range(30_000)), "heads.md")
    assert document.status == Status.RUNNING and document.page_count == 750
