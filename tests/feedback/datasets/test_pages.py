"""The pages of data sets: who sees what, and what they do."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets import label_errors
from donovan.feedback.datasets.exporting import archive_name
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.reading import folder_of
from donovan.feedback.datasets.splitting import set_groups, set_splits
from tests.feedback.datasets.conftest import row, sentence


@pytest.fixture
def make(cast, collections, caller_of):
    """`make("classes", marking="SECRET")` is a version of forty rows of Mia's."""

    def made(name: str, marking: str = "UNCLASSIFIED", count: int = 40) -> DatasetVersion:
        label = label_for("relief", parse_marking(marking))
        rows = [row(number, labels=[label], marking=marking) for number in range(count)]
        set_groups(rows)
        set_splits(rows, (0.8, 0.1, 0.1), 0)
        return publish(caller_of("mia"), name, "document_class", rows, {}, action="built").version

    return made


def at(view: str, version: DatasetVersion) -> str:
    return reverse(f"datasets:{view}", args=[version.dataset_id, version.number])


def test_the_list_says_what_to_do_when_there_is_nothing(client_for, mia, rita) -> None:
    page = client_for(mia).get(reverse("datasets:datasets"))
    assert "There is no data set yet" in page.text
    assert reverse("datasets:new") in page.text
    assert reverse("datasets:new") not in client_for(rita).get(reverse("datasets:datasets")).text


def test_analysts_and_strangers_have_no_entry(client_for, make, ana, ada) -> None:
    version = make("classes")
    for person in (ana, ada):
        for address in (reverse("datasets:datasets"), at("version", version), reverse("datasets:new")):
            assert client_for(person).get(address).status_code in (403, 404)


def test_a_data_set_that_may_not_be_read_leaves_no_trace(client_for, make, cast) -> None:
    cast["ben"].role = "model_owner"
    cast["ben"].save()
    make("open")
    client = client_for(cast["ben"])
    before = client.get(reverse("datasets:datasets")).text
    secret = make("unseen", "SECRET//NOFORN")
    after = client.get(reverse("datasets:datasets")).text
    assert "unseen" not in after
    assert after.count("data-item") == before.count("data-item") == 1
    nothing = reverse("datasets:version", args=["00000000-0000-0000-0000-000000000000", 1])
    expected = client.get(nothing)
    for view in ("version", "rows", "suspects"):
        refused = client.get(at(view, secret))
        assert refused.status_code == expected.status_code == 404
    assert client.post(at("export", secret), {"form": "jsonl"}).status_code == 404
    assert client.post(at("look", secret)).status_code == 404
    assert not AuditRecord.objects.filter(action="export").exists()


def test_a_version_shows_its_numbers_and_its_marking(client_for, make, mia) -> None:
    version = make("classes", "SECRET//NOFORN")
    page = client_for(mia).get(at("version", version)).text
    assert page.count("SECRET//NOFORN") >= 3
    assert "?q=class%3Dmemo" in page
    assert version.digest in page
    folder_of(version).joinpath("dev.jsonl").unlink()
    assert "dev.jsonl is missing" in client_for(mia).get(at("version", version)).text


def test_rows_are_shown_by_slice_and_page(client_for, make, mia) -> None:
    version = make("classes")
    client = client_for(mia)
    page = client.get(at("rows", version), {"q": "class=memo"}).text
    assert "20 rows in this slice" in page
    assert sentence(1)[:40] in page
    assert "Page 1 of 2" in client.get(at("rows", version)).text
    assert client.get(at("rows", version), {"page": "99"}).text.count("data-item") == 15
    assert "No row is in this slice" in client.get(at("rows", version), {"q": "language=zh"}).text
    wrong = client.get(at("rows", version), {"q": "colour=red"})
    assert (wrong.status_code, "is no field" in wrong.text) == (400, True)


