"""Writes the files of an index and reads them back."""

import datetime as dt
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Encoder, Vectors, unit_rows
from ccs_qa.encoder.folder import Progress
from ccs_qa.encoder.rows import Rows
from ccs_qa.errors import IndexDamagedError
from ccs_qa.index.encoded import EncodedViews, digest_view
from ccs_qa.index.lexical import LexicalIndex
from ccs_qa.index.search import SearchIndex
from ccs_qa.index.storage import (
    FORMAT,
    IndexManifest,
    check_files,
    digest_files,
    read_index_manifest,
)
from ccs_qa.index.views import ASKED, KINDS, SplitterSettings, View
from ccs_qa.records import LANGUAGES, Passage

# Views that are encoded before they are remembered: some seconds of work.
_BATCH = 512
_SCOPES = ("text", "all")
_LIBRARIES = ("faiss-cpu", "bm25s", "PyStemmer", "numpy", "sentence-transformers")


def encode_views(
    views: Sequence[View], encoder: Encoder, progress: Progress, memory: EncodedViews | None = None
) -> tuple[Vectors, tuple[Vectors, ...]]:
    """Encode every view, hints and near misses as questions and the rest as passages.

    Args:
        memory: What earlier builds encoded; None encodes all.

    Returns:
        (views, dimension) pooled vectors, and the token vectors of each view; none of a near
        miss, which is only compared whole.
    """
    digests = [digest_view(view) for view in views]
    known = memory.read(frozenset(digests)) if memory else {}
    new = [at for at, name in enumerate(digests) if name not in known]
    for start in range(0, len(new), _BATCH):
        progress("index.encode", start, len(new))
        batch = {digests[at]: _encode(views[at], encoder) for at in new[start : start + _BATCH]}
        known |= batch
        if memory:
            memory.write(list(batch), *map(list, zip(*batch.values(), strict=True)))
    progress("index.encode", len(new), len(new))
    pooled = [known[name][0] for name in digests]
    return (
        np.stack(pooled) if pooled else np.zeros((0, encoder.dimension), np.float32),
        tuple(known[name][1] for name in digests),
    )


def _encode(view: View, encoder: Encoder) -> tuple[Vectors, Vectors]:
    # One by one: the int8 network scales over a batch, so the neighbours of a text would tell.
    encoded = encoder.encode([view.text], "query" if view.kind in ASKED else "passage")
    return encoded.pooled[0], encoded.tokens[0][: 0 if view.kind == "near-miss" else None]


def centre_tokens(views: Sequence[View], tokens: Sequence[Vectors]) -> tuple[Vectors, Vectors]:
    """Centre token vectors on the mean of their role and scale them to unit length.

    The questions' mean comes from the hints, which are the only questions known when the
    index is built; without hints the passages' mean stands in.

    Returns:
        (token vectors, dimension) float32 in the order of the views, and (2, dimension)
        float32 means of passage and of question tokens.
    """
    of_hints = [rows for view, rows in zip(views, tokens, strict=True) if view.kind == "hint"]
    of_passages = [rows for view, rows in zip(views, tokens, strict=True) if view.kind not in ASKED]
    passage_mean = np.concatenate(of_passages).mean(axis=0)
    question_mean = np.concatenate(of_hints).mean(axis=0) if of_hints else passage_mean
    centred = [
        unit_rows(rows - (question_mean if view.kind == "hint" else passage_mean))
        for view, rows in zip(views, tokens, strict=True)
    ]
    return np.concatenate(centred), np.stack([passage_mean, question_mean]).astype(np.float32)


def edges_of(views: Sequence[View]) -> npt.NDArray[np.int64]:
    """List which view belongs to which passage.

    Returns:
        (2, edges) int64: positions of a passage and of one of its views, in ascending order.
    """
    pairs = sorted((position, at) for at, view in enumerate(views) for position in view.passages)
    return np.asarray(pairs, np.int64).reshape(-1, 2).T


