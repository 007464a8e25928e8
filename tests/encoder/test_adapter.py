"""The adapter: merged by arithmetic, kept whole on disk, part of the model's name."""

from pathlib import Path

import pytest

from ccs_qa.encoder.folder import adapter_file, model_folder
from ccs_qa.errors import ModelError


def test_a_layer_grows_by_the_product_of_its_matrices() -> None:
    """[[1], [2]] times [[3, 4]] is [[3, 4], [6, 8]]; half of it is added, other layers stay."""
    import torch

    from ccs_qa.encoder.adapter import Adapter

    adapter = Adapter(0.5, {"a": (torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0, 4.0]]))})
    merged = adapter.merge({"a.weight": torch.ones(2, 2), "b.weight": torch.ones(1)})
    assert merged["a.weight"].tolist() == [[2.5, 3.0], [4.0, 5.0]]
    assert merged["b.weight"].tolist() == [1.0]


def test_an_adapter_survives_the_disk(tmp_path: Path) -> None:
    """Factor and matrices come back, in float16."""
    import torch

    from ccs_qa.encoder.adapter import Adapter, read_adapter, write_adapter

    file = tmp_path / "adapter.safetensors"
    write_adapter(Adapter(2.0, {"a": (torch.ones(2, 1), torch.ones(1, 2))}), file)
    again = read_adapter(file)
    assert again.factor == 2.0
    up, down = again.layers["a"]
    assert (up.dtype, up.tolist(), down.tolist()) == (torch.float16, [[1.0], [1.0]], [[1.0, 1.0]])


def test_another_adapter_is_another_model(tmp_path: Path) -> None:
    """The folder of a prepared model is named after its adapter."""
    import torch

    from ccs_qa.encoder.adapter import Adapter, write_adapter

    file = tmp_path / "adapter.safetensors"
    write_adapter(Adapter(2.0, {"a": (torch.ones(2, 1), torch.ones(1, 2))}), file)
    names = {model_folder(tmp_path, path).name for path in (None, file, adapter_file("embedded"))}
    assert len(names) == 3
    assert adapter_file("embedded-base") is None
    assert adapter_file(f"embedded:{file}") == file
    with pytest.raises(ModelError):
        adapter_file("embedded:nowhere")
