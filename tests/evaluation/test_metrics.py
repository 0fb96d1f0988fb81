import math

import pytest

from donovan.evaluation import metrics


def test_ndcg_is_one_for_the_ideal_order_and_falls_with_the_logarithm_of_the_rank() -> None:
    assert metrics.ndcg(["a", "b"], {"a": 1.0}) == 1.0
    assert metrics.ndcg(["b", "a"], {"a": 1.0}) == pytest.approx(1 / math.log2(3))
    assert metrics.ndcg(["x"] * 10 + ["a"], {"a": 1.0}) == 0.0
    assert metrics.ndcg(["b", "a"], {"a": 2.0, "b": 1.0}) == pytest.approx(
        (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    )
    assert metrics.ndcg(["a"], {}) == 0.0


def test_recall_counts_relevant_documents_only() -> None:
    assert metrics.recall(["a", "x"], {"a": 1.0, "b": 1.0, "x": 0.0}) == 0.5
    assert metrics.recall([], {}) == 0.0


def test_white_space_and_typography_are_no_reading_errors() -> None:
    assert metrics.character_errors("The “harbour” –\n is  closed", 'The "harbour" - is closed') == (0, 25)
    assert metrics.word_errors("The ﬁeld\nclinic", "The field clinic") == (0, 3)


def test_letters_case_and_words_are() -> None:
    assert metrics.character_errors("The harbor", "the harbour") == (2, 11)
    assert metrics.word_errors("the clinic open", "the clinic is open") == (1, 4)
