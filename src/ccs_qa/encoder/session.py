"""The prepared model as it serves: a tokenizer and an onnxruntime session, without torch."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ccs_qa.encoder.encoder import Features, Ids, Outputs
from ccs_qa.encoder.folder import MODEL_FILE, TOKENIZER_FILE, ModelManifest


class OnnxSession:
    """Tokenises texts and runs them through an ONNX network.

    The mean of the token vectors, scaled to unit length, comes with them. Several threads may use
    it, and share its weights: as many run the network at once as there are cores for them.

    Attributes:
        tokenizer: It frames, cuts and fills up what it is given.
        window: Longest input in tokens.
        special: (ids,) int64, the framing tokens.
    """

    def __init__(self, folder: Path, manifest: ModelManifest, threads: int) -> None:
        """Open a checked folder.

        Args:
            threads: Threads that run the network for one text; 0 for all cores.
        """
        cores = os.cpu_count() or 1
        # More of them at once would take turns on the same cores, and all be late.
        self._turns = threading.BoundedSemaphore(max(1, cores // (threads or cores)))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Weights stay for good: in the arena of what comes and goes they take 30 MB more.
        options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self.tokenizer.enable_truncation(manifest.window)
        self.tokenizer.enable_padding(pad_id=self.tokenizer.token_to_id("<pad>"))
        self.window = manifest.window
        self.special = special_ids(self.tokenizer)

    def tokenise(self, texts: Sequence[str], prompt: str) -> Features:
        """Tokenise texts, each after the prompt."""
        encodings = self.tokenizer.encode_batch([prompt + text for text in texts])
        return Features(
            np.asarray([item.ids for item in encodings], np.int64),
            np.asarray([item.attention_mask for item in encodings], np.int64),
            np.asarray([item.offsets for item in encodings], np.int64),
        )

    def forward(self, texts: Sequence[str], prompt: str) -> tuple[Features, Outputs]:
        """Tokenise texts and run the network over them."""
        features = self.tokenise(texts, prompt)
        return features, self.run(features)

    def run(self, features: Features) -> Outputs:
        """Run the network."""
        inputs = {"input_ids": features.ids, "attention_mask": features.mask}
        with self._turns:
            (vectors,) = self._session.run(None, inputs)
        sums = (vectors * features.mask[..., None].astype(np.float32)).sum(axis=1)
        # The mean differs from the sum by a factor, which the norm takes out.
        return Outputs(vectors, sums / np.linalg.norm(sums, axis=1, keepdims=True))


def special_ids(tokenizer: Tokenizer) -> Ids:
    """List the framing tokens, ascending; the unknown token stands for content."""
    added = tokenizer.get_added_tokens_decoder().items()
    ids = [at for at, token in added if token.special and token.content != "<unk>"]
    return np.asarray(sorted(ids), np.int64)
