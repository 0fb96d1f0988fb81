"""An adapter as the GGUF file that llama.cpp loads over the base model.

The names, the two matrices of each adapted one and the keys are those of llama.cpp's own
convert_lora_to_gguf.py. Files of the Llama family keep the rows of the query and key matrices in another
order than transformers (both halves of a head interleaved), so the same is done to what is added to them.
"""

from pathlib import Path
from typing import Any

import gguf
import numpy as np

from donovan.training.trainers.language_model.base import TARGETS, adapter_tensors

FILE = "adapter.gguf"
ARCHITECTURE = "llama"


def write_gguf(model: Any, path: Path, *, name: str) -> None:
    """Write the adapter of a peft model to `path`. Only deterministic facts go in: the same adapter gives the
    same bytes.
    """
    config = model.peft_config["default"]
    base = model.get_base_model().config
    writer = gguf.GGUFWriter(path, ARCHITECTURE)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(config.lora_alpha))
    heads = {"q_proj": base.num_attention_heads, "k_proj": base.num_key_value_heads}
    for place, tensor in adapter_tensors(model).items():
        layer, projection, side = _parts(place)
        values = tensor.detach().numpy().astype(np.float32)
        if side == "lora_b" and projection in heads:
            values = interleaved(values, heads[projection])
        writer.add_tensor(f"blk.{layer}.{TARGETS[projection]}.weight.{side}", np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def interleaved(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows (heads * size, n) in llama.cpp's order: first, middle, second, next after the middle, ... of each
    head.
    """
    size = rows.shape[0] // heads
    halves = rows.reshape(heads, 2, size // 2, rows.shape[1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def _parts(place: str) -> tuple[int, str, str]:
    """Layer, projection and side of a name such as
    "base_model.model.model.layers.3.self_attn.q_proj.lora_A.default.weight".
    """
    words = place.split(".")
    at = words.index("layers")
    projection = next(word for word in words if word in TARGETS)
    return int(words[at + 1]), projection, "lora_a" if "lora_A" in words else "lora_b"
