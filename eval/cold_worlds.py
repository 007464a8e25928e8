"""Corpora in which nobody has worked on one meeting yet, and services on them."""

import datetime as dt
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ccs_qa.answer import load_judge
from ccs_qa.answer.select import load_selector
from ccs_qa.build import corpus_views, searched, splitter_settings
from ccs_qa.corpus import Corpus
from ccs_qa.encoder import Encoded, Encoder, Role
from ccs_qa.index import load_index, lock_folder, swap_in, write_index
from ccs_qa.known import Hints, KnownQuestions
from ccs_qa.records import LANGUAGES, Bilingual, Meeting, Passage
from ccs_qa.search import Retriever
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

World = tuple[dt.date, QAService]
_SEED = 7


class Remembering(Encoder):
    """An encoder that encodes each text once in each role; texts are encoded one by one.

    Attributes:
        identity: That of the encoder behind it.
        dimension: Likewise.
        window: Likewise.
    """

    def __init__(self, encoder: Encoder) -> None:
        """Stand before an encoder.

        Args:
            encoder: Encodes what is new.
        """
        self.identity = encoder.identity
        self.dimension = encoder.dimension
        self.window = encoder.window
        self._encoder = encoder
        self._kept: dict[tuple[str, Role], Encoded] = {}

    def count_tokens(self, text: str) -> int:
        """Count the content tokens of a text.

        Args:
            text: Any text.

        Returns:
            Number of tokens, up to the window.
        """
        return self._encoder.count_tokens(text)

    def spans(self, text: str, role: Role) -> npt.NDArray[np.int64]:
        """Tell where the content tokens of a text stand.

        Args:
            text: The text.
            role: Whether it is asked or answers.

        Returns:
            (content tokens, 2) first character and end of each.
        """
        return self._encoder.spans(text, role)

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Encode texts.

        Args:
            texts: The texts, at least one.
            role: Whether they are asked or answer.

        Returns:
            Pooled and token vectors, and where the tokens stand, in the order of the texts.
        """
        for text in texts:
            if (text, role) not in self._kept:
                self._kept[text, role] = self._encoder.encode([text], role)
        kept = [self._kept[text, role] for text in texts]
        return Encoded(
            np.stack([item.pooled[0] for item in kept]),
            tuple(item.tokens[0] for item in kept),
            tuple(places for item in kept for places in item.spans),
        )


def without_questions(known: KnownQuestions, passages: frozenset[str]) -> KnownQuestions:
    """Take away what was written for some passages.

    Args:
        known: The known questions.
        passages: Ids of the passages.

    Returns:
        The known questions less their hints, their share of the themes (a theme left without
        passages goes) and the near misses about them.
    """
    themes = (
        replace(theme, passages=tuple(name for name in theme.passages if name not in passages))
        for theme in known.themes
    )
    return KnownQuestions(
        hints={name: item for name, item in known.hints.items() if name not in passages},
        themes=tuple(theme for theme in themes if theme.passages),
        near_misses={
            name: item for name, item in known.near_misses.items() if name not in passages
        },
    )


def with_hints(
    known: KnownQuestions, whole: KnownQuestions, passages: frozenset[str], count: int | None
) -> KnownQuestions:
    """Give some of their hints back to passages that have none.

    Args:
        known: The known questions without those of the passages.
        whole: All known questions.
        passages: Ids of the passages.
        count: Hints a passage and language; None for all.

    Returns:
        The known questions with hints drawn at random; which ones depends on passage and
        language alone, and a larger draw holds every smaller one.
    """
    drawn = {
        name: Hints(*(_draw(name, item.get(language), count) for language in LANGUAGES))
        for name, item in whole.hints.items()
        if name in passages and count != 0
    }
    return replace(known, hints={**known.hints, **drawn})


def _draw(passage: str, questions: tuple[str, ...], count: int | None) -> tuple[str, ...]:
    rng = np.random.default_rng([_SEED, zlib.crc32(passage.encode())])
    return tuple(questions[at] for at in rng.permutation(len(questions))[:count])


def without_translation(meeting: Meeting) -> Meeting:
    """Leave of a meeting what the French page says.

    Args:
        meeting: The meeting.

    Returns:
        The meeting without English renditions, save of what stands in English alone.
    """
    return replace(
        meeting,
        heading=_french(meeting.heading),
        title=meeting.title and _untranslated(meeting.title),
        format=meeting.format and _untranslated(meeting.format),
        objective=tuple(_untranslated(passage) for passage in meeting.objective),
        sections=tuple(
            replace(
                section,
                heading=section.heading and _french(section.heading),
                passages=tuple(_untranslated(passage) for passage in section.passages),
            )
            for section in meeting.sections
        ),
    )


def _french(value: Bilingual) -> Bilingual:
    return replace(value, en=None) if value.fr is not None else value


def _untranslated(passage: Passage) -> Passage:
    return replace(
        passage,
        section=passage.section and _french(passage.section),
        lead_in=passage.lead_in and _french(passage.lead_in),
        renditions=_french(passage.renditions),
    )


def chill(corpus: Corpus, day: dt.date, *, translated: bool, hints: int | None = 0) -> Corpus:
    """Make a corpus in which nobody has worked on one meeting yet.

    Args:
        corpus: The corpus; its digest, which names files, is kept.
        day: The meeting.
        translated: Whether its translation stays.
        hints: Hints a passage and language that stay; None for all. Its share of the themes
            and the near misses about it go in any case.

    Returns:
        The corpus; the other meetings stay as they were.
    """
    passages = frozenset(passage.id for passage in corpus.meeting(day).passages)
    known = without_questions(corpus.known, passages)
    return replace(
        corpus,
        known=with_hints(known, corpus.known, passages, hints),
        meetings=tuple(
            item if translated or item.date != day else without_translation(item)
            for item in corpus.meetings
        ),
    )


def serve(corpus: Corpus, encoder: Encoder, settings: Settings) -> QAService:
    """Build the index of a corpus, as a maintainer would, and open the service on it.

    Args:
        corpus: The corpus.
        encoder: The model.
        settings: Limits; nothing is written to the folders that they name.

    Returns:
        The service.
    """
    splitter, passages = splitter_settings(encoder), searched(corpus)
    with tempfile.TemporaryDirectory() as folder:
        with lock_folder(Path(folder)) as scratch:
            manifest = write_index(
                scratch,
                passages=passages,
                views=corpus_views(corpus, passages, encoder, splitter),
                encoder=encoder,
                corpus=corpus.digest,
                splitter=splitter,
                progress=lambda _step, _done, _total: None,
            )
            swap_in(Path(folder), scratch, manifest)
        index = load_index(Path(folder))
    by_id = {passage.id: passage for passage in corpus.passages}
    retriever = Retriever(encoder, index, by_id, settings.candidates)
    return QAService(corpus, retriever, load_judge(), load_selector(), settings)


def worlds(
    corpus: Corpus,
    encoder: Encoder,
    settings: Settings,
    *,
    translated: bool = True,
    hints: int | None = 0,
) -> Iterator[World]:
    """Open the service with one meeting after another cold.

    Args:
        corpus: The corpus.
        encoder: The model.
        settings: Limits.
        translated: Whether the translation of the meeting stays.
        hints: Hints a passage and language that stay with it; None for all.

    Yields:
        The meeting and the service.
    """
    for meeting in corpus.meetings:
        cold = chill(corpus, meeting.date, translated=translated, hints=hints)
        yield meeting.date, serve(cold, encoder, settings)
