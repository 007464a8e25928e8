"""Token vectors kept in 8 bits, and their dot products with a question's.

Rows are quantised symmetrically by their largest component (Jacob et al., 2018,
arXiv:1712.05877, without zero point): a quarter of the memory of float32. A component is off by
at most half a step, 1/254 of the row's largest. Products are those of floats: without
instructions for integers, which many processors lack, torch takes seven times as long for those.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

Vectors = npt.NDArray[np.float32]
_STEPS = 127
# Rows turned into floats at a time: they stay in the cache of the processor.
_BLOCK = 2048


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
        asked, values = torch.from_numpy(question), torch.from_numpy(self.values)
        product = torch.empty(len(question), len(rows))
        for start in range(0, len(rows), _BLOCK):
            places = torch.from_numpy(rows[start : start + _BLOCK])
            taken = values.index_select(0, places).float()
            product[:, start : start + _BLOCK] = asked @ taken.T
        scaled: Vectors = product.numpy() * self.scales[rows]
        return scaled


def dot(question: Vectors, rows: Vectors) -> Vectors:
    """Multiply vectors with rows; torch reads the rows once, NumPy and FAISS once for each vector.

    Args:
        question: (vectors, dimension) float32.
        rows: (rows, dimension) float32.

    Returns:
        (vectors, rows) float32 dot products.
    """
    product: Vectors = torch.mm(torch.from_numpy(question), torch.from_numpy(rows).T).numpy()
    return product
