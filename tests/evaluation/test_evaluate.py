"""`manage.py evaluate` as a program: what it prints, what it returns, what it leaves alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from donovan.evaluation import scratch
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.jsonl import read_objects
from donovan.evaluation.ocr_suite import find_pages
from donovan.evaluation.retrieval_suite import read_retrieval_set
from ingest.models import Document

DOCUMENTS = {
    "harbour": "The harbour crane is broken and twelve ships wait outside the breakwater.",
    "clinic": "The field clinic treated forty patients for cholera last week.",
    "bridge": "Engineers repaired the bridge over the Orla river on Monday.",
}
QUERIES = {
    "q1": "Which crane is broken?",
    "q2": "How many patients had cholera?",
    "q3": "Who repaired the bridge?",
}


def evaluate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "evaluate", *arguments]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "donovan.settings"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    lines = [json.dumps({"_id": k, "title": k, "text": v}) for k, v in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "queries.jsonl").write_text(
        "\n".join(json.dumps({"_id": k, "text": v}) for k, v in QUERIES.items())
    )
    pairs = zip(QUERIES, DOCUMENTS, strict=True)
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{d}\t1\n" for q, d in pairs)
    )
    return tmp_path


@pytest.mark.django_db
def test_retrieval_is_measured_in_a_scratch_installation(beir: Path) -> None:
    done = evaluate("retrieval", str(beir), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    perfect = {"ndcg@10": 1.0, "recall@100": 1.0}
    assert report.pop("seconds") > 0
    assert report == {"dense": perfect, "bm25": perfect, "fused": perfect, "queries": 3, "passages": 3}
    assert not Document.objects.exists()


def test_ocr_is_measured_on_images_with_text_beside(tmp_path: Path) -> None:
    image = Image.new("L", (1400, 300), 255)
    font = ImageFont.load_default(size=48)
    ImageDraw.Draw(image).text((40, 100), "The harbour crane is broken.", fill=0, font=font)
    image.save(tmp_path / "page.png", dpi=(300, 300))
    (tmp_path / "page.txt").write_text("The harbour crane is broken.\n")
    done = evaluate("ocr", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["pages"], report["cer"], report["wer"]) == (1, 0.0, 0.0)
    assert report["pages_per_minute"] > 0


def test_a_missing_folder_is_said_in_a_sentence_with_code_1(tmp_path: Path) -> None:
    done = evaluate("retrieval", str(tmp_path / "none"))
    assert done.returncode == 1
    assert f"There is no folder {tmp_path / 'none'}." in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments", [(), ("retrieval",), ("nothing", "x"), ("answers", "a", "b", "--limit", "0")]
)
def test_wrong_arguments_give_code_2(arguments: tuple[str, ...]) -> None:
    assert evaluate(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("corpus.jsonl", "", "holds no lines"),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id": 3}\n', "line 2: expected a JSON object"),
        ("queries.jsonl", "{}\nnot json\n", "line 1: expected a JSON object"),
        ("queries.jsonl", '{"_id": "q1", "text": "x"}\nnot json\n', "line 2: this is not JSON"),
        ("qrels.tsv", "q1\tharbour\t1\n", "the header row query-id, corpus-id, score is missing"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 harbour 1\n", "line 2: expected query-id, corpus-id"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq9\tharbour\t1\n", "line 2: there is no query 'q9'"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tmoon\t1\n", "line 2: there is no document 'moon'"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tharbour\t0\n", "nothing to measure"),
    ],
)
def test_malformed_data_is_told_with_file_and_line(
    beir: Path, file: str, content: str, sentence: str
) -> None:
    (beir / file).write_text(content)
    with pytest.raises(UnusableData) as raised:
        read_retrieval_set(beir)
    assert sentence in raised.value.sentence
    assert file in raised.value.sentence


def test_a_missing_file_and_an_empty_folder_of_scans_are_told(beir: Path, tmp_path: Path) -> None:
    (beir / "qrels.tsv").unlink()
    with pytest.raises(UnusableData, match="There is no file"):
        read_retrieval_set(beir)
    with pytest.raises(UnusableData, match="holds no image"):
        find_pages(beir)
    (beir / "latin.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableData, match="UTF-8"):
        read_objects(beir / "latin.jsonl", ("_id",))


def test_nothing_but_a_scratch_installation_is_ever_filled() -> None:
    assert not scratch.is_scratch()
    with pytest.raises(RuntimeError):
        scratch.prepare()
