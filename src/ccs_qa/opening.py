"""Puts the service together from the settings."""

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.findings import Finder
from ccs_qa.answer.forms import Former
from ccs_qa.answer.judge import load_judge
from ccs_qa.answer.outcome import Composer
from ccs_qa.answer.resolve import Resolver
from ccs_qa.answer.select import load_selector
from ccs_qa.answer.timeline import TopicResolver
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder, open_encoder
from ccs_qa.errors import IndexStaleError
from ccs_qa.generate.ask import AnswerGenerator
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.index.artefacts import load_index
from ccs_qa.index.build import refuse_stale
from ccs_qa.index.search import SearchIndex
from ccs_qa.search.marks import Marker
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.rank import Retriever
from ccs_qa.search.understand.heads import open_heads
from ccs_qa.search.understand.slips import open_speller
from ccs_qa.search.understand.understander import Understander
from ccs_qa.service import QAService
from ccs_qa.settings import Settings


def open_service(settings: Settings) -> QAService:
    """Load everything that answering needs.

    Raises:
        CcsQaError: The corpus, the model or the index cannot be used; an index built from
            another corpus or model is refused with both sides named.
    """
    corpus = load_corpus(settings.corpus)
    index = load_index(settings.index)
    if index.manifest.corpus != corpus.digest:  # said before the model is loaded
        raise IndexStaleError(what="corpus", built=index.manifest.corpus, now=corpus.digest)
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    refuse_stale(index.manifest, corpus, encoder)
    return make_service(corpus, encoder, index, settings)


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
