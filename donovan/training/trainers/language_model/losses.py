"""What is learned from: the likelihood of a corrected answer, and the preference between two.

trl gives the pieces (padding, log-probabilities, switching the adapter off for the reference), not the loop:
its trainers write checkpoints through torch's pickled state of optimizer, scheduler and random numbers, and
no file of that kind may lie in this system. They also refuse a model that was read from a GGUF file.
"""

from collections.abc import Sequence
from typing import Any

import torch
from trl.trainer.utils import pad, selective_log_softmax, use_adapter

from donovan.training.trainers.language_model.options import Options
from donovan.training.trainers.language_model.sequences import Continued, Pair


def supervised_loss(model: Any, batch: Sequence[Continued]) -> Any:
    """The mean negative log-likelihood of the answers' tokens; nothing is learned of the prompts."""
    chances, mask = _log_chances(model, batch)
    weights = mask * torch.tensor([one.weight for one in batch]).unsqueeze(1)
    return -(chances * weights).sum() / weights.sum().clamp(min=1e-6)


def preference_loss(model: Any, batch: Sequence[Pair], options: Options) -> Any:
    """Direct preference optimisation: Rafailov et al. 2023, "Direct Preference Optimization: Your Language
    Model is Secretly a Reward Model", equation 7. The reference is the model without its adapter.

    The plain loss on the better answer is added with a small weight (Pang et al. 2024, "Iterative Reasoning
    Preference Optimization"): without it both answers may become unlikely together.
    """
    both = [pair.better for pair in batch] + [pair.worse for pair in batch]
    chances, mask = _log_chances(model, both)
    with torch.no_grad(), use_adapter(model, None):
        before, _ = _log_chances(model, both)
    gain = ((chances - before) * mask).sum(dim=1)
    better, worse = gain[: len(batch)], gain[len(batch) :]
    weights = torch.tensor([pair.better.weight for pair in batch])
    preferred = -torch.nn.functional.logsigmoid(options.preference_beta * (better - worse))
    likely = -(chances * mask)[: len(batch)].sum(dim=1) / mask[: len(batch)].sum(dim=1)
    return ((preferred + options.likelihood * likely) * weights).sum() / weights.sum().clamp(min=1e-6)


def _log_chances(model: Any, batch: Sequence[Continued]) -> tuple[Any, Any]:
    """The log-probability of each token of the answers, and 1 where there is one: both (batch, longest).

    Only at the places of answers the step from the last layer to the words is made: with 49,152 words it is
    a fifth of the work.
    """
    tokens = [torch.tensor([*one.prompt, *one.answer]) for one in batch]
    ids = pad(tokens, padding_value=0)
    attended = pad([torch.ones_like(one) for one in tokens], padding_value=0)
    inner = model.get_base_model()
    hidden = inner.model(input_ids=ids, attention_mask=attended, use_cache=False).last_hidden_state
    longest = max(len(one.answer) for one in batch)
    # The token at a place is foretold by the state at the place before it.
    places = [torch.arange(longest).clamp(max=len(one.answer) - 1) + len(one.prompt) - 1 for one in batch]
    states = torch.stack([hidden[row, place] for row, place in enumerate(places)])
    wanted = torch.stack([ids[row, place + 1] for row, place in enumerate(places)])
    mask = torch.stack([(torch.arange(longest) < len(one.answer)).float() for one in batch])
    return selective_log_softmax(inner.lm_head(states).float(), wanted), mask
