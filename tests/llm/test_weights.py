"""No native code opens a model file that is not the expected one."""

import hashlib
import os
from pathlib import Path

import pytest

from donovan.llm.interface import ModelUnavailable
from donovan.llm.weights import PACKAGED_DIGEST, Weights, chosen_weights, packaged_weights


def test_the_packaged_model_is_found_and_is_the_pinned_one() -> None:
    weights = chosen_weights("", "")
    assert weights == packaged_weights()
    assert weights.name == "SmolLM2-135M-Instruct.Q4_1"
    os.close(weights.open_verified())
    assert PACKAGED_DIGEST.startswith("b179c9523d0e")


def test_a_changed_file_is_named_with_both_digests(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF but another one")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ModelUnavailable) as refusal:
        Weights(path, PACKAGED_DIGEST).open_verified()
    for part in (str(path), found[:12], PACKAGED_DIGEST[:12]):
        assert part in refusal.value.sentence


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ModelUnavailable, match=r"/nowhere/model\.gguf"):
        Weights(Path("/nowhere/model.gguf"), PACKAGED_DIGEST).open_verified()


@pytest.mark.parametrize("digest", ["", "abc", "z" * 64])
def test_a_model_of_ones_own_needs_its_digest(digest: str) -> None:
    with pytest.raises(ModelUnavailable, match="DONOVAN_LLM_DIGEST"):
        chosen_weights("/models/own.gguf", digest)


def test_what_is_read_is_what_was_verified(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"the real one")
    descriptor = Weights(path, hashlib.sha256(b"the real one").hexdigest()).open_verified()
    other = tmp_path / "other.gguf"
    other.write_bytes(b"an exchanged one")
    other.replace(path)
    assert Path(f"/proc/self/fd/{descriptor}").read_bytes() == b"the real one"
    os.close(descriptor)
