"""Checks quotes against their documents when they are served."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ccs_qa.records import Bilingual, Hit, Passage, Rendition

Verifier = Callable[[Rendition], bool]


def verify_hits(hits: Sequence[Hit], verify: Verifier) -> tuple[tuple[Hit, ...], int]:
    """Keep only what matches its document.

    Returns:
        The hits, without renditions that do not match and without passages that have none
        left, and how many renditions were dropped.
    """
    kept: list[Hit] = []
    dropped = 0
    for hit in hits:
        passage, lost = verify_passage(hit.passage, verify)
        dropped += lost
        if passage is not None:
            kept.append(hit if not lost else replace(hit, passage=passage))
    return tuple(kept), dropped


def verify_passage(passage: Passage, verify: Verifier) -> tuple[Passage | None, int]:
    """Keep the renditions of a passage that match their documents.

    Returns:
        The passage, or None when nothing of it matches, and how many renditions went.
    """
    both = passage.renditions
    fr = both.fr if both.fr is not None and verify(both.fr) else None
    en = both.en if both.en is not None and verify(both.en) else None
    lost = (both.fr is not fr) + (both.en is not en)
    if fr is None and en is None:
        return None, lost
    return (passage if not lost else replace(passage, renditions=Bilingual(fr, en))), lost
