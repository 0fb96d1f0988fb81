"""What the commands print with --json has the form that docs/schemas promises. Each is really run."""

import copy
import io
import json
import os
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command, get_commands, load_command_class
from PIL import Image, ImageDraw, ImageFont

from deploy import instance, supervisor
from donovan.access.models import User
from donovan.evaluation import anomalies_suite, child_work, entities_suite, performing, scratch
from donovan.insight.anomalies.services import examine_document
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.tables.services import extract_tables
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document, Stage, Status
from tests.assistant.material import add_document, index_all
from tests.assistant.test_endings import UNSURE
from tests.benchmarks.figures import Figure, Outcome, as_json
from tests.docs.schemas import FOLDER, NAMES, faults, objects_in, validator
from tests.feedback.datasets.conftest import give
from tests.insight.anomalies.conftest import deliveries
from tests.library.conftest import hand_in
from tests.support.index import own_index
from tests.training.making import BETTER, claims, documents, made_candidate, make_dataset, measured

__all__ = ["give", "hand_in", "own_index"]

CLOSED = "When was the Orlov bridge closed?"
BRIDGE = "The Orlov bridge was closed on 5 July 2026 after rubble fell on it."
LETTER = "El hospital de campaña atendió a 340 pacientes. El puente está cerrado."
NATURAL = {
    "id": "q1", "kind": "fact", "question": CLOSED, "answerable": True, "must": [["5 July"]], "must_not": [],
    "documents": ["d1"],
}  # fmt: skip

# Schema -> what a test of this file has seen printed.
_seen: dict[str, list[Any]] = {}


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    for name in ("TABLE_DIR", "MODELS_DIR", "DATASETS_DIR", "TRAINING_DIR"):
        folder = tmp_path / name
        folder.mkdir()
        setattr(settings, name, folder)


def printed(*words: str) -> str:
    """What a command prints, whatever it ends with."""
    out = io.StringIO()
    try:
        call_command(*words, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        assert ended.code in (0, 1)
    return out.getvalue()


def held(name: str, text: str) -> Any:
    """One object of the output, as the schema of that name says."""
    said = json.loads(text)
    assert faults(name, said) == []
    _seen.setdefault(name, []).append(said)
    return said


def parsers_with_json() -> Iterator[str]:
    """Each command that takes --json, its parts apart: "ask", "evaluate suite"."""
    for name, app in get_commands().items():
        if app.startswith(("donovan", "ingest", "retrieval")):
            parser = load_command_class(app, name).create_parser("manage.py", name)
            yield from _taking_json(parser, name)


def _taking_json(parser: ArgumentParser, name: str) -> Iterator[str]:
    if "--json" in parser._option_string_actions:
        yield name
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for part, inner in action.choices.items():
                yield from _taking_json(inner, f"{name} {part}")


def schema_of(command: str) -> str:
    first, _, part = command.partition(" ")
    return first if first == "dataset" or not part else f"{first}_{'suite' if part == 'resume' else part}"


def test_every_command_with_json_has_a_schema_and_every_schema_a_command() -> None:
    wanted = {schema_of(command) for command in parsers_with_json()}
    assert {"ask", "dataset", "evaluate_compare"} <= wanted
    assert set(NAMES) == wanted | {"status", "bench"}
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"]({name}.json)" not in listed] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_strict_at_the_top(name: str) -> None:
    for part in objects_in(name):
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert part["required"] or part["minProperties"]
        else:
            assert part["additionalProperties"]["additionalProperties"] is False
    assert validator(name).schema["title"]


@pytest.mark.django_db(transaction=True)
def test_ingest_and_search(tmp_path: Path, people: dict[str, User]) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "one.txt").write_text("The port of Kalena is open.")
    (folder / "empty.txt").write_bytes(b"")
    lines = printed(
        "ingest", str(folder), "--collection", "relief", "--marking", "CUI", "--as", "ben"
    ).splitlines()
    assert {held("ingest", line)["status"] for line in lines} == {"ready", "failed"}
    assert held("search", printed("search", "port of Kalena", "--as", "ben"))["hits"]
    assert held("search", printed("search", "port of Kalena", "--as", "omar"))["hits"] == []
    (first,) = held("search", printed("search", "port", "--as", "ben", "--terms"))["hits"]
    like = ("search", "--like", f"{first['document']}:0", "--as", "ben")
    assert held("search", printed(*like))["compared"]["passage"] == 0
    text = tmp_path / "text.txt"
    text.write_text("Truck TR 4471.")
    assert held("lookup", printed("lookup", str(text), "--as", "ben"))["known"] == []


@pytest.fixture
def archive(cast: dict[str, User]) -> Document:
    bridge = add_document("Situation report 12", BRIDGE)
    add_document("Inventory", "The Zeta depot holds 250 litres of fuel.")
    index_all()
    return bridge


