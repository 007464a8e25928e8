"""Pages in, meetings and passages out: text and records only."""

from ccs_qa.corpus.drafts import (
    DraftLine,
    DraftPage,
    Missing,
    can_stand,
    compose_page,
    find_missing,
    write_page,
)
from ccs_qa.corpus.importer import PageSource, import_page, refresh_manifest
from ccs_qa.corpus.library import Corpus, check_corpus, load_corpus
from ccs_qa.corpus.splitter import split_spans

__all__ = [
    "Corpus",
    "DraftLine",
    "DraftPage",
    "Missing",
    "PageSource",
    "can_stand",
    "check_corpus",
    "compose_page",
    "find_missing",
    "import_page",
    "load_corpus",
    "refresh_manifest",
    "split_spans",
    "write_page",
]
