"""Texts in, pooled and token vectors out, in one forward pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Role = Literal["query", "passage"]
Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """What a network reads.

    Attributes:
        ids: (texts, length) int64.
        mask: (texts, length) int64, 0 for what only fills up.
        spans: (texts, length, 2) int64, where each token stands in its prompt and text; None where
            the tokenizer does not tell.
    """

    ids: Ids
    mask: Ids
    spans: Ids | None


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a network gives.

    Attributes:
        tokens: (texts, length, dimension) float32.
        pooled: (texts, dimension) float32.
    """

    tokens: Vectors
    pooled: Vectors


class Network(Protocol):
    """A tokenizer and a network, whatever runs it.

    Attributes:
        window: Longest input in tokens, framing tokens included.
        special: (ids,) int64, the framing tokens.
    """

    window: int
    special: Ids

    def tokenise(self, texts: Sequence[str], prompt: str) -> Features:
        """Tokenise texts, each after the prompt."""

    def forward(self, texts: Sequence[str], prompt: str) -> tuple[Features, Outputs]:
        """Tokenise texts and run the network over them."""


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
    spans: tuple[Ids, ...] = ()


class Encoder:
    """A network that takes texts of any number and length, and shows its token vectors.

    Attributes:
        identity: Name and fingerprint of the model; an index refuses another one.
        dimension: Width of a vector.
        window: Longest input in tokens, prompt and framing tokens included.
    """

    def __init__(
        self, network: Network, identity: str, *, batch: int, prompts: dict[Role, str]
    ) -> None:
        """Take over a loaded network.

        Args:
            batch: Texts in one forward pass. The int8 network scales activations over the
                whole batch, so 1 keeps a text's vectors free of its neighbours.
        """
        self._network = network
        self._batch = batch
        self._prompts = prompts
        self.identity = identity
        # Asked of the model itself: not every one says how wide its vectors are.
        self.dimension = network.forward(["a"], "")[1].pooled.shape[-1]
        self.window = network.window
        self._skip: dict[Role, int] = {
            role: self.count_tokens(prompt.strip()) if prompt.strip() else 0
            for role, prompt in prompts.items()
        }

    def count_tokens(self, text: str) -> int:
        """Count a text's content tokens, without prompt or framing tokens, up to the window."""
        return int(self._is_content(self._network.tokenise([text], "").ids).sum())

    def _is_content(self, ids: Ids) -> npt.NDArray[np.bool_]:
        # A handful of ids: to compare with each is sooner done than `numpy.isin`.
        found: npt.NDArray[np.bool_] = (ids[..., None] != self._network.special).all(axis=-1)
        return found

    def spans(self, text: str, role: Role) -> Ids:
        """Tell where the content tokens of a text stand, without running the network.

        Returns:
            (content tokens, 2) first character and end of each token, as `encode` tells them; no
            rows where the tokenizer does not tell.
        """
        features = self._network.tokenise([text], self._prompts[role])
        if features.spans is None:
            return np.zeros((0, 2), np.int64)
        kept = np.flatnonzero(self._is_content(features.ids[0]))[self._skip[role] :]
        # A first token may begin with the space of the prompt before it.
        places: Ids = np.maximum(features.spans[0, kept] - len(self._prompts[role]), 0)
        return places

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Encode texts; what exceeds the window is cut."""
        pooled: list[Vectors] = []
        tokens: list[Vectors] = []
        spans: list[Ids] = []
        for batch in _batches(texts, self._batch):
            features, output = self._network.forward(batch, self._prompts[role])
            pooled.append(output.pooled)
            mask = features.mask.astype(bool)
            content = mask & self._is_content(features.ids)
            for row, keep in enumerate(content):
                positions = np.flatnonzero(keep)[self._skip[role] :]
                if not positions.size:
                    # A text of no content still needs a row: MaxSim of nothing is undefined.
                    positions = np.flatnonzero(mask[row])
                tokens.append(np.ascontiguousarray(output.tokens[row, positions], np.float32))
                if features.spans is not None:
                    places = features.spans[row, positions] - len(self._prompts[role])
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
