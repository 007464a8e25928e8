"""What is measured of candidates, where a test gives a part of it."""

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from ccs_qa.search.fusion import Signals


def signals(number: int, **given: object) -> Signals:
    """Measure so many candidates: what is not given is 0, and none is like another."""
    nothing: npt.NDArray[np.float32] = np.zeros(number, np.float32)
    plain: dict[str, object] = {item.name: nothing for item in fields(Signals)}
    plain |= {
        "counts": np.zeros(number, np.int64),
        "usual": 1.0,
        "likeness": np.full((number, number), -1.0, np.float32),
        "sections": np.arange(number),
        "shared": lambda _first: nothing,
    }
    return Signals(**(plain | given))  # type: ignore[arg-type]  # by name
