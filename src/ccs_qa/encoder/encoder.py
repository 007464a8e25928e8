"""Texts in, pooled and token vectors out, in one forward pass."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer

from ccs_qa.encoder.adapter import SHIPPED
from ccs_qa.encoder.onnx_module import SPANS, OnnxTransformer
from ccs_qa.encoder.prepare import MODEL_FILE, TOKENIZER_FILE, model_folder, read_manifest
from ccs_qa.errors import ModelError

Role = Literal["query", "passage"]
Vectors = npt.NDArray[np.float32]
EMBEDDED = "embedded"
EMBEDDED_BASE = "embedded-base"
_TORCH_BATCH = 32


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one forward pass gives.

    Attributes:
        pooled: (texts, dimension) float32, rows of unit length.
        tokens: For each text, (content tokens, dimension) float32: prompt and framing
            tokens are left out, at least one row is left.
        spans: For each text, (content tokens, 2) int64: first character and end of each token;
            none where the tokenizer does not tell.
    """

    pooled: Vectors
    tokens: tuple[Vectors, ...]
    spans: tuple[npt.NDArray[np.int64], ...] = ()


class Encoder:
    """A sentence-transformers model that also shows its token vectors.

    Attributes:
        identity: Name and fingerprint of the model; an index refuses another one.
        dimension: Width of a vector.
        window: Longest input in tokens, prompt and framing tokens included.
    """

    def __init__(
        self, model: SentenceTransformer, identity: str, *, batch: int, prompts: dict[Role, str]
    ) -> None:
        """Take over a loaded model.

        Args:
            batch: Texts in one forward pass. The int8 network scales activations over the
                whole batch, so 1 keeps a text's vectors free of its neighbours.
        """
        # Dropout would give a text other vectors each time.
        self._model = model.eval()
        self._batch = batch
        self._prompts = prompts
        self.identity = identity
        # Asked of the model itself: not every one says how wide its vectors are.
        probe = self._forward(["a"], "")
        self.dimension = int(probe["sentence_embedding"].shape[-1])
        self.window = int(model.max_seq_length or 512)
        self._special = self._special_ids()
        self._skip: dict[Role, int] = {
            role: self.count_tokens(prompt.strip()) if prompt.strip() else 0
            for role, prompt in prompts.items()
        }

    def _special_ids(self) -> npt.NDArray[np.int64]:
        tokenizer = self._model.tokenizer
        special = getattr(tokenizer, "all_special_ids", None)
        if special is None:
            # A tokenizer of our own lists what was added; the unknown token stands for content.
            special = [
                token
                for token, added in tokenizer.get_added_tokens_decoder().items()
                if added.special and added.content != "<unk>"
            ]
        return np.asarray(sorted(special), np.int64)

    def _forward(self, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        with torch.inference_mode():
            features = self._model.preprocess(list(texts), prompt=prompt)
            output: dict[str, Any] = self._model(features)
        return output

    def count_tokens(self, text: str) -> int:
        """Count a text's content tokens, without prompt or framing tokens, up to the window."""
        features = self._model.preprocess([text], prompt="")
        ids = features["input_ids"][0].numpy()
        return int(self._is_content(ids).sum())

    def _is_content(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        # A handful of ids: to compare with each is sooner done than `numpy.isin`.
        found: npt.NDArray[np.bool_] = (ids[..., None] != self._special).all(axis=-1)
        return found

    def spans(self, text: str, role: Role) -> npt.NDArray[np.int64]:
        """Tell where the content tokens of a text stand, without running the network.

        Returns:
            (content tokens, 2) first character and end of each token, as `encode` tells them; no
            rows where the tokenizer does not tell.
        """
        features = self._model.preprocess([text], prompt=self._prompts[role])
        if SPANS not in features:
            return np.zeros((0, 2), np.int64)
        ids = features["input_ids"][0].numpy()
        kept = np.flatnonzero(self._is_content(ids))[self._skip[role] :]
        places: npt.NDArray[np.int64] = features[SPANS][0].numpy()[kept]
        # A first token may begin with the space of the prompt before it.
        return np.maximum(places - len(self._prompts[role]), 0)

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Encode texts; what exceeds the window is cut."""
        pooled: list[Vectors] = []
        tokens: list[Vectors] = []
        spans: list[npt.NDArray[np.int64]] = []
        for batch in _batches(texts, self._batch):
            output = self._forward(batch, self._prompts[role])
            pooled.append(output["sentence_embedding"].numpy())
            ids = output["input_ids"].numpy()
            mask = output["attention_mask"].numpy().astype(bool)
            vectors = output["token_embeddings"].numpy()
            content = mask & self._is_content(ids)
            for row, keep in enumerate(content):
                positions = np.flatnonzero(keep)[self._skip[role] :]
                if not positions.size:
                    # A text of no content still needs a row: MaxSim of nothing is undefined.
                    positions = np.flatnonzero(mask[row])
                tokens.append(np.ascontiguousarray(vectors[row, positions], np.float32))
                if SPANS in output:
                    places = output[SPANS][row].numpy()[positions] - len(self._prompts[role])
                    spans.append(np.maximum(places, 0))
        stacked = np.concatenate(pooled) if pooled else np.zeros((0, self.dimension))
        return Encoded(unit_rows(stacked.astype(np.float32)), tuple(tokens), tuple(spans))


def _batches(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def unit_rows(vectors: Vectors) -> Vectors:
    """Scale rows (n, dimension) to unit length; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled


def is_embedded(name: str) -> bool:
    """Tell whether a model is the embedded one."""
    return name in {EMBEDDED, EMBEDDED_BASE} or name.startswith(f"{EMBEDDED}:")


def adapter_file(name: str) -> Path | None:
    """Find the adapter of an embedded model.

    Returns:
        The shipped adapter for `embedded`, none for `embedded-base`, the named file for
        `embedded:FILE`.

    Raises:
        ModelError: There is no such file.
    """
    if name == EMBEDDED:
        return SHIPPED if SHIPPED.is_file() else None
    if name == EMBEDDED_BASE:
        return None
    path = Path(name.partition(":")[2])
    if not path.is_file():
        raise ModelError(problem="load", found=str(path))
    return path


def open_encoder(name: str, cache: Path, threads: int) -> Encoder:
    """Load a model.

    Args:
        name: `embedded`, `embedded-base` (without adapter), `embedded:FILE` (with another
            adapter), or a hub name or folder of a sentence-transformers model.
        threads: Threads of the embedded model; 0 lets the runtime choose.

    Raises:
        ModelError: The embedded model is not prepared or damaged, or the named model
            cannot be loaded.
    """
    if is_embedded(name):
        return _open_embedded(model_folder(cache, adapter_file(name)), threads)
    try:
        model = SentenceTransformer(name, device="cpu", cache_folder=str(cache))
    except (OSError, ValueError) as error:
        raise ModelError(problem="load", found=name) from error
    prompts: dict[Role, str] = {
        "query": model.prompts.get("query") or "",
        "passage": model.prompts.get("passage") or model.prompts.get("document") or "",
    }
    return Encoder(model, f"{name}@{_fingerprint(model)}", batch=_TORCH_BATCH, prompts=prompts)


def _open_embedded(folder: Path, threads: int) -> Encoder:
    # The network has its own threads; the small products around it are done sooner by one
    # thread than by waking a second, all the more while requests share two cores.
    torch.set_num_threads(1)
    manifest = read_manifest(folder)
    module = OnnxTransformer(
        folder / MODEL_FILE, folder / TOKENIZER_FILE, window=manifest.window, threads=threads
    )
    model = SentenceTransformer(modules=[module], device="cpu")
    return Encoder(model, manifest.identity, batch=1, prompts=dict(manifest.prompts))


def _fingerprint(model: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    # By name: a library may order its layers otherwise tomorrow.
    for name, weights in sorted(model.state_dict().items()):
        digest.update(name.encode())
        # As fp32, since numpy knows no bfloat16.
        digest.update(np.ascontiguousarray(weights.float().numpy()).tobytes())
    return digest.hexdigest()[:16]
