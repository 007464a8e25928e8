"""What reads a question with the words and the meetings of the real corpus."""

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.search.meetings.scope import ScopeFinder
from ccs_qa.search.understand.slips import Speller, open_speller


@pytest.fixture(scope="session")
def speller(corpus: Corpus) -> Speller:
    """Reads slips as words of the corpus."""
    return open_speller(corpus)


@pytest.fixture(scope="session")
def finder(corpus: Corpus) -> ScopeFinder:
    """Finds scopes among the real meetings."""
    return ScopeFinder(corpus.meetings)
