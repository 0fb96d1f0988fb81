"""The packaged encoder with low-rank changes that are learned (LoRA, Hu et al. 2021): what the reader and the
tagger of names are both trained as.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrieval.reader_network import SCALE, Network


class LowRank:
    """The network and, by name, what is learned of it: two matrices `.a` and `.b` for a changed layer, and
    the heads.

    With `is_half` the encoder computes in bfloat16, twice as fast on a processor that knows it (AVX512-BF16
    or AMX) and far slower on any other; parameters and losses stay in full precision.
    """

    def __init__(self, base: Path, *, threads: int, is_half: bool) -> None:
        self.torch: Any = importlib.import_module("torch")
        self.torch.set_num_threads(threads)
        self.is_half = is_half
        if is_half:
            # The way back through this kind of attention is slow in bfloat16.
            self.torch.backends.cuda.enable_flash_sdp(False)
        self.network = Network(base)
        self.weights: dict[str, Any] = {}

    def change_layers(self, first: Mapping[str, Any]) -> None:
        """Learn the change of each linear layer that `first` has matrices for, beginning with these."""
        for name, layer in self.network.linear_layers().items():
            if f"{name}.a" in first:
                self.learn(f"{name}.a", first[f"{name}.a"])
                self.learn(f"{name}.b", first[f"{name}.b"])
                layer.forward = self._changed(layer, name)

    def learn(self, name: str, value: Any) -> None:
        """Make a tensor a parameter, in full precision."""
        self.weights[name] = value.detach().float().clone().requires_grad_(True)

    def optimizer(self, rate: float, head_rate: float) -> Any:
        """AdamW over the changes and the heads ("head."), two groups in this order with a rate each."""
        heads = [value for name, value in self.weights.items() if name.startswith("head.")]
        changes = [value for name, value in self.weights.items() if not name.startswith("head.")]
        return self.torch.optim.AdamW(
            [{"params": changes, "lr": rate}, {"params": heads, "lr": head_rate}],
            weight_decay=0.01,
            betas=(0.9, 0.98),
        )

    def _changed(self, layer: Any, name: str) -> Any:
        linear = self.torch.nn.functional.linear
        a, b = self.weights[f"{name}.a"], self.weights[f"{name}.b"]

        def forward(x: Any) -> Any:
            return linear(x, layer.weight, layer.bias) + SCALE * linear(linear(x, a), b)

        return forward
