"""A language model of two layers with the first words of the real one, so that training it takes a moment."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from donovan.llm.weights import Weights, packaged_weights

WORDS = 2_000
LAYERS, WIDTH, HEADS, KEY_HEADS, INNER = 2, 64, 4, 2, 128


def write_tiny_model(path: Path, *, seed: int = 0, without: str = "") -> Weights:
    """A GGUF model of the Llama family with random weights, `without` one of them; its file and digest."""
    import gguf

    draw = np.random.default_rng(seed)
    real = gguf.GGUFReader(packaged_weights().path)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(1024)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    all_words = len(real.fields["tokenizer.ggml.tokens"].data)
    for name, field in real.fields.items():
        if name.startswith("tokenizer."):
            kind = field.types[0]
            inside = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, _first(field.contents(), all_words), kind, sub_type=inside)

    def add(name: str, *shape: int, size: float = 0.15) -> None:
        if name == without:
            return
        values: Any = draw.normal(0, size, shape) if len(shape) > 1 else np.ones(shape)
        writer.add_tensor(name, values.astype(np.float32))

    add("token_embd.weight", WORDS, WIDTH, size=0.5)
    add("output_norm.weight", WIDTH)
    key_width = WIDTH // HEADS * KEY_HEADS
    for layer in range(LAYERS):
        for name, shape in {
            "attn_norm": (WIDTH,),
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (key_width, WIDTH),
            "attn_v": (key_width, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_norm": (WIDTH,),
            "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }.items():
            add(f"blk.{layer}.{name}.weight", *shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return Weights(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _first(content: Any, all_words: int) -> Any:
    """A field of the tokenizer for the first words alone. Words stand in the order of the merges that make
    them, after the signs and bytes that none makes.
    """
    return content[: len(content) - (all_words - WORDS)] if isinstance(content, list) else content
