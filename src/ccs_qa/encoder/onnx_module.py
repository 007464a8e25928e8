"""An input module of sentence-transformers around an onnxruntime session."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from sentence_transformers.base.modules.input_module import InputModule
from tokenizers import Tokenizer

SPANS = "token_spans"


class OnnxTransformer(InputModule):
    """Tokenises texts and runs them through an ONNX network.

    It gives `token_embeddings` (batch, length, hidden) float32 and their mean, scaled to unit
    length, as `sentence_embedding`: two modules less to pass through for every question.
    """

    def __init__(self, model: Path, tokenizer: Path, *, window: int, threads: int) -> None:
        """Open the session.

        Args:
            window: Longest input in tokens.
            threads: Threads of the session; 0 lets onnxruntime choose.
        """
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.enable_truncation(window)
        self.tokenizer.enable_padding(pad_id=self.tokenizer.token_to_id("<pad>"))
        self.max_seq_length = window

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
        encodings = self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])
        return {
            "input_ids": torch.tensor([item.ids for item in encodings]),
            "attention_mask": torch.tensor([item.attention_mask for item in encodings]),
            SPANS: torch.tensor([item.offsets for item in encodings]),
        }

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002 - the library's signature
        """Run the network: `token_embeddings` and `sentence_embedding` join the features."""
        inputs = {name: features[name].numpy() for name in ("input_ids", "attention_mask")}
        (vectors,) = self._session.run(None, inputs)
        sums = (vectors * inputs["attention_mask"][..., None].astype(np.float32)).sum(axis=1)
        # The mean differs from the sum by a factor, which the norm takes out.
        pooled = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return {
            **features,
            "token_embeddings": torch.from_numpy(vectors),
            "sentence_embedding": torch.from_numpy(pooled),
        }

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the library's signature
        """Refuse: the prepared folder is written by the preparation alone."""
        raise NotImplementedError
