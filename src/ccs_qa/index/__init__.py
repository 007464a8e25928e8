"""The only room that knows FAISS and BM25: build, keep, swap and search the index."""

from ccs_qa.index.artefacts import load_index, write_index
from ccs_qa.index.lexical import LexicalIndex, stems, stop_words, terms
from ccs_qa.index.search import LegScores, SearchIndex
from ccs_qa.index.storage import (
    IndexManifest,
    check_files,
    current_version,
    lock_folder,
    read_index_manifest,
    swap_in,
)
from ccs_qa.index.views import SplitterSettings, View, ViewKind, make_views

__all__ = [
    "IndexManifest",
    "LegScores",
    "LexicalIndex",
    "SearchIndex",
    "SplitterSettings",
    "View",
    "ViewKind",
    "check_files",
    "current_version",
    "load_index",
    "lock_folder",
    "make_views",
    "read_index_manifest",
    "stems",
    "stop_words",
    "swap_in",
    "terms",
    "write_index",
]
