"""A version never changes, and one that was changed is refused."""

import json

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets import records
from donovan.feedback.datasets.errors import DatasetError, DatasetNotFound, DatasetTampered
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.reading import (
    find_version,
    folder_of,
    leaks_between_splits,
    read_all,
    read_meta,
    read_split,
    verify_version,
)
from donovan.feedback.datasets.splitting import set_groups, set_splits
from ingest.models import Blob, Document, Status
from tests.feedback.datasets.conftest import row, sentence


def divided(count: int = 12, **changes):
    rows = [row(number, **changes) for number in range(count)]
    set_groups(rows)
    set_splits(rows, (0.6, 0.2, 0.2), 1)
    return rows


def made(caller, name="classes", rows=None, recipe=None) -> DatasetVersion:
    return publish(
        caller, name, "document_class", rows or divided(), recipe or {"seed": 1}, action="built"
    ).version


def test_a_version_is_read_back_as_it_was_made(mia_calls) -> None:
    rows = divided()
    version = made(mia_calls, rows=rows)
    assert version.number == 1
    read = [each for split in ("train", "dev", "test") for each in read_split(version, split)]
    assert sorted(each["id"] for each in read) == [each["id"] for each in rows]
    assert read[0]["input"] == rows[int(read[0]["id"][1:])]["input"]
    assert version.counts == {s: sum(r["split"] == s for r in rows) for s in ("train", "dev", "test")}
    assert read_meta(version)["marking"] == version.marking == "UNCLASSIFIED"


@pytest.mark.parametrize("name", ["train.jsonl", "test.jsonl", "meta.json"])
def test_a_changed_file_is_refused_by_name(mia_calls, name: str) -> None:
    version = made(mia_calls)
    path = folder_of(version) / name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"memo", b"memx").replace(b"classes", b"classis"))
    with pytest.raises(DatasetTampered) as refused:
        list(read_split(version, "dev"))
    assert name in refused.value.sentence
    assert "was changed after it was made" in refused.value.sentence


