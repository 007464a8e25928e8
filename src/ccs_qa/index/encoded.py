"""Remembers the vectors of the views that a build encoded, so that the next encodes only new ones.

<cache>/views/<model>/<part>.npz   some views each: digests, pooled vectors, token vectors, lengths

A part is written once, under a name that nobody else uses, and moved into place whole: a build that
is killed goes on where it stopped, and several may run at once. The archive has a checksum of each
array; a part that cannot be read is as good as none.
"""

import hashlib
import os
import secrets
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ccs_qa.encoder.encoder import Vectors
from ccs_qa.index.views import ASKED, View

# Seconds after which a part that no build read goes.
_KEPT = 90 * 24 * 3600


def digest_view(view: View) -> bytes:
    """Name what is encoded of a view: its text, in its role; 16 bytes."""
    role = view.kind if view.kind in ASKED else "passage"
    return hashlib.sha256(f"{role}\n{view.text}".encode()).digest()[:16]


class EncodedViews:
    """What was encoded by one model; exact, to the last bit."""

    def __init__(self, cache: Path, model: str) -> None:
        """Open the folder of a model; nothing is read yet."""
        self._folder = cache / "views" / hashlib.sha256(model.encode()).hexdigest()[:16]

    def read(self, wanted: frozenset[bytes]) -> dict[bytes, tuple[Vectors, Vectors]]:
        """Find the pooled (dimension,) and the token (tokens, dimension) vectors of views."""
        found: dict[bytes, tuple[Vectors, Vectors]] = {}
        for part in sorted(self._folder.glob("*.npz")):
            try:
                with part.open("rb") as handle, np.load(handle, allow_pickle=False) as stored:
                    names = [row.tobytes() for row in stored["digests"]]
                    if wanted.isdisjoint(names):
                        self._let_go(part)
                        continue
                    starts = np.cumsum(stored["lengths"])[:-1]
                    rows = zip(stored["pooled"], np.split(stored["tokens"], starts), strict=True)
                    pairs = zip(names, rows, strict=True)
                    found.update((name, row) for name, row in pairs if name in wanted)
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                part.unlink(missing_ok=True)
            else:
                os.utime(part)
        return found

    def write(
        self, digests: Sequence[bytes], pooled: Sequence[Vectors], tokens: Sequence[Vectors]
    ) -> None:
        """Remember some views."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f".{secrets.token_hex(8)}"
        try:
            with scratch.open("wb") as handle:
                np.savez(
                    handle,
                    digests=np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1),
                    pooled=np.stack(pooled),
                    tokens=np.concatenate(tokens),
                    lengths=np.asarray([len(rows) for rows in tokens], np.int64),
                )
            scratch.rename(scratch.with_name(f"{scratch.name[1:]}.npz"))
        finally:
            scratch.unlink(missing_ok=True)

    @staticmethod
    def _let_go(part: Path) -> None:
        if time.time() - part.stat().st_mtime > _KEPT:
            part.unlink(missing_ok=True)