def write_index(
    folder: Path,
    *,
    passages: Sequence[Passage],
    views: Sequence[View],
    encoder: Encoder,
    corpus: str,
    splitter: SplitterSettings,
    progress: Progress,
    parent: str | None = None,
    memory: EncodedViews | None = None,
) -> IndexManifest:
    """Encode the views and write every file of an index but its manifest.

    Args:
        parent: The edition that was in use before; None for the first.
        memory: What earlier builds encoded; None encodes all.

    Returns:
        The manifest, for `swap_in` to write.
    """
    pooled, tokens = encode_views(views, encoder, progress, memory)
    progress("index.write", 0, 1)
    centred, means = centre_tokens(views, tokens)
    # Exact: with so few views an approximate index would save nothing.
    vectors = faiss.IndexFlatIP(encoder.dimension)
    vectors.add(pooled)
    # Not by the library, which says of a full disk nothing that anybody could word.
    (folder / "vectors.faiss").write_bytes(faiss.serialize_index(vectors).tobytes())
    rows = Rows.quantise(centred)
    np.save(folder / "tokens.npy", rows.values)
    np.save(folder / "scales.npy", rows.scales)
    answering = [at for at, view in enumerate(views) if view.kind not in ASKED]
    np.save(folder / "means.npy", np.vstack([means, pooled[answering].mean(axis=0)]))
    lengths = [len(rows) for rows in tokens]
    np.savez(
        folder / "views.npz",
        passages=np.asarray([passage.id for passage in passages]),
        language=np.asarray([LANGUAGES.index(view.language) for view in views], np.int64),
        kind=np.asarray([KINDS.index(view.kind) for view in views], np.int64),
        start=np.cumsum([0, *lengths[:-1]], dtype=np.int64),
        edges=edges_of(views),
    )
    for language in LANGUAGES:
        for scope in _SCOPES:
            texts = [""] * len(passages)
            # The view with context holds the plain one: with both, each word would count twice.
            wanted = ("context",) if scope == "text" else ("context", "hint")
            for view in views:
                if view.language == language and view.kind in wanted:
                    for position in view.passages:
                        texts[position] += f" {view.text}"
            LexicalIndex.build(texts, language).save(folder / f"bm25-{language}-{scope}")
    progress("index.write", 1, 1)
    return IndexManifest(
        format=FORMAT,
        made=dt.datetime.now(dt.UTC).replace(microsecond=0),
        parent=parent,
        model=encoder.identity,
        dimension=encoder.dimension,
        corpus=corpus,
        splitter=splitter,
        counts={
            "meetings": len({passage.meeting for passage in passages}),
            "passages": len(passages),
            "views": len(views),
            "hints": sum(view.kind == "hint" for view in views),
            "near_misses": sum(view.kind == "near-miss" for view in views),
            "tokens": len(centred),
        },
        libraries={name: importlib.metadata.version(name) for name in _LIBRARIES},
        files=digest_files(folder),
    )


def load_index(edition: Path) -> SearchIndex:
    """Open the index of an edition, every file checked.

    Raises:
        IndexStaleError: It has another layout than this release reads.
        IndexDamagedError: A file is missing, altered or unreadable.
    """
    manifest = read_index_manifest(edition)
    # Before any is parsed: a damaged file could crash the library that reads it.
    check_files(edition, manifest)
    try:
        with np.load(edition / "views.npz", allow_pickle=False) as stored:
            views = {name: stored[name] for name in ("language", "kind", "start", "edges")}
            passages = tuple(str(item) for item in stored["passages"])
        return SearchIndex(
            manifest,
            passages,
            vectors=faiss.read_index(str(edition / "vectors.faiss")),
            views=views,
            # Mapped: processes on one machine share them, and no other file takes as much memory.
            tokens=Rows(
                np.load(edition / "tokens.npy", mmap_mode="r").view(np.ndarray),
                np.load(edition / "scales.npy"),
            ),
            means=np.load(edition / "means.npy"),
            lexical={
                (language, scope): LexicalIndex.load(
                    edition / f"bm25-{language}-{scope}", language, len(passages)
                )
                for language in LANGUAGES
                for scope in _SCOPES
            },
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise IndexDamagedError(file=edition.name) from error