def test_the_three_endings_of_ask(archive: Document) -> None:
    with using(ScriptedModel(["The Orlov bridge was closed on 5 July 2026. It fell on Paris in 1999."])):
        endings = [held("ask", printed("ask", CLOSED, "--as", "ben"))["ending"]]
    with using(ScriptedModel([""])):
        endings.append(held("ask", printed("ask", UNSURE, "--as", "ben"))["ending"])
        endings.append(held("ask", printed("ask", CLOSED, "--as", "omar"))["ending"])
    assert endings == ["answered", "nearest", "nothing"]


def test_summarize_and_translate(archive: Document) -> None:
    letter = add_document("Carta", LETTER, language="es", marking="CUI")
    Document.objects.filter(pk=letter.pk).update(status=Status.READY, stage=Stage.DONE)
    with using(ScriptedModel([BRIDGE])):
        summary = held("summarize", printed("summarize", str(archive.pk), "--as", "ana", "--focus", "bridge"))
        assert summary["claims"]
        translated = held("translate", printed("translate", str(letter.pk), "--to", "en", "--as", "ana"))
        assert translated["segments"]


def test_anomalies(hand_in: Any, ana: User) -> None:
    document = hand_in(ana, deliveries(litres_9="9000"), "deliveries.csv")
    extract_tables(document.pk)
    examine_document(document.pk)
    assert held("anomalies", printed("anomalies", str(document.pk), "--as", "ana"))


def test_dataset(give: Callable[..., Any], tmp_path: Path) -> None:
    give("ana", text="The convoy reached the harbour.", value={"class": "memo"})
    give("ana", text="Two tents were lost in the storm.", value={"class": "log"})
    build = (
        "dataset",
        "build",
        "daily",
        "--task",
        "document_class",
        "--recipe",
        "split=train",
        "--as",
        "mia",
    )
    assert held("dataset", printed(*build))["is_new"]
    assert held("dataset", printed(*build))["notices"]
    out = tmp_path / "out.zip"
    exported = printed("dataset", "export", "daily", "--format", "jsonl", "--out", str(out), "--as", "mia")
    assert held("dataset", exported)["out"] == str(out)
    target = ("--name", "back", "--collection", "relief", "--marking", "SECRET")
    held("dataset", printed("dataset", "import", str(out), "--format", "jsonl", *target, "--as", "mia"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_train(people: dict[str, User]) -> None:
    make_dataset(people["mia"], "reports", documents())
    assert (
        held("train", printed("train", "classifier", "--dataset", "reports", "--as", "mia"))["role"]
        == "triage"
    )


def test_promote_and_rollback(mia: User, rita: User) -> None:
    candidate = made_candidate(mia, make_dataset(mia, "claims", claims()), "first")
    measured(candidate, mia, BETTER)
    for words in (("--check",), ("--approve",)):
        held("promote", printed("promote", "first", "--as", "mia", *words))
    held("promote", printed("promote", "first", "--as", "rita", "--approve"))
    assert held("promote", printed("promote", "first", "--as", "mia"))["serves"]
    assert held("rollback", printed("rollback", "verifier", "--as", "mia"))["serves"] == "base"


def test_verify_audit(archive: Document, settings: Any) -> None:
    printed("search", "bridge", "--as", "ben")
    printed("search", "depot", "--as", "ben")
    assert held("verify_audit", printed("verify_audit"))["intact"]
    for path in Path(settings.CHECKPOINT_DIR).glob("*.jsonl"):
        path.write_text(path.read_text() + "no checkpoint\n")
    assert held("verify_audit", printed("verify_audit"))["problems"]


@pytest.fixture
def measured_here(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """A suite that wants a scratch installation takes the one of the test, which is as empty."""
    monkeypatch.setattr(scratch, "is_scratch", lambda: True)
    monkeypatch.setattr(scratch, "prepare", lambda: None)


@pytest.mark.usefixtures("measured_here")
def test_evaluate_suite_and_compare(mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_this_process(request: dict[str, Any], _subject: Any, **how: Any) -> dict[str, Any]:
        return child_work.measure(request, how["on_progress"], how["keep"])

    monkeypatch.setattr(performing, "measure_apart", in_this_process)
    words = ("suite", "verification", "--model", "base", "--limit", "2", "--as", "mia")
    run = held("evaluate_suite", printed("evaluate", *words))["run"]
    assert held("evaluate_compare", printed("evaluate", "compare", run, run, "--as", "mia"))["differences"]


def lines(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("measured_here")
def test_evaluate_retrieval(tmp_path: Path) -> None:
    lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "Report", "text": BRIDGE})
    lines(tmp_path / "queries.jsonl", {"_id": "q1", "text": CLOSED})
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    held("evaluate_retrieval", printed("evaluate", "retrieval", str(tmp_path)))


@pytest.mark.usefixtures("measured_here")
def test_evaluate_answers(tmp_path: Path) -> None:
    corpus = lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "Report", "text": BRIDGE})
    asked = lines(tmp_path / "questions.jsonl", {"question": CLOSED, "answer": "5 July 2026", "doc": "d1"})
    with using(ScriptedModel([""])):
        held("evaluate_answers", printed("evaluate", "answers", asked, corpus))


@pytest.mark.usefixtures("measured_here")
def test_evaluate_questions(tmp_path: Path) -> None:
    lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "Report", "text": BRIDGE})
    lines(tmp_path / "qa.jsonl", NATURAL)
    with using(ScriptedModel([""])):
        assert held("evaluate_questions", printed("evaluate", "questions", str(tmp_path)))["by_kind"]


