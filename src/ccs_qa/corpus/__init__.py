"""Pages in, meetings and passages out: text and records only."""

from ccs_qa.corpus.importer import PageSource, import_page, refresh_manifest
from ccs_qa.corpus.library import Corpus, Finding, check_corpus, load_corpus
from ccs_qa.corpus.merge import AlignmentRow
from ccs_qa.corpus.splitter import split_spans

__all__ = [
    "AlignmentRow",
    "Corpus",
    "Finding",
    "PageSource",
    "check_corpus",
    "import_page",
    "load_corpus",
    "refresh_manifest",
    "split_spans",
]
