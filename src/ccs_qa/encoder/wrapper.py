"""Models of sentence-transformers: any but the embedded one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from ccs_qa.encoder.encoder import Encoder, Features, Ids, Outputs, Role
from ccs_qa.errors import ModelError

_BATCH = 32


class SentenceNetwork:
    """A model of sentence-transformers, as a `Network`."""

    def __init__(self, model: SentenceTransformer) -> None:
        """Take over a loaded model."""
        # Dropout would give a text other vectors each time.
        self._model = model.eval()
        self.window = int(model.max_seq_length or 512)
        self.special: Ids = np.asarray(sorted(model.tokenizer.all_special_ids), np.int64)

    def tokenise(self, texts: Sequence[str], prompt: str) -> Features:
        """Tokenise texts, each after the prompt."""
        return _read(self._model.preprocess(list(texts), prompt=prompt))

    def forward(self, texts: Sequence[str], prompt: str) -> tuple[Features, Outputs]:
        """Tokenise texts and run the model over them."""
        with torch.inference_mode():
            output = self._model(self._model.preprocess(list(texts), prompt=prompt))
        vectors, pooled = output["token_embeddings"].numpy(), output["sentence_embedding"].numpy()
        return _read(output), Outputs(vectors, pooled)


def _read(features: dict[str, Any]) -> Features:
    return Features(features["input_ids"].numpy(), features["attention_mask"].numpy(), None)


def open_model(name: str, cache: Path) -> Encoder:
    """Load a hub name or a folder of a sentence-transformers model.

    Raises:
        ModelError: It cannot be loaded.
    """
    try:
        model = SentenceTransformer(name, device="cpu", cache_folder=str(cache))
    except (OSError, ValueError) as error:
        raise ModelError(problem="load", found=name) from error
    prompts: dict[Role, str] = {
        "query": model.prompts.get("query") or "",
        "passage": model.prompts.get("passage") or model.prompts.get("document") or "",
    }
    identity = f"{name}@{_fingerprint(model)}"
    return Encoder(SentenceNetwork(model), identity, batch=_BATCH, prompts=prompts)


def _fingerprint(model: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    # By name: a library may order its layers otherwise tomorrow.
    for name, weights in sorted(model.state_dict().items()):
        digest.update(name.encode())
        # As fp32, since numpy knows no bfloat16.
        digest.update(np.ascontiguousarray(weights.float().numpy()).tobytes())
    return digest.hexdigest()[:16]
