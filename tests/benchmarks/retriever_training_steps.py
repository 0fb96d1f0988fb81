"""Steps of the retriever benchmark that each want a process of their own.

    python -m tests.benchmarks.retriever_training_steps measure FOLDER base|tuned|peer
    python -m tests.benchmarks.retriever_training_steps peer FOLDER

Each prints one JSON object in its last line.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django
import numpy as np

django.setup()

from datasets import Dataset  # noqa: E402
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer  # noqa: E402
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss  # noqa: E402
from sentence_transformers.sentence_transformer.training_args import (  # noqa: E402
    SentenceTransformerTrainingArguments,
)

from donovan.training.trainers.retriever_measure import dense_scores, fused_scores, ndcgs  # noqa: E402
from donovan.training.trainers.retriever_model import Model  # noqa: E402
from donovan.training.trainers.retriever_negatives import postings_of, shares_of_words  # noqa: E402
from donovan.training.trainers.retriever_rows import Passage, Question  # noqa: E402
from retrieval.embedding import base_folder, identity_of, passage_text  # noqa: E402
from retrieval.model_folders import read_model  # noqa: E402
from tests.benchmarks.retriever_training import read_set  # noqa: E402


def measure(place: Path, which: str) -> dict[str, dict[str, float]]:
    """For each set nDCG@10 by meaning ("dense"), by words and meaning ("fused"), by words, and as search
    would do it with the languages that the model may be trusted in ("search").
    """
    folder = base_folder() if which == "base" else _folder_of(place, which)
    languages = set(identity_of(None).languages)
    if which == "tuned":
        languages = set(read_model(folder).facts["languages"])
    model = Model(folder)
    return {
        name: _measure(model, name, rows, languages)
        for name, rows in json.loads((place / "asked.json").read_text()).items()
    }


def _folder_of(place: Path, which: str) -> Path:
    return place / "models" / "embedder" / "tuned" if which == "tuned" else place / which


def _measure(model: Model, name: str, rows: list[int], languages: set[str]) -> dict[str, float]:
    data = read_set(name)
    passages = [
        Passage(title, text, data.language) for title, text in zip(data.titles, data.texts, strict=True)
    ]
    questions = [Question(data.questions[row], data.language, {data.gold[row]: 1}) for row in rows]
    asked = model.encode([question.text for question in questions], is_query=True)
    found = model.encode([passage.whole for passage in passages], is_query=False)
    postings = postings_of(passages)
    share = np.stack([shares_of_words(question.text, postings) for question in questions])
    dense = dense_scores(asked, found)
    figures = {
        "dense": float(ndcgs(dense, questions).mean()),
        "fused": float(ndcgs(fused_scores(dense, share), questions).mean()),
        "words": float(ndcgs(share, questions).mean()),
    }
    figures["search"] = figures["fused" if data.language in languages else "words"]
    return figures


def peer(place: Path) -> dict[str, Any]:
    """Fine-tune as the library's documentation does, with every default: three epochs, in-batch negatives."""
    rows = [
        json.loads(line)["input"]
        for split in ("train", "dev")
        for line in (place / f"{split}.jsonl").read_text().splitlines()
    ]
    pairs = Dataset.from_dict(
        {
            "anchor": [row["question"] for row in rows],
            "positive": [passage_text(row["title"], "", row["passage"]) for row in rows],
        }
    )
    network = SentenceTransformer(str(base_folder()), device="cpu", local_files_only=True)
    SentenceTransformerTrainer(
        model=network,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(place / "peer-work"),
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
        ),
        train_dataset=pairs,
        loss=MultipleNegativesRankingLoss(network),
    ).train()
    network.save_pretrained(str(place / "peer"), create_model_card=False)
    return {"trained": len(rows)}


if __name__ == "__main__":
    step, where, *rest = sys.argv[1:]
    print(json.dumps(peer(Path(where)) if step == "peer" else measure(Path(where), rest[0])))
