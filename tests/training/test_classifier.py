"""The classifier trainer, classes of documents, and a verifier that can only object."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.assistant import second_opinion, verify
from donovan.assistant.claim_features import lexical
from donovan.assistant.spans import Span
from donovan.assistant.verify import verify_claim
from donovan.feedback.projects.prelabelling import prelabeller_for
from donovan.insight.triage import services as triage
from donovan.insight.triage.models import DocumentClass
from donovan.insight.triage.selectors import class_of
from donovan.training import prelabelling  # noqa: F401 - registers itself
from donovan.training.contract import Progress, Stopped, Trained, TrainingRefused
from donovan.training.trainers.calibration import NEVER, best_temperature, softmax, veto_threshold
from donovan.training.trainers.classifier import UNTYPICAL, train_classifier
from donovan.training.trainers.logistic import Fit
from ingest.models import Blob, Document, Page, Passage, Status
from retrieval import classifying
from retrieval.classifying import LinearClassifier, read_classifier
from retrieval.embedding import get_embedder
from retrieval.model_folders import ModelFolder, write_model
from retrieval.serving import point
from tests.training.making import claims, documents, label

pytestmark = pytest.mark.django_db


def train(rows: list[dict], work: Path, **settings: float) -> tuple[list[Progress], Trained]:
    told: list[Progress] = []
    split = {name: [row for row in rows if row["split"] == name] for name in ("train", "dev")}
    made = train_classifier(
        split["train"],
        split["dev"],
        work=work,
        settings=settings,
        seed=0,
        on_progress=told.append,
        is_stopped=lambda: False,
    )
    return told, made


_MADE: dict[str, Trained] = {}


def model(role: str, rows: list[dict], work: Path, name: str = "made") -> ModelFolder:
    """A model of these rows, trained once for all tests of this file."""
    if role not in _MADE:
        _MADE[role] = train(rows, work)[1]
    made = _MADE[role]
    return write_model(
        role, name, lambda folder: {**made.fill(folder), "metrics": made.metrics, "name": name}
    )


@pytest.fixture
def _verifier(tmp_path: Path) -> ModelFolder:
    made = model("verifier", claims(), tmp_path / "work")
    point("verifier", made)
    return made


def test_it_learns_classes_and_says_how_sure_it_is(tmp_path: Path) -> None:
    told, made = train(documents(), tmp_path)

    assert made.metrics["dev_accuracy"] == 1.0
    assert made.metrics["dev_calibration_error"] < 0.35
    assert told[-1].step >= told[-1].total_steps - 1
    assert any(progress.loss is not None for progress in told)


def test_what_it_cannot_learn_from_is_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = documents()
    with pytest.raises(TrainingRefused, match="nothing to tell apart"):
        train([row for row in rows if row["value"]["class"] == "weather"], tmp_path)
    with pytest.raises(TrainingRefused, match="no setting"):
        train(rows, tmp_path, speed=3)
    with pytest.raises(TrainingRefused, match="document classes or from claim support"):
        train([{**row, "task": "relevance"} for row in rows], tmp_path)


def test_a_stopped_one_keeps_what_it_embedded(tmp_path: Path) -> None:
    rows = [row for row in documents() if row["split"] == "train"]
    with pytest.raises(Stopped):
        train_classifier(
            rows, [], work=tmp_path, settings={}, seed=0, on_progress=lambda _: None, is_stopped=lambda: True
        )
    again: list[Progress] = []
    train_classifier(
        rows, [], work=tmp_path, settings={}, seed=0, on_progress=again.append, is_stopped=lambda: False
    )
    assert again[0].step == 2


def test_a_temperature_makes_overconfident_probabilities_honest() -> None:
    random = np.random.default_rng(0)
    answers = random.integers(2, size=2000)
    is_right = random.random(2000) < 0.7
    scores = np.zeros((2000, 2))
    scores[np.arange(2000), np.where(is_right, answers, 1 - answers)] = 6.0

    temperature = best_temperature(scores, answers)

    assert softmax(scores / temperature).max(axis=1).mean() == pytest.approx(0.7, abs=0.05)


def test_a_veto_threshold_is_precise_or_never() -> None:
    chances = np.linspace(0.0, 1.0, 200)
    assert veto_threshold(chances, chances > 0.8, 0.95) == pytest.approx(0.79, abs=0.03)
    assert veto_threshold(chances, np.arange(200) % 2 == 0, 0.95) == NEVER


def test_lexical_features_see_a_changed_number_name_and_denial() -> None:
    evidence = "The bridge at Kessa was not closed; 40 lorries passed."
    same = lexical("The bridge at Kessa was not closed.", evidence, 0.9)
    other = lexical("The bridge at Tarn was closed; 90 lorries passed.", evidence, 0.9)
    assert same[1:7] == [0.0] * 6
    assert other[2] == 1.0 and other[3] == 1.0 and other[6] == 1.0


def span(text: str) -> Span:
    return Span(uuid4(), 1, 1, 0, len(text), text, language="en")


def test_without_a_promoted_verifier_nothing_changes() -> None:
    assert second_opinion.serving_verifier() == (None, "")
    assert second_opinion.objection("Anything.", ["Something else."], "en") == ""


def test_the_verifier_objects_by_name_to_what_it_learnt_is_unsupported(_verifier: ModelFolder) -> None:
    evidence = "On 9 May the patrol counted 63 vehicles near Orlov Bridge."
    assert (
        second_opinion.objection("The patrol counted 63 vehicles near Orlov Bridge.", [evidence], "en") == ""
    )
    veto = second_opinion.objection("The patrol counted 93 tanks near the airport.", [evidence], "en")
    assert f"verifier made@{_verifier.digest[:12]}" in veto


def test_it_never_speaks_where_the_embedder_does_not_read(
    _verifier: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "The patrol counted 93 tanks near the airport."
    assert second_opinion.objection(wrong, ["На мосту 63 машины."], "ru")

    monkeypatch.setattr(get_embedder(), "languages", frozenset({"en"}))
    assert second_opinion.objection(wrong, ["На мосту 63 машины."], "ru") == ""


def test_it_can_only_take_away(_verifier: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "On 9 May the patrol counted 63 vehicles near Orlov Bridge."
    said = "The patrol counted 63 vehicles near Orlov Bridge."
    assert verify_claim(said, [span(text)], question="").is_supported

    monkeypatch.setattr(verify, "objection", lambda *_: "The verifier does not find it.")
    vetoed = verify_claim(said, [span(text)], question="")
    refused = verify_claim("The patrol counted 70 vehicles.", [span(text)], question="")

    assert not vetoed.is_supported and vetoed.reason == "The verifier does not find it."
    assert not refused.is_supported and "do not hold" in refused.reason
    # Words quoted as they stand need nobody's opinion.
    assert verify_claim(text, [span(text)], question="").is_supported


def test_with_another_embedder_it_is_not_used_and_says_so(
    _verifier: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        name = "other@000000000000"

    monkeypatch.setattr(classifying, "get_embedder", Other)
    classifier, why = second_opinion.serving_verifier()
    assert classifier is None
    assert f"trained with the embedder {get_embedder().name}" in why and "other@000000000000 serves" in why


def test_a_classifier_file_that_is_none_is_refused(tmp_path: Path) -> None:
    empty = write_model("triage", "empty", lambda _folder: {})
    with pytest.raises(Exception, match="no classifier"):
        read_classifier(empty)


def document(name: str, text: str) -> Document:
    blob = Blob.objects.create(digest=f"{abs(hash(name)):064d}"[:64], size=1)
    row = Document.objects.create(
        blob=blob, label="relief:UNCLASSIFIED", name=name, title=name, status=Status.READY, languages=["en"]
    )
    page = Page.objects.create(document=row, number=1, text=text)
    Passage.objects.create(
        document=row, page=page, ordinal=0, label=row.label, text=text, start=0, end=len(text), language="en"
    )
    return row


def test_documents_get_their_class_and_get_it_again_when_another_model_serves(tmp_path: Path) -> None:
    clinic = document("a.txt", "The clinic treated nine patients with fever; nurses asked for vaccine.")
    storm = document("b.txt", "Heavy rain and a storm with strong wind are expected on Friday.")
    assert triage.classify_waiting(float("inf")) == 0

    first = model("triage", documents(), tmp_path / "one", "first")
    point("triage", first)
    assert triage.classify_waiting(float("inf")) == 2
    assert triage.classify_waiting(float("inf")) == 0
    assert DocumentClass.objects.get(document=clinic).shown == "medical"
    assert DocumentClass.objects.get(document=storm).shown == "weather"

    second = model("triage", documents(seed=1), tmp_path / "two", "second")
    point("triage", second)
    assert triage.classify_waiting(float("inf")) == 2
    assert set(DocumentClass.objects.values_list("digest", flat=True)) == {second.digest}


def test_only_the_model_in_service_speaks_of_a_document(
    tmp_path: Path, ana: User, client_for: Callable[[User], Client]
) -> None:
    clinic = document("a.txt", "The clinic treated nine patients with fever; nurses asked for vaccine.")
    Document.objects.filter(pk=clinic.pk).update(label=label())
    steps = reverse("processing:steps", args=[clinic.pk])
    first = model("triage", documents(), tmp_path / "one", "first")
    point("triage", first)
    triage.classify_waiting(float("inf"))
    said = class_of(clinic)
    assert said is not None and said.shown == "medical"
    # It goes into the head of the document, which asked for this part.
    assert 'id="document-class" hx-swap-oob="true">· <span class="badge">medical<' in (
        client_for(ana).get(steps).content.decode()
    )
    page = client_for(ana).get(reverse("library:document", args=[clinic.pk])).content.decode()
    assert 'id="document-class"' in page.split("</h1>")[1].split("viewer-actions")[0]

    point("triage", model("triage", documents(seed=1), tmp_path / "two", "second"))
    assert class_of(clinic) is None
    point("triage", None)
    assert class_of(clinic) is None
    assert "medical" not in client_for(ana).get(steps).content.decode()

    point("triage", first)
    assert class_of(clinic) == said


def test_a_guess_comes_from_the_promoted_model_or_not_at_all(tmp_path: Path) -> None:
    assert triage.guesses([("", "Snow fell.")]) is None
    point("triage", model("triage", documents(), tmp_path))
    found = triage.guesses([("Report", "Snow and a storm were forecast.")])
    assert found is not None and found[0].shown == "weather" and 0.3 < found[0].confidence <= 1.0


def test_probabilities_are_the_same_alone_and_in_company(tmp_path: Path) -> None:
    classifier: LinearClassifier = read_classifier(model("triage", documents(), tmp_path))
    features = triage.document_features(get_embedder(), [("", "Snow."), ("", "Fever.")])
    together = classifier.probabilities(features)
    assert np.allclose(together[0], classifier.probabilities(features[:1])[0], atol=1e-6)


def test_label_projects_ask_the_promoted_model_first(tmp_path: Path) -> None:
    assert prelabeller_for("document_class") is None
    made = model("triage", documents(), tmp_path)
    point("triage", made)

    asked = prelabeller_for("document_class")

    assert asked is not None and asked.name == f"made@{made.digest[:12]}"
    (said,) = asked.prelabel([{"title": "Report", "text": "Snow and a storm were forecast."}])
    assert said is not None and said.value == {"class": "weather"}
    assert sum(said.chances.values()) == pytest.approx(1.0, abs=0.001)


def test_a_document_like_none_it_learnt_from_is_said_to_be_so_however_sure_it_is() -> None:
    draw = np.random.default_rng(3)
    middles = np.eye(24)[:3]
    answers = np.repeat(["a", "b", "c"], 30)
    features = np.repeat(middles, 30, axis=0) + 0.1 * draw.normal(size=(90, 24))
    examples = [{"id": str(at), "group": f"g{at % 15}"} for at in range(90)]
    fit = Fit(
        features=features.astype(np.float32),
        answers=answers,
        examples=examples,
        train_count=90,
        classes=["a", "b", "c"],
        seed=0,
    )
    weights, bias = fit.fit(fit.train, 1.0)
    classifier = LinearClassifier(
        *("m", "d", ("a", "b", "c"), "e", 0.5, frozenset(), {}),
        weights.astype(np.float32),
        bias.astype(np.float32),
        0.2,
        fit.centres(fit.train).astype(np.float32),
        fit.typical_from(UNTYPICAL),
    )
    like = (np.repeat(middles, 20, axis=0) + 0.1 * draw.normal(size=(60, 24))).astype(np.float32)
    unlike = (np.eye(24)[10:20] + 0.3 * middles[0]).astype(np.float32)
    assert classifier.is_typical(like).count(True) >= 52
    assert not any(classifier.is_typical(unlike))
    assert max(sure for _shown, sure in classifier.best(unlike)) > 0.7


def test_of_too_few_groups_nothing_is_called_untypical() -> None:
    features = np.random.default_rng(1).normal(size=(8, 4)).astype(np.float32)
    examples = [{"id": str(at), "group": f"g{at % 2}"} for at in range(8)]
    fit = Fit(
        features=features,
        answers=np.array(["a", "b"] * 4),
        examples=examples,
        train_count=8,
        classes=["a", "b"],
        seed=0,
    )
    assert fit.typical_from(UNTYPICAL) == -1.0
