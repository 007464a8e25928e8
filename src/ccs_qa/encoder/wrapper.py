"""Models as sentence-transformers runs them: the embedded one for building, any other for all."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.input_module import InputModule

from ccs_qa.encoder.encoder import Encoder, Features, Ids, Outputs, Role
from ccs_qa.encoder.session import OnnxSession, special_ids
from ccs_qa.errors import ModelError

_BATCH = 32
_SPANS = "token_spans"


class OnnxTransformer(InputModule):
    """An input module around an onnxruntime session.

    It gives `token_embeddings` (batch, length, hidden) float32 and their mean, scaled to unit
    length, as `sentence_embedding`: two modules less to pass through for every text.
    """

    def __init__(self, session: OnnxSession) -> None:
        """Take over an open session."""
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self._session = session
        self.tokenizer = session.tokenizer
        self.max_seq_length = session.window

    # The signature is the library's own, which leaves its extra options untyped.
    def preprocess(
        self,
        inputs: Sequence[Any],
        prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - the library's signature
    ) -> dict[str, Any]:
        """Tokenise texts, each after the prompt.

        Returns:
            `input_ids` and `attention_mask`, (batch, length) int64, and `token_spans`,
            (batch, length, 2) int64, where each token stands in its prompt and text.
        """
        found = self._session.tokenise(inputs, prompt or "")
        named = {"input_ids": found.ids, "attention_mask": found.mask, _SPANS: found.spans}
        return {name: torch.from_numpy(values) for name, values in named.items()}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002 - the library's signature
        """Run the network: `token_embeddings` and `sentence_embedding` join the features."""
        found = self._session.run(_read(features))
        return {
            **features,
            "token_embeddings": torch.from_numpy(found.tokens),
            "sentence_embedding": torch.from_numpy(found.pooled),
        }

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the library's signature
        """Refuse: the prepared folder is written by the preparation alone."""
        raise NotImplementedError


class SentenceNetwork:
    """A model of sentence-transformers, as a `Network`."""

    def __init__(self, model: SentenceTransformer) -> None:
        """Take over a loaded model."""
        # Dropout would give a text other vectors each time.
        self._model = model.eval()
        self.window = int(model.max_seq_length or 512)
        special = getattr(model.tokenizer, "all_special_ids", None)
        # A tokenizer of our own has no list of them.
        self.special: Ids = (
            special_ids(model.tokenizer)
            if special is None
            else np.asarray(sorted(special), np.int64)
        )

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
    spans = features[_SPANS].numpy() if _SPANS in features else None
    return Features(features["input_ids"].numpy(), features["attention_mask"].numpy(), spans)


def wrap_session(session: OnnxSession) -> SentenceNetwork:
    """Run the embedded model through sentence-transformers; its vectors are the session's own."""
    # The session has its own threads; the small products around it are done sooner by one.
    torch.set_num_threads(1)
    return SentenceNetwork(SentenceTransformer(modules=[OnnxTransformer(session)], device="cpu"))


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
