"""What a plain script would do: the same model through torch, FAISS, the five nearest."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import faiss
import numpy as np
import torch
from sentence_transformers import SentenceTransformer

_NEAREST = 5


def plain_script(folder: Path, texts: Sequence[str]) -> Callable[[str], list[int]]:
    """Index texts as the tutorials do; the function finds the positions of the five nearest."""
    model = SentenceTransformer(str(folder), device="cpu")
    passages = [f"passage: {text}" for text in texts]
    vectors = model.encode(passages, normalize_embeddings=True, show_progress_bar=False)
    threads = os.cpu_count() or 1
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))

    def nearest(question: str) -> list[int]:
        # The embedded model leaves torch one thread; a plain script has them all.
        torch.set_num_threads(threads)
        asked = model.encode(
            [f"query: {question}"], normalize_embeddings=True, show_progress_bar=False
        )
        torch.set_num_threads(1)
        _, found = index.search(asked, _NEAREST)
        return [int(at) for at in found[0]]

    return nearest
