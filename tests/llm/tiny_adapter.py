"""A small adapter for the real model, made of random numbers in a moment: no training, no transformers."""

import hashlib
from pathlib import Path

import gguf
import numpy as np

from donovan.llm.adapters import Adapter

LAYERS, WIDTH = 30, 576
RANK = 2


def write_adapter(path: Path, *, seed: int = 1, width: int = WIDTH, size: float = 0.08) -> Path:
    """A GGUF adapter of the output projections of attention. Another `width` fits no model that we have."""
    draw = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(RANK))
    for layer in range(LAYERS):
        for side, shape in (("lora_a", (RANK, width)), ("lora_b", (width, RANK))):
            values = draw.normal(0, size, shape).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.attn_output.weight.{side}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def adapter_at(path: Path, name: str = "tiny") -> Adapter:
    """The adapter as one that serves."""
    return Adapter(path, hashlib.sha256(path.read_bytes()).hexdigest(), name)