@pytest.mark.usefixtures("measured_here")
def test_evaluate_ocr(tmp_path: Path) -> None:
    image = Image.new("L", (1400, 300), 255)
    ImageDraw.Draw(image).text(
        (40, 100), "The crane is broken.", fill=0, font=ImageFont.load_default(size=48)
    )
    image.save(tmp_path / "page.png", dpi=(300, 300))
    (tmp_path / "page.txt").write_text("The crane is broken.\n")
    held("evaluate_ocr", printed("evaluate", "ocr", str(tmp_path)))


@pytest.mark.usefixtures("measured_here")
def test_evaluate_entities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the rules for dates alone, which want no gazetteer."""
    monkeypatch.setattr(entities_suite, "ensure_index", lambda: None)
    monkeypatch.setattr(entities_suite, "installed_recognisers", lambda: (DateRecogniser(),))
    lines(tmp_path / "documents.json", {"_id": "d1", "text": "Joseph Votel went to Mosul on 5 May 2016."})
    date = {"documentId": "d1", "begin": 30, "end": 40, "type": "Temporal", "confidence": 1}
    place = {"documentId": "d1", "begin": 21, "end": 26, "type": "Location", "confidence": 0.4}
    lines(tmp_path / "entities.json", date, place)
    report = held("evaluate_entities", printed("evaluate", "entities", str(tmp_path)))
    assert (report["micro"]["f1"], set(report["all_annotations"])) == (1.0, {"date", "place"})


@pytest.mark.usefixtures("measured_here")
def test_evaluate_anomalies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what detectors said given beforehand: thirty libraries take a minute to load."""

    def said(_module: str, request: dict[str, Any], **_limits: float) -> dict[str, Any]:
        if "tables" in request:
            scores = [[float(sum(row)) for row in rows] for rows in request["tables"]]
            return {"tables": [{"ours": each, "KNN": None} for each in scores]}
        return {"series": [{"ours": [60], "aamp": None} for each in request["series"]]}

    monkeypatch.setattr(anomalies_suite, "run_subprocess", said)
    for part in ("adbench", "nab"):
        (tmp_path / part).mkdir()
    np.savez(tmp_path / "adbench" / "a.npz", X=np.arange(40.0).reshape(20, 2), y=np.arange(20) > 17)
    moments = [f"2026-09-{day:02d} {hour:02d}:00:00" for day in range(1, 6) for hour in range(24)]
    rows = "".join(f"{moment},{number}\n" for number, moment in enumerate(moments))
    (tmp_path / "nab" / "a.csv").write_text(f"timestamp,value\n{rows}")
    (tmp_path / "nab" / "windows.json").write_text(json.dumps({"a.csv": [[moments[58], moments[62]]]}))
    report = held("evaluate_anomalies", printed("evaluate", "anomalies", str(tmp_path)))
    assert (report["adbench"]["ours"], report["nab"]["ours"]["f1"]) == ({"roc_auc": 1.0}, 1.0)


def test_status(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert supervisor.print_status(tmp_path, as_json=True) == 1
    held("status", capsys.readouterr().out)
    service = instance.ServiceState(
        "web", "ready", pid=os.getpid(), started=1, since="2026-09-01T00:00:00+00:00"
    )
    state = instance.State(supervisor=os.getpid(), port=8000, services=[service])
    monkeypatch.setattr(instance, "running", lambda data: state)
    assert supervisor.print_status(tmp_path, as_json=True) == 0
    assert held("status", capsys.readouterr().out)["services"]


def test_bench() -> None:
    outcomes = [Outcome("ocr", (Figure("ratio", 0.9, target=0.9), Figure("pages", 3)), seconds=1.0)]
    held("bench", as_json([*outcomes, Outcome("tables", skipped="There is no data.")]))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_refuses_what_it_does_not_name_and_what_is_missing(name: str) -> None:
    """Of what was really printed above: with a field too many, and with each field taken away."""
    if name not in _seen:
        pytest.skip("the test that prints it was not run with this one")
    said = next(each for each in reversed(_seen[name]) if each)
    thing = said[0] if isinstance(said, list) else said
    for wrong in (thing | {"surplus": 1}, thing | {next(iter(thing)): {"no": "thing"}}):
        assert faults(name, [wrong] if isinstance(said, list) else wrong), wrong
    required = {field for part in objects_in(name) for field in part.get("required", ())} & set(thing)
    for field in required:
        short = copy.copy(thing)
        del short[field]
        assert faults(name, [short] if isinstance(said, list) else short), field


def test_every_schema_was_held_against_something_that_was_printed(request: pytest.FixtureRequest) -> None:
    here = request.node.path
    run = {item.originalname for item in request.session.items if item.path == here}
    if {name for name in globals() if name.startswith("test_")} - run:
        pytest.skip("only a part of this file was run")
    assert sorted(_seen) == NAMES