def test_what_a_row_holds_is_shown_as_text(client_for, cast, collections, caller_of, mia) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    hostile = row(1, input={"text": "<script>alert(1)</script>", "title": "<b>x</b>"}, labels=[label])
    hostile["split"] = "train"
    version = publish(caller_of("mia"), "hostile", "document_class", [hostile], {}, action="built").version
    page = client_for(mia).get(at("rows", version)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_export_comes_as_a_marked_archive(client_for, make, rita) -> None:
    version = make("classes", "SECRET")
    answer = client_for(rita).post(at("export", version), {"form": "jsonl", "q": "class=memo"})
    assert answer["Content-Disposition"] == 'attachment; filename="classes-v1-SECRET-jsonl.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.namelist()[0] == "MARKING.txt"
        assert archive.read("MARKING.txt").startswith(b"SECRET\n")
    assert AuditRecord.objects.get(action="export").actor == "rita"
    refused = client_for(rita).post(at("export", version), {"form": "conll"}, follow=True)
    assert "cannot be written as" in refused.text


def test_the_name_of_an_archive_carries_the_whole_marking(make) -> None:
    version = make("classes", "SECRET//NOFORN")
    assert archive_name(version, "SECRET//NOFORN", "beir") == "classes-v1-SECRET-NOFORN-beir.zip"
    version.dataset.name = "n" * 80
    long = "SECRET//REL TO " + ", ".join(["USA"] * 40)
    name = archive_name(version, long, "label-studio")
    assert len(name) <= 250
    assert name.endswith("-SECRET-REL-TO-" + "-".join(["USA"] * 40) + "-label-studio.zip")


def test_a_version_is_built_from_the_form(client_for, give, mia, rita) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    give("ana", text=sentence(2), value={"class": "order"})
    client = client_for(mia)
    form = {"name": "daily", "task": "document_class", "split": "0.8/0.1/0.1", "seed": "0"}
    seen = client.post(reverse("datasets:new"), {**form, "see": "1"}).text
    assert "This would give" in seen
    assert not Dataset.objects.exists()
    built = client.post(reverse("datasets:new"), form, follow=True)
    assert built.redirect_chain[-1][0] == at("version", DatasetVersion.objects.get())
    wrong = client.post(reverse("datasets:new"), {**form, "agreement": "lots"})
    assert (wrong.status_code, "least agreement" in wrong.text) == (400, True)
    assert client_for(rita).get(reverse("datasets:new")).status_code in (403, 404)


def test_a_build_of_others_is_not_there(client_for, mia, cast) -> None:
    form = {"name": "daily", "task": "document_class"}
    failed = client_for(mia).post(reverse("datasets:new"), form, follow=True)
    assert "nothing that fits" in failed.text
    cast["ben"].role = "model_owner"
    cast["ben"].save()
    address = failed.redirect_chain[-1][0]
    assert client_for(cast["ben"]).get(address).status_code == 404


def test_a_file_is_imported_from_the_form_or_its_mistake_is_shown(client_for, mia, collections) -> None:
    client = client_for(mia)
    good = {"task": "document_class", "input": {"text": sentence(1)}, "value": {"class": "memo"}}
    form = {"form": "jsonl", "name": "mine", "collection": "relief", "marking": "SECRET"}

    def send(file_name: str, data: bytes, **more: str):
        file = SimpleUploadedFile(file_name, data)
        return client.post(reverse("datasets:import"), {**form, **more, "file": file}, follow=True)

    bad = send("a.jsonl", json.dumps(good).encode() + b"\n{oops\n")
    assert (bad.status_code, "line 2: It is not JSON" in bad.text) == (400, True)
    assert not Dataset.objects.exists()
    assert "1 rows were imported" in send("a.jsonl", json.dumps(good).encode()).text

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("set/train.jsonl", json.dumps(good))
        archive.writestr("../../outside.jsonl", "x")
    assert "lies outside of it" in send("a.zip", packed.getvalue(), name="other").text
    assert Dataset.objects.count() == 1


def test_looking_for_label_errors_waits_shows_and_sends(client_for, make, mia) -> None:
    version = make("classes")
    client = client_for(mia)
    assert "Nobody has looked yet" in client.get(at("suspects", version)).text
    waiting = client.post(at("look", version), follow=True).text
    assert reverse("datasets:looked", args=[version.dataset_id, 1]) in waiting
    found = {
        "row": "r0001",
        "given": "memo",
        "suggested": "order",
        "chance_given": 0.1,
        "chance_suggested": 0.9,
        "item": "",
        "split": "train",
        "text": sentence(1),
    }
    state = {"state": label_errors.DONE, "looked": 40, "total": 1, "by": "words", "found": [found]}
    DatasetVersion.objects.update(suspects=state)
    shown = client.get(at("looked", version)).text
    assert "1 of 40 rows may be wrong" in shown
    assert "were not judged" not in shown
    DatasetVersion.objects.update(suspects={**state, "looked": 22, "fewest": 5})
    shown = client.get(at("looked", version)).text
    assert (
        "The other 18 of the version’s 40 rows were not judged: fewer than 5 rows have their value" in shown
    )
    assert "no project" in shown
    assert "Nothing was sent" in client.post(at("send", version), {"row": "r0001"}, follow=True).text
