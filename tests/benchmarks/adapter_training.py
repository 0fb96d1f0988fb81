"""A language model that learned from 300 corrected answers, asked about countries that it learned nothing of.

"Unaided" is the plain way of `tests.benchmarks.answers`: the three best passages and the question into the
model, and what it writes is the answer. The product's own prompt is measured beside it: the draft as the
model wrote it, before anything is checked. Each is asked of the base model and of the adapted one, which
serves as any promoted adapter does. The peer is what peft and transformers do by their defaults on the same
answers, for as long as ours took: the loss over the whole text, query and value matrices only.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import django

from tests.benchmarks.adapter_rows import PASSAGE_CHARACTERS, TRAINING, by_country, corrected, page_with
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data

QUESTIONS = int(os.environ.get("DONOVAN_BENCH_QUESTIONS", "100"))
SEED = 7
PLAIN_PASSAGES = 3
PLAIN_TOKENS = 64


def run() -> list[Figure]:
    folder = evaluation_data("questions/factbook")
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as scratch:
        environment = {**os.environ, "DONOVAN_DATA": scratch, "DONOVAN_IS_SCRATCH": "1"}
        environment |= {"DJANGO_SETTINGS_MODULE": "donovan.settings", "DONOVAN_LLM_PROVIDER": "embedded"}
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.adapter_training", str(folder), scratch],
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    before, after, peer = found["base"], found["adapted"], found["peer"]
    return [
        Figure("corrected answers learned from", found["examples"]),
        Figure("unseen questions asked", found["asked"]),
        Figure("gold in the passages shown (the most to reach)", found["in_passages"]),
        Figure("unaided, base model", before["plain"]),
        Figure("unaided, adapted", after["plain"]),
        Figure("adapted to base, unaided", after["plain"] / max(before["plain"], 0.01), "times", 1.5),
        Figure("gold in the product's draft, base model", before["draft"]),
        Figure("gold in the product's draft, adapted", after["draft"]),
        Figure("gold in the supported claims, base model", before["gold_in_supported"]),
        Figure("gold in the supported claims, adapted", after["gold_in_supported"]),
        Figure("shown as supported and not, adapted", after["unsupported_shown"], "", 0.01, "at_most"),
        Figure("minutes to train", found["minutes"], "min", 30.0, "at_most"),
        Figure("seconds to load the adapter", found["load_seconds"], "s", 2.0, "at_most"),
        Figure("size of the adapter", found["megabytes"], "MB"),
        Figure("unaided, peft and transformers by default", peer, note="as long a training as ours"),
    ]


def main(folder: Path, scratch: Path) -> dict[str, Any]:
    """Everything, in the scratch installation that the environment names."""
    django.setup()
    from donovan.evaluation import scratch as scratch_installation
    from donovan.evaluation.answers_suite import load_corpus
    from donovan.training.trainers.language_model import train_llm
    from retrieval import serving
    from retrieval.model_folders import write_model

    scratch_installation.prepare()
    corpus = _lines(folder / "corpus.jsonl")
    asker, documents = load_corpus(corpus, _progress)
    seen, unseen = by_country(_lines(folder / "qa.jsonl"), SEED)
    asked = unseen[:QUESTIONS]
    shown = {item["question"]: _passages(asker, item["question"]) for item in asked}
    rows = _rows(asker, seen, {document["_id"]: document for document in corpus})

    base = _scores(asker, documents, asked, shown)
    started = time.monotonic()
    trained = train_llm(
        rows,
        [],
        work=scratch / "work",
        settings={},
        seed=SEED,
        on_progress=lambda told: _progress(
            f"step {told.step} of {told.total_steps}: {told.words} {told.loss or ''}"
        ),
        is_stopped=lambda: False,
    )
    model = write_model("llm", "corrected", trained.fill)
    seconds = time.monotonic() - started
    file = model.path / "adapter.gguf"
    serving.point("llm", model)
    adapted = _scores(asker, documents, asked, shown)
    serving.point("llm", write_model("llm", "peer", lambda place: _peer(rows, place, seconds, scratch)))
    return {
        "examples": len(rows),
        "asked": len(asked),
        "in_passages": _share_in_passages(asked, shown),
        "base": base,
        "adapted": adapted,
        "minutes": seconds / 60,
        "load_seconds": _load_seconds(file),
        "megabytes": file.stat().st_size / 1e6,
        "peer": _plain_score(asked, shown),
    }


def _rows(
    asker: Any, seen: Sequence[Mapping[str, str]], corpus: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    draw = random.Random(SEED)
    rows: list[dict[str, Any]] = []
    for item in seen:
        page = page_with(item["answer"], corpus[item["doc"]])
        if page is not None and len(rows) < TRAINING:
            rows.append(corrected(item, _passages(asker, item["question"]), page, draw))
    return rows


def _passages(asker: Any, question: str) -> list[tuple[str, str]]:
    from donovan.access.scope import scope_for
    from retrieval.search import search

    hits = search(question, scope_for(asker), limit=PLAIN_PASSAGES).hits
    return [(hit.title, hit.text[:PASSAGE_CHARACTERS]) for hit in hits]


def _scores(asker: Any, documents: Any, asked: Sequence[Any], shown: Mapping[str, Any]) -> dict[str, float]:
    """Unaided, and the whole way of the product with its drafts, by the model that serves now."""
    from donovan.assistant.models import Answer
    from donovan.evaluation.answer_metrics import holds, share
    from donovan.evaluation.answers_suite import measure

    plain = _plain_score(asked, shown)
    Answer.objects.all().delete()
    figures = measure(asker, documents, asked, progress=_progress)
    drafts = dict(Answer.objects.values_list("question", "draft"))
    draft = share([holds(drafts.get(item["question"], ""), item["answer"]) for item in asked])
    kept = ("gold_in_supported", "unsupported_shown")
    return {"plain": plain, "draft": draft, **{name: figures[name] for name in kept}}


def _plain_score(asked: Sequence[Mapping[str, str]], shown: Mapping[str, Any]) -> float:
    from donovan.evaluation.answer_metrics import holds, share
    from donovan.llm import get_language_model
    from donovan.llm.interface import GenerationRequest, Message, Token

    model = get_language_model()
    right = []
    for number, item in enumerate(asked, start=1):
        passages = "\n\n".join(f"{title}\n{text}" for title, text in shown[item["question"]])
        request = GenerationRequest(
            messages=(
                Message("system", "Answer the question from the passages in one sentence."),
                Message("user", f"{passages}\n\nQuestion: {item['question']}"),
            ),
            max_tokens=PLAIN_TOKENS,
        )
        written = "".join(event.text for event in model.generate(request) if isinstance(event, Token))
        right.append(holds(written, item["answer"]))
        if number % 10 == 0:
            _progress(f"{number} of {len(asked)} asked of {model.name}: {share(right):.3f}")
    return float(share(right))


def _share_in_passages(asked: Sequence[Mapping[str, str]], shown: Mapping[str, Any]) -> float:
    from donovan.evaluation.answer_metrics import holds, share

    texts = {question: "\n".join(text for _, text in passages) for question, passages in shown.items()}
    return float(share([holds(texts[item["question"]], item["answer"]) for item in asked]))


def _load_seconds(file: Path) -> float:
    """From the file to the adapter in use, digest checked, in the way of the model host."""
    from donovan.llm.adapting import take_over
    from donovan.llm.engine import Engine
    from donovan.llm.weights import packaged_weights

    engine = Engine(packaged_weights(), context_tokens=2048, threads=2)
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    started = time.monotonic()
    engine.use(take_over(os.open(file, os.O_RDONLY), digest))
    return time.monotonic() - started


def _peer(rows: Sequence[dict[str, Any]], place: Path, seconds: float, scratch: Path) -> dict[str, Any]:
    """peft's and transformers' own defaults, stopped after `seconds`; two texts a step, for memory's sake."""
    from peft import LoraConfig, get_peft_model
    from transformers import Trainer, TrainerCallback, TrainingArguments
    from trl.trainer.utils import pad

    from donovan.llm.vocabulary import vocabulary_of
    from donovan.llm.weights import packaged_weights
    from donovan.training.trainers.language_model.base import load_base
    from donovan.training.trainers.language_model.export import write_gguf
    from donovan.training.trainers.language_model.options import PASSAGES
    from donovan.training.trainers.language_model.rows import messages

    weights = packaged_weights()
    words = vocabulary_of(weights)
    texts = [
        [
            *words.prompt(messages(PASSAGES, row["input"]["question"], row["input"]["context"])),
            *words.tokens(row["value"]["answer"]),
            words.end,
        ]
        for row in rows
    ]

    def collate(batch: Sequence[Sequence[int]]) -> dict[str, Any]:
        import torch

        tokens = [torch.tensor(text) for text in batch]
        return {
            "input_ids": pad(tokens, padding_value=0),
            "attention_mask": pad([torch.ones_like(text) for text in tokens], padding_value=0),
            "labels": pad(tokens, padding_value=-100),
        }

    class OutOfTime(TrainerCallback):
        def on_step_end(self, arguments: Any, state: Any, control: Any, **_: Any) -> None:
            control.should_training_stop = time.monotonic() - started > seconds

    base = load_base(weights)
    # Its weights are plain numbers by now, but it still calls itself quantised, which Trainer refuses.
    base.is_quantized = False
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM"))
    started = time.monotonic()
    Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(scratch / "peer"),
            per_device_train_batch_size=2,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            remove_unused_columns=False,
        ),
        train_dataset=texts,
        data_collator=collate,
        callbacks=[OutOfTime()],
    ).train()
    write_gguf(model, place / "adapter.gguf", name="peer")
    return {"base_digest": weights.digest}


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _progress(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
