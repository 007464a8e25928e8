"""Puts the service together from the settings."""

from dataclasses import replace
from pathlib import Path

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.findings import Finder
from ccs_qa.answer.forms import Former
from ccs_qa.answer.judge import load_judge
from ccs_qa.answer.outcome import Composer
from ccs_qa.answer.resolve import Resolver
from ccs_qa.answer.select import load_selector
from ccs_qa.answer.timeline import TopicResolver
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.generate.ask import AnswerGenerator
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.index.artefacts import load_index
from ccs_qa.index.build import refuse_stale
from ccs_qa.index.search import SearchIndex
from ccs_qa.index.storage import CORPUS, current_edition
from ccs_qa.search.marks import Marker
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.rank import Retriever
from ccs_qa.search.understand.heads import open_heads
from ccs_qa.search.understand.slips import open_speller
from ccs_qa.search.understand.understander import Understander
from ccs_qa.service import QAService
from ccs_qa.settings import Settings


def open_service(settings: Settings) -> QAService:
    """Load the edition in use and everything else that answering needs.

    Raises:
        CcsQaError: The model or the edition cannot be used; an index built with another model is
            refused with both sides named.
    """
    edition = current_edition(settings.index)
    # What is damaged, or of another model, is said before the model is loaded.
    index = load_index(edition)
    made_with = index.manifest.model
    encoder = open_encoder(settings.model, settings.cache, settings.threads, expected=made_with)
    return _answer_from(edition, index, encoder, settings)


def open_edition(edition: Path, encoder: Encoder, settings: Settings) -> QAService:
    """Answer from an edition: its index, and the pages that it was built from.

    Raises:
        CcsQaError: It cannot be used.
    """
    return _answer_from(edition, load_index(edition), encoder, settings)


def _answer_from(
    edition: Path, index: SearchIndex, encoder: Encoder, settings: Settings
) -> QAService:
    corpus = load_corpus(edition / CORPUS)
    refuse_stale(index.manifest, corpus, encoder)
    return replace(make_service(corpus, encoder, index, settings), edition=edition.name)


def make_service(
    corpus: Corpus, encoder: Encoder, index: SearchIndex, settings: Settings
) -> QAService:
    """Put the service together over an index of a corpus.

    Raises:
        SettingsError: The address of the language model cannot be used, or it is not named.
    """
    passages = {passage.id: passage for passage in corpus.passages}
    retriever = Retriever(encoder, index, passages, settings.candidates)
    judge, selector, blocks = load_judge(), load_selector(), Blocks(corpus)
    names = Names.read(corpus.meetings, corpus.names, corpus.disclaimer)
    endpoint = open_endpoint(settings)
    return QAService(
        corpus=corpus,
        retriever=retriever,
        understander=Understander(
            corpus.meetings,
            settings.max_question,
            encoder,
            open_heads(encoder.identity),
            names=names,
            speller=open_speller(corpus),
        ),
        finder=Finder(corpus, retriever, judge, selector),
        resolver=Resolver(
            corpus,
            names,
            TopicResolver(corpus, names),
            Former(corpus, index, blocks, selector),
            judge,
        ),
        judge=judge,
        composer=Composer(corpus, blocks, selector, Marker(encoder, index)),
        max_history=settings.max_history,
        generator=AnswerGenerator(endpoint) if endpoint else None,
        endpoint=endpoint,
    )
