"""The low-rank adapter (Hu et al., 2021, arXiv:2106.09685) that tunes the model to the corpus.

`adapter.safetensors` beside this file holds two float16 matrices a tuned layer, `<layer>.down`
(rank, inputs) and `<layer>.up` (outputs, rank), and the factor in its metadata. A layer's
weight grows by factor × up × down when the model is prepared: nothing is added at run time.
`adapter.json` is the record of the training (`python -m training`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank changes of some layers.

    Attributes:
        factor: What the product of the matrices is multiplied with.
        layers: (up, down) by name of the layer.
    """

    factor: float
    layers: Mapping[str, tuple[torch.Tensor, torch.Tensor]]

    def merge(self, weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Add the changes to the weights of a network."""
        merged = dict(weights)
        for layer, (up, down) in self.layers.items():
            name = f"{layer}.weight"
            merged[name] = merged[name] + self.factor * (up.float() @ down.float())
        return merged


def write_adapter(adapter: Adapter, path: Path) -> None:
    """Write an adapter in float16."""
    matrices = {}
    for layer, (up, down) in adapter.layers.items():
        matrices[f"{layer}.up"] = up.detach().to("cpu", torch.float16).contiguous()
        matrices[f"{layer}.down"] = down.detach().to("cpu", torch.float16).contiguous()
    save_file(matrices, path, metadata={"factor": str(adapter.factor)})


def read_adapter(path: Path) -> Adapter:
    """Read an adapter."""
    with safe_open(path, framework="pt") as file:
        names = sorted(name.removesuffix(".up") for name in file.keys() if name.endswith(".up"))  # noqa: SIM118 - no mapping
        layers = {
            name: (file.get_tensor(f"{name}.up"), file.get_tensor(f"{name}.down")) for name in names
        }
        return Adapter(float(file.metadata()["factor"]), layers)
