"""Token vectors kept in 8 bits, and their dot products with a question's.

Rows are quantised symmetrically by their largest component (Jacob et al., 2018,
arXiv:1712.05877, without zero point): a quarter of the memory of float32. A component is off by
at most half a step, 1/254 of the row's largest. Products are those of floats: NumPy has none of
integers that are as fast.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_STEPS = 127
# Rows turned into floats at a time: they stay in the cache of the processor.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class TokenRows:
    """Token vectors, one a row.

    Attributes:
        values: (rows, dimension) int8.
        scales: (rows,) float32; a row is its values times its scale.
    """

    values: npt.NDArray[np.int8]
    scales: Vectors

    @classmethod
    def quantise(cls, vectors: Vectors) -> "TokenRows":
        """Bring vectors (rows, dimension) to 8 bits."""
        # Never 0: a row of zeros has to be divided by something.
        largest = np.abs(vectors).max(axis=1, initial=1e-12)
        scales = (largest / _STEPS).astype(np.float32)
        return cls(np.rint(vectors / scales[:, None]).astype(np.int8), scales)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.values)

    def dot(self, question: Vectors, rows: npt.NDArray[np.int64]) -> Vectors:
        """Multiply a question's token vectors with some rows.

        Args:
            question: (tokens, dimension) float32.
            rows: Positions of the rows, at least one.

        Returns:
            (tokens, rows in their order) float32 dot products.
        """
        product = np.empty((len(question), len(rows)), np.float32)
        for start in range(0, len(rows), _BLOCK):
            taken = self.values.take(rows[start : start + _BLOCK], axis=0).astype(np.float32)
            np.matmul(question, taken.T, out=product[:, start : start + _BLOCK])
        product *= self.scales[rows]
        return product


def dot(question: Vectors, rows: Vectors) -> Vectors:
    """Multiply vectors with rows.

    Args:
        question: (vectors, dimension) float32.
        rows: (rows, dimension) float32.

    Returns:
        (vectors, rows) float32 dot products.
    """
    product: Vectors = question @ rows.T
    return product
