"""nDCG@10 of what the search finds, beside what BM25 alone finds, in five languages, and for English
questions on passages in the four others.
"""

import shutil
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage_json

LANGUAGES = ("en", "es", "ru", "ar", "zh")
ENGLISH_TARGET = 0.975
CHINESE_TARGET = 0.85
ACROSS_TARGETS = {"es": 0.95, "ru": 0.93, "ar": 0.87, "zh": 0.86}


def run() -> list[Figure]:
    figures = []
    for language in LANGUAGES:
        told = manage_json("evaluate", "retrieval", evaluation_data(f"retrieval/xquad-{language}"))
        ndcg = {mode: float(told[mode]["ndcg@10"]) for mode in ("dense", "bm25", "fused")}
        target = {"en": ENGLISH_TARGET, "zh": CHINESE_TARGET}.get(language)
        figures += [
            Figure(f"{language} nDCG@10 fused", ndcg["fused"], target=target),
            Figure(f"{language} nDCG@10 BM25 alone", ndcg["bm25"]),
            Figure(f"{language} nDCG@10 embeddings alone", ndcg["dense"]),
            Figure(f"{language} recall@100 fused", float(told["fused"]["recall@100"])),
        ]
        if language != "en":
            figures.append(
                Figure(f"{language} fused to BM25", ndcg["fused"] / ndcg["bm25"], "times", target=1.0)
            )
    return [*figures, *(_across(language) for language in LANGUAGES[1:])]


def _across(language: str) -> Figure:
    """English questions on the same passages in another language."""
    asked, searched = (evaluation_data(f"retrieval/xquad-{code}") for code in ("en", language))
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(searched / "corpus.jsonl", place)
        for name in ("queries.jsonl", "qrels.tsv"):
            shutil.copy(asked / name, place)
        told = manage_json("evaluate", "retrieval", Path(place))
    return Figure(
        f"English on {language} nDCG@10 fused",
        float(told["fused"]["ndcg@10"]),
        target=ACROSS_TARGETS[language],
        note=f"by meaning alone {float(told['dense']['ndcg@10']):.3f}",
    )
