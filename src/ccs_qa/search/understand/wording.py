"""A text with its vectors, whole or without the words that name no topic."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Encoder, Vectors, unit_rows
from ccs_qa.search.understand.heads import Word, split_words
from ccs_qa.text.strings import plain, sentences

Spans = npt.NDArray[np.int64]
Range = tuple[int, int]
# Longer texts are read piece by piece, since they would exceed the encoder's window.
_PIECE = 1000
_HYPHENS = ("-", "\N{HYPHEN}", "\N{NON-BREAKING HYPHEN}")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is searched for.

    Attributes:
        pooled: (dimension,) float32, unit length.
        around: (all tokens, dimension) float32, those of the text that it is taken from.
        kept: (tokens,) int64, which of these are its own; at least one.
        owners: (tokens,) int64, positions of their words; none where the tokenizer does not tell.
    """

    text: str
    pooled: Vectors
    around: Vectors
    kept: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    words: tuple[str, ...]

    @property
    def tokens(self) -> Vectors:
        """(tokens, dimension) float32 vectors."""
        return self.around[self.kept]


@dataclass(frozen=True, slots=True)
class Text:
    """An encoded text and where its tokens stand.

    Attributes:
        pooled: (dimension,) float32, unit length.
        tokens: (tokens, dimension) float32.
        spans: (tokens, 2) int64 places of the tokens; no rows where the tokenizer does not tell.
    """

    text: str
    words: tuple[Word, ...]
    pooled: Vectors
    tokens: Vectors
    spans: Spans

    @property
    def whole(self) -> Wording:
        """The wording as it stands."""
        return self._wording(self.text, self.pooled, np.ones(len(self.tokens), np.bool_))

    def _wording(self, text: str, pooled: Vectors, kept: npt.NDArray[np.bool_]) -> Wording:
        starts = [word.start for word in self.words]
        # Marks alone have tokens and no word to own them.
        spans = self.spans if starts else self.spans[:0]
        # By its last character: a token may begin with the space before its word.
        owners = np.searchsorted(starts, spans[:, 1] - 1, side="right") - 1
        return Wording(
            text,
            pooled,
            self.tokens,
            np.flatnonzero(kept),
            np.maximum(owners, 0)[kept[: len(owners)]],
            tuple(word.folded for word in self.words),
        )

    @property
    def word_vectors(self) -> Vectors:
        """(words, dimension) mean token vector of each word; zeros where its tokens are unknown."""
        starts = np.asarray([word.start for word in self.words])[:, None]
        ends = np.asarray([word.end for word in self.words])[:, None]
        inside = ((self.spans[:, 0] < ends) & (self.spans[:, 1] > starts)).astype(np.float32)
        number = np.maximum(inside.sum(axis=1, keepdims=True), 1)
        found: Vectors = inside @ self.tokens[: len(self.spans)] / number
        return found

    def joined(self, at: int) -> bool:
        """Tell whether a hyphen joins a word to the one before it."""
        return self.text[self.words[at - 1].end : self.words[at].start] in _HYPHENS

    def only(self, ranges: Sequence[Range]) -> Wording:
        """Keep what stands in some places, with its vectors; all where no token stands there."""
        text = " ".join(" ".join(self.text[begin:end] for begin, end in ranges).split())
        inside = np.zeros(len(self.tokens), np.bool_)
        for begin, end in ranges:
            inside[: len(self.spans)] |= (self.spans[:, 0] < end) & (self.spans[:, 1] > begin)
        if not inside.any() or not text:
            return self.whole
        if inside.all():
            return self._wording(text, self.pooled, inside)
        # The mean over its own tokens, read in the whole text: encoded alone they would mean less.
        return self._wording(text, unit_rows(self.tokens[inside].mean(axis=0)[None])[0], inside)


def encode_texts(texts: Sequence[str], encoder: Encoder) -> tuple[Text, ...]:
    """Encode texts as questions; long ones by their sentences, a few at a time."""
    pieces = [_pieces(plain(text)) for text in texts]
    encoded = encoder.encode([piece for parts in pieces for _, piece in parts], "query")
    found, at = [], 0
    for text, parts in zip(texts, pieces, strict=True):
        last = at + len(parts)
        spans = [
            places + start
            for places, (start, _) in zip(encoded.spans[at:last], parts, strict=False)
        ]
        weights = np.asarray([len(rows) for rows in encoded.tokens[at:last]], np.float32)
        found.append(
            Text(
                text,
                split_words(text),
                # By length: as the mean over all tokens would weigh the pieces.
                unit_rows((weights @ encoded.pooled[at:last])[None])[0],
                np.concatenate(encoded.tokens[at:last]),
                np.concatenate(spans) if spans else np.zeros((0, 2), np.int64),
            )
        )
        at = last
    return tuple(found)


class Texts:
    """The texts of one conversation, each encoded once, however it ends and is capitalised."""

    def __init__(self, encoder: Encoder) -> None:
        """Bind the model; nothing is encoded yet."""
        self._encoder = encoder
        self._read: dict[str, Text] = {}

    def __call__(self, texts: Sequence[str]) -> tuple[Text, ...]:
        """Encode texts as `encode_texts` does."""
        fresh = {wording: text for text in texts if (wording := plain(text)) not in self._read}
        encoded = encode_texts(tuple(fresh.values()), self._encoder)
        self._read.update(zip(fresh, encoded, strict=True))
        return tuple(_typed(self._read[plain(text)], text) for text in texts)


def _typed(read: Text, text: str) -> Text:
    """The same as it was typed this time: places and vectors are those of its plain wording."""
    return read if read.text == text else replace(read, text=text, words=split_words(text))


def _pieces(text: str) -> list[tuple[int, str]]:
    """Cut a text into runs of whole sentences, each with its first place."""
    if len(text) <= _PIECE:
        return [(0, text)]
    found: list[tuple[int, str]] = []
    at = 0
    for sentence in sentences(text):
        begin = text.index(sentence, at)
        at = begin + len(sentence)
        # A sentence may itself exceed the window.
        for start in range(begin, at, _PIECE):
            piece = text[start : min(at, start + _PIECE)]
            first = found[-1][0] if found else 0
            if found and start + len(piece) - first <= _PIECE:
                found[-1] = (first, text[first : start + len(piece)])
            else:
                found.append((start, piece))
    return found
