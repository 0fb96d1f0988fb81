"""The base model as something that can be trained, read from the very file that the model host loads.

transformers reads the GGUF file and takes its quantised blocks apart into float32. The file's digest is
checked first, and what is read is the descriptor that was checked. The words come from llama.cpp, not from
a second tokenizer, so that both sides agree to the token (see donovan.llm.vocabulary).
"""

import os
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from donovan.llm.weights import Weights
from donovan.training.contract import TrainingRefused
from donovan.training.trainers.language_model.options import Options
from retrieval.loading import one_at_a_time

ARCHITECTURES = ("LlamaForCausalLM",)
"""Kinds of model whose way between both forms is proven by a test. SmolLM2 is one."""

TARGETS = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
"""The matrices that are adapted, all of a layer, by their names in transformers and in GGUF."""


def load_base(weights: Weights) -> Any:
    """The model in float32, on the processor. Raises ModelUnavailable for a file that is not the expected
    one, TrainingRefused for a kind of model that cannot be trained here.
    """
    # Typed as anything: transformers carries types for a part of its functions only.
    log: Any = transformers_logging
    log.disable_progress_bar()
    descriptor = weights.open_verified()
    try:
        with one_at_a_time:
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                "/proc/self/fd",
                gguf_file=str(descriptor),
                dtype=torch.float32,
                local_files_only=True,
                output_loading_info=True,
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise TrainingRefused(
            f"The model {weights.name} cannot be read for training ({type(error).__name__}). Adapters can be "
            "trained for models of the Llama family."
        ) from error
    finally:
        os.close(descriptor)
    model, report = loaded
    if type(model).__name__ not in ARCHITECTURES:
        raise TrainingRefused(
            f"The model {weights.name} is of a kind ({type(model).__name__}) for which no adapter can be "
            "trained here yet; models of the Llama family can."
        )
    if report["missing_keys"]:
        # transformers only warns and makes them up: the adapter would learn to mend what is not broken.
        raise TrainingRefused(
            f"The model {weights.name} was not read in full ({min(report['missing_keys'])} is missing), so "
            "no adapter can be trained for it. Ask the system owner to check the model file."
        )
    return model.eval()


def with_adapter(model: Any, options: Options, seed: int) -> Any:
    """The model with a new adapter over all matrices of all layers, as peft makes it: only the adapter is
    trained. The same seed gives the same beginning.
    """
    torch.manual_seed(seed)
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,
        lora_dropout=0.0,
        target_modules=sorted(TARGETS),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def adapter_tensors(model: Any) -> dict[str, Any]:
    """The trained matrices by the names that they have in the model, in a fixed order."""
    return {name: tensor for name, tensor in sorted(model.named_parameters()) if tensor.requires_grad}