def test_missing_further_and_linked_files_are_refused(mia_calls, tmp_path) -> None:
    version = made(mia_calls)
    folder = folder_of(version)
    (folder / "more.jsonl").write_text("")
    with pytest.raises(DatasetTampered, match="does not belong"):
        verify_version(version)
    (folder / "more.jsonl").unlink()
    kept = (folder / "dev.jsonl").read_bytes()
    (folder / "dev.jsonl").unlink()
    with pytest.raises(DatasetTampered, match="missing"):
        verify_version(version)
    (tmp_path / "elsewhere").write_bytes(kept)
    (folder / "dev.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetTampered, match="plain file"):
        verify_version(version)


def test_the_same_rows_are_the_same_version_and_others_the_next(mia_calls) -> None:
    first = made(mia_calls)
    again = publish(mia_calls, "classes", "document_class", divided(), {"seed": 1}, action="built")
    assert again.version == first
    assert not again.is_new
    second = made(mia_calls, rows=divided(14))
    assert (second.number, second.dataset) == (2, first.dataset)
    verify_version(first)
    verify_version(second)


def test_making_one_is_on_record_and_without_the_record_nothing_is_made(mia_calls, monkeypatch) -> None:
    made(mia_calls)
    record = AuditRecord.objects.filter(action="dataset").get()
    assert (record.actor, record.detail["change"]) == ("mia", "built")
    assert record.labels == ["relief:UNCLASSIFIED"]

    def refuse(*_: object, **__: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(records.audit, "record", refuse)
    with pytest.raises(AuditUnavailable):
        made(mia_calls, name="other")
    assert not Dataset.objects.filter(name="other").exists()


def test_leftovers_of_a_build_that_was_cut_off_are_in_nobodys_way(mia_calls) -> None:
    first = made(mia_calls)
    orphan = folder_of(first).with_name("v2")
    orphan.mkdir()
    (orphan / "train.jsonl").write_text("half a li")
    second = made(mia_calls, rows=divided(14))
    verify_version(second)
    assert (second.number, second.dataset, folder_of(second)) == (2, first.dataset, orphan)
    assert len(list(read_all(second))) == 14


def test_who_may_not_read_all_of_it_finds_nothing(mia_calls, caller_of) -> None:
    secret = label_for("relief", parse_marking("SECRET//NOFORN"))
    made(caller_of("mia"), rows=divided(labels=[secret], marking="SECRET//NOFORN"))
    ben = caller_of("ben")
    words = set()
    for reference in ("classes", "classes@1", "mia/classes@1", "no-such", "classes@9", "//"):
        with pytest.raises(DatasetNotFound) as missing:
            find_version(reference, ben.scope)
        words.add(missing.value.sentence)
    assert len(words) == 1
    assert find_version("classes", caller_of("mia").scope).number == 1


def test_a_data_set_is_marked_as_its_documents_are_marked_now(mia_calls, caller_of) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    blob = Blob.objects.create(digest="d" * 64, size=1)
    document = Document.objects.create(
        blob=blob, label=label, name="1.txt", title="Report", status=Status.READY
    )
    rows = divided()
    rows[0]["document"] = str(document.pk)
    version = made(mia_calls, rows=rows)
    assert find_version("classes", caller_of("ben").scope) == version

    document.label = label_for("relief", parse_marking("SECRET//NOFORN"))
    document.save()

    with pytest.raises(DatasetNotFound):
        find_version("classes", caller_of("ben").scope)
    version = find_version("classes", caller_of("mia").scope)
    assert version.marking == version.dataset.marking == "SECRET//NOFORN"
    assert {row["id"]: row["marking"] for row in read_all(version)} == {
        row["id"]: "SECRET//NOFORN" if row is rows[0] else "UNCLASSIFIED" for row in rows
    }
    verify_version(version)


def test_naming_a_document_that_one_may_not_read_tells_nothing_of_it(caller_of) -> None:
    blob = Blob.objects.create(digest="d" * 64, size=1)
    secret = label_for("relief", parse_marking("SECRET//NOFORN"))
    hidden = Document.objects.create(blob=blob, label=secret, name="1", title="1", status=Status.READY)
    label_for("relief", parse_marking("UNCLASSIFIED"))
    rows = divided()
    rows[0]["document"] = str(hidden.pk)
    version = made(caller_of("ben"), rows=rows)
    assert version.marking == "UNCLASSIFIED"
    assert find_version("classes", caller_of("ben").scope) == version


def test_a_name_that_somebody_else_uses_unseen_can_be_used(mia_calls, caller_of, cast) -> None:
    secret = label_for("relief", parse_marking("SECRET//NOFORN"))
    made(caller_of("mia"), rows=divided(labels=[secret], marking="SECRET//NOFORN"))
    theirs = made(caller_of("ben"))
    assert theirs.number == 1
    assert find_version("classes", caller_of("ben").scope) == theirs
    with pytest.raises(DatasetError, match="ben/classes"):
        find_version("classes", caller_of("mia").scope)
    assert find_version("ben/classes", caller_of("mia").scope) == theirs


def test_no_version_makes_a_data_set_disappear_for_its_readers(mia_calls, caller_of) -> None:
    made(mia_calls)
    secret = label_for("relief", parse_marking("SECRET//HARBOR"))
    with pytest.raises(DatasetError, match="lose sight"):
        made(caller_of("mia"), rows=divided(14, labels=[secret], marking="SECRET//HARBOR"))
    assert find_version("classes", caller_of("rita").scope).number == 1


def test_leaks_name_the_rows_and_why(mia_calls) -> None:
    rows = [
        row(1, split="train", document="same"),
        row(2, split="test", document="same"),
        row(3, split="train"),
        row(4, split="dev", input={"text": sentence(3) + " again", "title": ""}),
        row(5, split="test"),
    ]
    version = made(mia_calls, rows=rows)
    found = {(leak.kind, leak.ids) for leak in leaks_between_splits(version)}
    assert found == {("document", ("r0001", "r0002")), ("text", ("r0003", "r0004"))}
    assert version.statistics["leaks"] == 2
    assert "come from one document" in version.statistics["first_leaks"][0]


@pytest.mark.parametrize("name", ["", "Ünlaut", "../up", "a b", "x" * 81])
def test_names_are_plain(mia_calls, name: str) -> None:
    with pytest.raises(DatasetError, match="name of a data set"):
        made(mia_calls, name=name)


def test_nothing_of_the_hour_stands_in_the_files(mia_calls) -> None:
    version = made(mia_calls)
    meta = json.loads((folder_of(version) / "meta.json").read_text())
    assert set(meta) == {"name", "task", "recipe", "counts", "labels", "marking", "notice", "files"}
    hour = version.created_at.isoformat()[:13]
    for path in folder_of(version).iterdir():
        text = path.read_text()
        assert hour not in text and hour.replace("T", " ") not in text, path.name
