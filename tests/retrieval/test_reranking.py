"""A trained re-ranker changes the order, never what may be seen; a broken one changes only a notice."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from ingest.models import Document
from retrieval import reranking, serving
from retrieval.indexing import index_pending
from retrieval.model_folders import ModelFolder, write_model
from retrieval.reranking import (
    FEATURES,
    METHOD,
    Candidate,
    RerankerUnavailable,
    current_reranker,
    features_of,
    features_of_all,
    load_reranker,
    write_weights,
)
from retrieval.scope import AccessScope
from retrieval.search import search

from .conftest import BRIDGE, CLINIC, HARBOUR, PLAN, RELIEF, SECRET
from .test_twins import LABELS, clear, corpus, everything

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])
ALL = AccessScope.of([RELIEF, SECRET])
QUESTION = "Who repaired the bridge over the Orla in 1956?"


@pytest.fixture(autouse=True)
def _own_models(settings: LazySettings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    reranking.forget_kept()


def linear(**weight_of: float) -> dict[str, np.ndarray[Any, Any]]:
    k = len(FEATURES)
    return {
        "mean": np.zeros(k),
        "scale": np.ones(k),
        "weight": np.array([weight_of.get(name, 0.0) for name in FEATURES]),
        "bias": np.zeros(1),
    }


def model(name: str, weights: Mapping[str, np.ndarray[Any, Any]]) -> ModelFolder:
    def fill(folder: Path) -> dict[str, Any]:
        write_weights(folder, weights)
        return {}

    return write_model("reranker", name, fill)


def feature(name: str, question: str, text: str, title: str = "", **scores: Any) -> float:
    given = {"cosine": 0.5, "bm25_share": 0.4, "is_read": True, "language": "en"} | scores
    return float(features_of(question, title, "", text, **given)[FEATURES.index(name)])


def test_features_say_what_the_passage_has_of_the_question() -> None:
    right = "In 1956 engineers led by Mark Smith repaired the bridge."
    assert feature("terms_in_text", QUESTION, right) == pytest.approx(3 / 5, abs=0.21)
    assert feature("terms_in_text", QUESTION, "It will rain.") == 0
    assert feature("numbers_in_text", QUESTION, right) == 1
    assert feature("numbers_in_text", QUESTION, "In 1957.") == 0
    assert feature("terms_in_title", QUESTION, right, title="Orla_bridge") > 0
    assert feature("names_in_text", QUESTION, "The Orla is a river.") == 1
    assert feature("name_for_name", QUESTION, right) == 1
    assert feature("number_for_number", "How many patients?", "Forty or 41.") == 1
    assert feature("number_for_number", "How many of the 41?", "All 41.") == 0
    assert feature("cosine", QUESTION, right, is_read=False) == 0


def test_features_are_of_the_order_of_one_whatever_the_text() -> None:
    for text in ("", "?", "a", "bridge " * 3000, "мост через реку", "黑豹队的防守", "\x00"):
        for question in ("", QUESTION, "мост 7", "?!"):
            given = features_of(question, text[:40], text[:40], text, cosine=1, bm25_share=1, is_read=True)
            assert given.shape == (len(FEATURES),)
            assert (given >= 0).all()
            assert (given <= 2).all()


def test_the_features_of_a_passage_do_not_depend_on_those_beside_it() -> None:
    some = [
        Candidate("t", "h", f"the bridge {i} " * (i + 1), 0.1 * i, 0.05 * i, i % 2 == 0, "en")
        for i in range(9)
    ]
    weights = linear(cosine=0.3, length=0.7, density=-1.1, terms_in_text=0.9)
    hidden = {
        **weights,
        "hidden_weight": np.random.default_rng(1).normal(size=(5, len(FEATURES))),
        "hidden_bias": np.full(5, 0.1),
        "weight": np.array([0.5, -0.2, 0.3, 0.9, -0.4]),
    }
    for arrays in (weights, hidden):
        together = reranking.score(arrays, features_of_all(QUESTION, some))
        for i in range(9):
            alone = reranking.score(arrays, features_of_all(QUESTION, some[i : i + 1]))
            assert alone.tobytes() == together[i : i + 1].tobytes()
        assert ((together > 0) & (together < 1)).all()


def test_a_reranker_that_serves_orders_the_hits_and_the_result_names_it(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    index_pending()
    before = search("sick people in hospital", OPEN)
    assert before.hits[0].name == "clinic"
    served = model("upside-down", linear(fused=-5.0))
    serving.point("reranker", served)
    after = search("sick people in hospital", OPEN)
    assert after.hits[-1].name == "clinic"
    assert {h.passage_id for h in after.hits} == {h.passage_id for h in before.hits}
    scores = [hit.score for hit in after.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)
    assert dict(after.models)["reranker"] == f"upside-down@{served.digest[:12]}"
    for mode in ("dense", "bm25"):
        assert "reranker" not in dict(search("sick people", OPEN, mode=mode).models)  # type: ignore[arg-type]
    serving.point("reranker", None)
    again = search("sick people in hospital", OPEN)
    assert (again.hits, again.models) == (before.hits, before.models)


def test_what_is_not_scored_again_stays_behind_in_its_order(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(*corpus(4, (RELIEF,), 10))
    index_pending()
    plain = search("harbour crane", OPEN, limit=50).hits
    monkeypatch.setattr("retrieval.second_look.RERANKED", 3)
    serving.point("reranker", model("upside-down", linear(fused=-5.0)))
    hits = search("harbour crane", OPEN, limit=50).hits
    assert {h.passage_id for h in hits[:3]} == {h.passage_id for h in plain[:3]}
    assert [h.passage_id for h in hits[3:]] == [h.passage_id for h in plain[3:]]
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_equal_scores_are_ordered_by_document_and_place(texts: Texts) -> None:
    texts(*corpus(4, (RELIEF,), 6))
    index_pending()
    serving.point("reranker", model("flat", linear()))
    hits = search("harbour crane", OPEN, limit=50).hits
    assert {h.score for h in hits} == {0.5}
    assert [(str(h.document_id), h.start) for h in hits] == sorted(
        (str(h.document_id), h.start) for h in hits
    )


def test_a_reranked_result_is_the_same_to_the_byte_with_secrets_beside(texts: Texts) -> None:
    serving.point("reranker", model("some", linear(cosine=2.0, terms_in_text=1.5, length=-0.7, density=0.3)))
    public, secret = corpus(1, LABELS, 8), corpus(101, (SECRET,), 6)
    scope = AccessScope.of(LABELS)
    texts(*public)
    index_pending()
    alone = everything(scope)
    clear()
    for some in ((*secret[:3], *public[5:]), (*public[:5], *secret[3:])):
        texts(*some)
        index_pending()
    assert everything(scope) == alone


def test_a_reranker_never_brings_back_what_the_scope_may_not_read(texts: Texts) -> None:
    texts(HARBOUR, PLAN)
    index_pending()
    serving.point("reranker", model("words", linear(terms_in_text=9.0)))
    assert {h.name for h in search("landing at dawn harbour crane seized", OPEN).hits} == {"harbour"}
    Document.objects.filter(name="harbour").update(label=SECRET)
    assert search("harbour crane", OPEN).hits == []


def test_a_tampered_reranker_is_told_and_the_fused_order_stands(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    index_pending()
    before = search("harbour crane", OPEN)
    served = model("upside-down", linear(fused=-5.0))
    serving.point("reranker", served)
    with (served.path / "weights.safetensors").open("ab") as stream:
        stream.write(b"x")
    result = search("harbour crane", OPEN)
    assert result.hits == before.hits
    assert result.models == before.models
    assert result.notices == (
        "The model upside-down is refused: weights.safetensors was changed after it was written. "
        "The order is that of the search without it.",
    )
    with pytest.raises(RerankerUnavailable, match="was changed"):
        current_reranker()


def test_weights_of_another_form_are_refused_in_words(tmp_path: Path) -> None:
    good = linear(cosine=1.0)
    k = len(FEATURES)
    wrong = (
        {**good, "weight": np.ones(k + 1)},
        {**good, "bias": np.array([np.nan])},
        {**good, "more": np.ones(1)},
        {**good, "hidden_weight": np.ones((4, k - 1)), "hidden_bias": np.ones(4), "weight": np.ones(4)},
        {**good, "scale": np.zeros(k)},
    )
    for weights in wrong:
        with pytest.raises(RerankerUnavailable):
            write_weights(tmp_path, weights)
    with pytest.raises(RerankerUnavailable):
        write_weights(tmp_path, good, used=[*FEATURES[:-1], "mood"])

    def other(text: str) -> Callable[[Path], dict[str, Any]]:
        def fill(folder: Path) -> dict[str, Any]:
            write_weights(folder, good)
            (folder / "features.json").write_text(text)
            return {}

        return fill

    newer = write_model("reranker", "newer", other(f'{{"method": {METHOD + 1}, "features": []}}'))
    with pytest.raises(RerankerUnavailable, match="Train it again"):
        load_reranker(newer)
    broken = write_model("reranker", "broken", other("[]"))
    with pytest.raises(RerankerUnavailable, match="cannot be read"):
        load_reranker(broken)


def test_a_reranker_may_use_some_of_the_features() -> None:
    used = ("length", "cosine")
    weights = {"mean": np.zeros(2), "scale": np.ones(2), "weight": np.array([0.0, 2.0]), "bias": np.zeros(1)}

    def fill(folder: Path) -> dict[str, Any]:
        write_weights(folder, weights, used)
        return {}

    loaded = load_reranker(write_model("reranker", "few", fill))
    given = features_of_all("q", [Candidate("", "", "a", c, 0.0, True, "en") for c in (0.1, 0.9)])
    assert loaded.scores(given)[0] < loaded.scores(given)[1]
