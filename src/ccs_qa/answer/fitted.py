"""What judge and selection are fitted as: a logistic, a linear head over a question's vector."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ccs_qa.encoder.encoder import Vectors


@dataclass(frozen=True, slots=True)
class Head:
    """A linear regression over the vector of a question; `vector` is (dimension,)."""

    bias: float
    vector: Vectors

    def __call__(self, pooled: Vectors) -> float:
        """Read a question.

        Args:
            pooled: (dimension,) float32, its vector.

        Returns:
            The sum; 0 for the vector of a model that the head was not fitted on.
        """
        # Another model was set: better no opinion than one on unrelated numbers.
        if len(pooled) != len(self.vector):
            return 0.0
        return self.bias + float(pooled @ self.vector)

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Self:
        """Take a head as its fitting stored it."""
        return cls(stored["bias"], np.asarray(stored["vector"], np.float32))


def logistic(bias: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """Give the probability of a logistic regression, 0 to 1."""
    score = bias + sum(weight * value for weight, value in zip(weights, values, strict=True))
    # Clipped, so that no score overflows, however wild.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
