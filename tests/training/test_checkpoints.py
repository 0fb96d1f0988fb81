"""Checkpoints: whole or not there."""

from pathlib import Path

import numpy as np

from donovan.training.checkpoints import STATE, TENSORS, load_last, save_checkpoint


def save(work: Path, step: int) -> Path:
    return save_checkpoint(work, step, {"w": np.full(3, step, np.float32)}, {"at": step})


def test_the_last_one_is_read_back(tmp_path: Path) -> None:
    assert load_last(tmp_path) is None
    for step in (5, 10, 15):
        save(tmp_path, step)

    last = load_last(tmp_path)

    assert last is not None
    assert (last.step, last.state) == (15, {"at": 15})
    assert last.arrays()["w"].tolist() == [15, 15, 15]
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["000000010", "000000015"]


def test_a_torn_one_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, 5)
    torn = save(tmp_path, 10) / TENSORS
    torn.write_bytes(torn.read_bytes()[:-4])

    last = load_last(tmp_path)

    assert last is not None and last.step == 5

    (tmp_path / "checkpoints" / "000000005" / STATE).write_text("{")
    assert load_last(tmp_path) is None


def test_torch_tensors_keep_their_type_and_may_share_memory(tmp_path: Path) -> None:
    import torch

    weight = torch.ones(2, 2, dtype=torch.bfloat16)
    save_checkpoint(tmp_path, 1, {"a": weight, "b": weight}, {})

    last = load_last(tmp_path)

    assert last is not None
    assert last.tensors()["b"].dtype == torch.bfloat16


def test_what_a_killed_process_left_beside_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "checkpoints" / ".000000005.half"
    left.mkdir(parents=True)

    save(tmp_path, 10)

    assert not left.exists()
