"""From examples to an adapter: what is learned in which order, and what is kept of it."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from django.conf import settings as django_settings
from trl.trainer.utils import use_adapter

from donovan.llm.vocabulary import vocabulary_of
from donovan.llm.weights import chosen_weights
from donovan.training.contract import OnProgress, Progress, Trained, TrainingRefused
from donovan.training.trainers.language_model.base import load_base, with_adapter
from donovan.training.trainers.language_model.export import FILE, write_gguf
from donovan.training.trainers.language_model.learning import Plan, Step, learn
from donovan.training.trainers.language_model.losses import preference_loss, supervised_loss
from donovan.training.trainers.language_model.options import Options, read_options
from donovan.training.trainers.language_model.rows import Read, read_rows
from donovan.training.trainers.language_model.sequences import (
    Sequences,
    batches,
    form_of,
)
from donovan.training.trainers.threads import threads_to_use

LEAST_EXAMPLES = 4
MOST_DEV_EXAMPLES = 40


def train_llm(
    train: Sequence[dict[str, Any]],
    dev: Sequence[dict[str, Any]],
    *,
    work: Path,
    settings: Mapping[str, Any],
    seed: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Trained:
    """Train an adapter over the language model of the settings from corrected answers and preferences.

    Corrected answers are learned first, preferences after them. Raises TrainingRefused where there is too
    little to learn from, ModelUnavailable where the base model is not the expected one, Stopped.
    """
    options = read_options(settings)
    weights = chosen_weights(django_settings.LLM_MODEL, django_settings.LLM_DIGEST)
    read = read_rows(train)
    if len(read.answered) + len(read.preferred) < LEAST_EXAMPLES:
        raise TrainingRefused(
            f"Of {len(train)} examples {len(read.answered) + len(read.preferred)} can be learned from; at "
            f"least {LEAST_EXAMPLES} are needed. Left out: {_in_words(read.left_out)}."
        )
    torch.set_num_threads(threads_to_use(options.threads))
    sequences = Sequences(vocabulary_of(weights), options)
    plan = _plan(read, sequences, options, f"{weights.digest} {seed}")
    on_progress(Progress(0, len(plan.steps), None, "loading the model", None))
    model = with_adapter(load_base(weights), options, seed)
    losses = learn(model, plan, options, work=work, on_progress=on_progress, is_stopped=is_stopped)
    on_progress(Progress(len(plan.steps), len(plan.steps), losses[-1], "measuring on the dev split", None))
    metrics = _measure(model, dev, sequences, options)
    metrics |= {
        "examples": float(len(read.answered) + len(read.preferred)),
        "left_out": float(sum(read.left_out.values())),
        "loss_at_end": _mean(losses[-options.checkpoint_every :]),
    }

    def fill(folder: Path) -> Mapping[str, Any]:
        write_gguf(model, folder / FILE, name=f"{weights.name} adapter")
        with (folder / FILE).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return {
            "base": weights.name,
            "base_digest": weights.digest,
            "adapter_digest": digest,
            "steps": len(plan.steps),
            "seed": seed,
            "settings": options.as_json,
            "left_out": dict(read.left_out),
        }

    return Trained(fill, metrics)


def _plan(read: Read, sequences: Sequences, options: Options, seed: str) -> Plan:
    steps: list[Step] = []
    for epoch in range(options.epochs):
        rows = [
            sequences.answered(form_of(number, epoch, options.forms), row)
            for number, row in enumerate(read.answered)
        ]
        order = batches([len(row) for row in rows], options.batch, f"{seed}:answers:{epoch}")
        steps += [Step(answered=tuple(rows[index] for index in batch)) for batch in order]
    for epoch in range(options.epochs):
        pairs = [
            sequences.preferred(form_of(number, epoch, options.forms), row)
            for number, row in enumerate(read.preferred)
        ]
        # Two sequences a pair, read with and without the adapter: half as many a step keep it as long.
        size = max(1, options.batch // 2)
        order = batches([len(pair) for pair in pairs], size, f"{seed}:preferences:{epoch}")
        steps += [Step(preferred=tuple(pairs[index] for index in batch)) for batch in order]
    said = json.dumps([options.as_json, seed], sort_keys=True)
    hashed = hashlib.sha256(said.encode())
    for step in steps:
        hashed.update(repr((step.answered, step.preferred)).encode())
    return Plan(tuple(steps), hashed.hexdigest())


def _measure(
    model: Any, dev: Sequence[Mapping[str, Any]], sequences: Sequences, options: Options
) -> dict[str, float]:
    """The loss on the dev split with the adapter and without it, in the first of the forms."""
    read = read_rows(dev)
    answered = [sequences.answered(options.forms[0], row) for row in read.answered]
    pairs = [sequences.preferred(options.forms[0], row) for row in read.preferred]
    figures: dict[str, float] = {}
    with torch.no_grad():
        if answered:
            some = answered[:MOST_DEV_EXAMPLES]
            figures["dev_loss"] = _mean([float(supervised_loss(model, [row])) for row in some])
            with use_adapter(model, None):
                figures["dev_loss_before"] = _mean([float(supervised_loss(model, [row])) for row in some])
        if pairs:
            losses = [float(preference_loss(model, [pair], options)) for pair in pairs[:MOST_DEV_EXAMPLES]]
            figures["dev_preference_loss"] = _mean(losses)
    return figures


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _in_words(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {why}" for why, count in left_out.items()) or "none"
