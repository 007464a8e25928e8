"""Vectors kept in 8 bits, and their dot products with a question's.

Rows are quantised symmetrically by their largest component (Jacob et al., 2018,
arXiv:1712.05877, without zero point): a quarter of the memory of float32. A component is off by
at most half a step, 1/254 of the row's largest. Products are those of integers, which processors
take in less than half of the time of floats.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import simsimd

Vectors = npt.NDArray[np.float32]
_STEPS = 127


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors, one a row.

    Attributes:
        values: (rows, dimension) int8.
        scales: (rows,) float32; a row is its values times its scale.
    """

    values: npt.NDArray[np.int8]
    scales: Vectors

    @classmethod
    def quantise(cls, vectors: Vectors) -> "Rows":
        """Bring vectors (rows, dimension) to 8 bits."""
        # Never 0: a row of zeros has to be divided by something.
        largest = np.abs(vectors).max(axis=1, initial=1e-12)
        scales = (largest / _STEPS).astype(np.float32)
        return cls(np.rint(vectors / scales[:, None]).astype(np.int8), scales)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.values)

    def take(self, places: npt.NDArray[np.int64]) -> "Rows":
        """Take the rows at some places, in their order."""
        return Rows(self.values.take(places, axis=0), self.scales[places])

    def dot(self, question: Vectors) -> Vectors:
        """Multiply a question's vectors with the rows, at least one.

        Args:
            question: (vectors, dimension) float32; brought to 8 bits as well.

        Returns:
            (vectors, rows) float32 dot products.
        """
        asked = Rows.quantise(question)
        products = simsimd.cdist(asked.values, self.values, metric="dot", out_dtype="float32")
        product: Vectors = np.asarray(products)
        product *= asked.scales[:, None]
        product *= self.scales
        return product
