"""The command that pairs the lines of both languages, and tells which a person should look at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ccs_qa.cli.terminal import ERR, OUT, make_table, own_words
from ccs_qa.errors import ModelError
from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ccs_qa.corpus.pairing import PairedMeeting


def corpus_align() -> None:
    """Pair the lines of both languages by what they mean; name those to look at."""
    tell_pairs(load_settings())


def tell_pairs(settings: Settings, *, only_doubtful: bool = False) -> None:
    """Pair the corpus and tell how; where the model is not prepared, say what to do."""
    from ccs_qa.corpus.pairing import pair_corpus
    from ccs_qa.encoder.encoder import Encoder
    from ccs_qa.encoder.opening import open_encoder

    opened: list[Encoder] = []

    def embed(texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        # Only where there is something to pair: to load the model takes a while.
        if not opened:
            opened.append(open_encoder(settings.model, settings.cache, settings.threads))
        return opened[0].encode(texts, "passage").pooled

    words = own_words()
    try:
        found = pair_corpus(settings.corpus, embed)
    except ModelError:
        if not only_doubtful:
            raise
        ERR.print(words.text("cli.align.unread"), style="yellow")
        return
    if not only_doubtful:
        table = make_table("cli.date", "cli.align.pairs", "cli.align.unpaired", "cli.align.weakest")
        for row in found:
            alone = sum(item.kind in {"missing", "added"} for item in row.findings)
            sure = words.text("cli.align.reviewed") if row.weakest is None else f"{row.weakest:.2f}"
            table.add_row(row.meeting.isoformat(), str(len(row.links)), str(alone), sure)
        OUT.print(table, soft_wrap=False)
    for row in found:
        _print(row)


def _print(row: "PairedMeeting") -> None:
    words = own_words()
    for item in row.findings:
        text = words.text(f"cli.align.{item.kind}", meeting=words.date(row.meeting))
        OUT.print(text, style="bold")
        for language, lines in zip(row.languages, (item.ours, item.theirs), strict=True):
            for line in lines or ("—",):
                OUT.print(f"  {language.upper()}  {line}")
