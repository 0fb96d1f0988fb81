"""What the demo collection promises: complete, the same on every machine, marked, and answerable."""

import hashlib
import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from donovan.access.cast import CAST, COLLECTIONS
from donovan.access.markings import parse_marking
from tests.demo.conftest import Json
from tests.support.demonstration import run_generator


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.long
def test_another_run_in_another_place_writes_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    elsewhere = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    result = run_generator(tmp_path / "again", environment=elsewhere)
    assert result.returncode == 0, result.stderr
    assert digests(tmp_path / "again") == digests(demo)


def test_a_second_run_into_the_same_folder_does_nothing(demo: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in demo.rglob("*")}
    result = run_generator(demo)
    assert result.stdout == "The demo collection is already there and unchanged.\n"
    assert {path: path.stat().st_mtime_ns for path in demo.rglob("*")} == before


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    result = run_generator(tmp_path)
    assert result.returncode == 1
    assert "was not written by this program" in result.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_the_manifest_names_every_document_and_nothing_else(demo: Path, manifest: Json) -> None:
    on_disk = {
        str(path.relative_to(demo))
        for collection in COLLECTIONS
        for path in (demo / collection).rglob("*")
        if path.is_file()
    }
    assert {entry["path"] for entry in manifest} == on_disk
    assert all((demo / entry["truth"]).is_file() for entry in manifest)
    assert 40 <= len(manifest) <= 46


def test_every_format_the_product_reads_is_there(manifest: Json) -> None:
    endings = {Path(entry["path"]).suffix for entry in manifest}
    wanted = ".pdf .docx .xlsx .csv .txt .md .html .eml .png .jpg .tiff"
    assert endings == set(wanted.split())


def test_markings_parse_and_stand_as_they_are_written(manifest: Json) -> None:
    for entry in manifest:
        assert parse_marking(entry["marking"]).canonical == entry["marking"]
    assert {entry["marking"] for entry in manifest} == {
        "UNCLASSIFIED",
        "CUI",
        "SECRET//NOFORN",
        "SECRET//REL TO USA, GBR",
        "SECRET//HARBOR//NOFORN",
    }


def test_who_uploads_a_document_may_read_it(manifest: Json) -> None:
    people = {member.username: member for member in CAST}
    for entry in manifest:
        member, marking = people[entry["uploaded_by"]], parse_marking(entry["marking"])
        assert marking.compartments <= set(member.compartments), entry
        assert entry["collection"] in member.collections, entry
        assert member.nationality == "USA" or marking.is_released_to(member.nationality), entry


def test_portion_marks_never_exceed_the_banner(manifest: Json, truth_of: Callable[[str], str]) -> None:
    """A paragraph marked higher than its page would be a spill written by ourselves."""
    for entry in manifest:
        banner = parse_marking(entry["marking"])
        for line in truth_of(entry["path"]).splitlines():
            words = line.lstrip("- 0123456789.").strip()
            if not words.startswith(("(U)", "(CUI)", "(S//")):
                continue
            portion = parse_marking(words[: words.index(")") + 1])
            assert banner.dominates(portion), (entry["path"], line)


def test_each_expected_answer_stands_in_its_documents(
    questions: Json, truth_of: Callable[[str], str]
) -> None:
    for question in questions:
        for person, answer in question["answers"].items():
            texts = [" ".join(truth_of(path).split()) for path in answer["documents"]]
            for words in answer["expected"]:
                assert any(words in text for text in texts), (question["question"], person, words)
            for path, text in zip(answer["documents"], texts, strict=True):
                assert any(words in text for words in answer["expected"]), (question["question"], path)


def test_nobody_is_expected_to_answer_from_what_they_may_not_read(questions: Json, manifest: Json) -> None:
    markings = {entry["path"]: parse_marking(entry["marking"]) for entry in manifest}
    people = {member.username: member for member in CAST}
    for question in questions:
        assert set(question["answers"]) == {"ana", "ben", "chloe"}
        for person, answer in question["answers"].items():
            assert answer["refused"] is not bool(answer["documents"])
            for path in answer["documents"]:
                marking = markings[path]
                assert marking.compartments <= set(people[person].compartments)
                assert person != "ben" or marking.level.words == "UNCLASSIFIED"
                assert person != "chloe" or marking.is_released_to("GBR")


def test_there_are_questions_of_every_kind(questions: Json) -> None:
    kinds = [question["kind"] for question in questions]
    wanted = {"clearance": 8, "contradiction": 4, "fact": 10, "table": 4, "unanswerable": 5}
    for kind, least in wanted.items():
        assert kinds.count(kind) >= least, kind
    differing = [
        question
        for question in questions
        if len({json.dumps(answer["expected"]) for answer in question["answers"].values()}) > 1
    ]
    assert len(differing) >= 10


def test_no_unanswerable_question_is_answered_in_a_document(
    questions: Json, manifest: Json, truth_of: Callable[[str], str]
) -> None:
    everything = " ".join(truth_of(entry["path"]) for entry in manifest)
    for name in ("Norway", "August 2025", "ticket", "football match"):
        assert name not in everything
    assert sum(question["kind"] == "unanswerable" for question in questions) >= 5


def test_coordinates_and_grid_references_name_the_same_place(demo: Path) -> None:
    places = json.loads((demo / "truth" / "places.json").read_text(encoding="utf-8"))
    assert len(places) >= 10
    for place in places:
        assert grid_reference(place["latitude"], place["longitude"]) == place["mgrs"], place["name"]


def grid_reference(latitude: float, longitude: float) -> str:
    """MGRS to one metre in zone 28S, by the series for the transverse Mercator projection (USGS PP 1395)."""
    axis, flattening, scale = 6378137.0, 1 / 298.257223563, 0.9996
    squared = flattening * (2 - flattening)
    second = squared / (1 - squared)
    angle, across = math.radians(latitude), math.radians(longitude + 15)
    normal = axis / math.sqrt(1 - squared * math.sin(angle) ** 2)
    tangent, cosine = math.tan(angle) ** 2, second * math.cos(angle) ** 2
    reach = math.cos(angle) * across
    meridian = axis * (
        (1 - squared / 4 - 3 * squared**2 / 64 - 5 * squared**3 / 256) * angle
        - (3 * squared / 8 + 3 * squared**2 / 32 + 45 * squared**3 / 1024) * math.sin(2 * angle)
        + (15 * squared**2 / 256 + 45 * squared**3 / 1024) * math.sin(4 * angle)
        - (35 * squared**3 / 3072) * math.sin(6 * angle)
    )
    cubic = (1 - tangent + cosine) * reach**3 / 6
    quintic = (5 - 18 * tangent + tangent**2 + 72 * cosine - 58 * second) * reach**5 / 120
    easting = scale * normal * (reach + cubic + quintic) + 500000
    fourth = (5 - tangent + 9 * cosine + 4 * cosine**2) * reach**4 / 24
    sixth = (61 - 58 * tangent + tangent**2 + 600 * cosine - 330 * second) * reach**6 / 720
    northing = scale * (meridian + normal * math.tan(angle) * (reach**2 / 2 + fourth + sixth))
    column = "ABCDEFGH"[int(easting // 100000) - 1]
    row = "FGHJKLMNPQRSTUVABCDE"[int(northing // 100000) % 20]
    return f"28S {column}{row} {int(easting % 100000):05d} {int(northing % 100000):05d}"
