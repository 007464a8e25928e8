"""Leaves out the pieces that no French or English text is cut into.

Half of the 250,002 pieces are of other scripts. Single characters stay, whatever their script: no
text becomes unknown, and one in another script is read character by character.
"""

import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from onnx.external_data_helper import set_external_data

from ccs_qa.encoder.folder import TABLE_FILE
from ccs_qa.encoder.wheel import Vocabulary

# What a letter, mark or digit of Latin text is called in Unicode.
_LATIN = ("LATIN", "DIGIT", "COMBINING", "MODIFIER", "FEMININE", "MASCULINE")
_METASPACE = "\u2581"


def _is_latin(character: str) -> bool:
    spoken = unicodedata.category(character)[0] in "LM" or character.isdigit()
    return not spoken or unicodedata.name(character, "").startswith(_LATIN)


def kept_pieces(vocabulary: Vocabulary) -> npt.NDArray[np.int64]:
    """List the ids that stay, ascending: framing tokens, Latin pieces and single characters."""
    framing = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk}
    # What is unknown scores below the lowest piece: that one stays, so the score does.
    framing.add(min(range(len(vocabulary.scores)), key=vocabulary.scores.__getitem__))
    kept = [
        at
        for at, piece in enumerate(vocabulary.pieces)
        if at in framing or len(piece.removeprefix(_METASPACE)) <= 1 or all(map(_is_latin, piece))
    ]
    return np.asarray(kept, np.int64)


def cut_vocabulary(vocabulary: Vocabulary, kept: npt.NDArray[np.int64]) -> Vocabulary:
    """Leave some pieces, ascending, in their order."""
    places = {int(old): new for new, old in enumerate(kept)}
    return replace(
        vocabulary,
        pieces=tuple(vocabulary.pieces[at] for at in kept),
        scores=tuple(vocabulary.scores[at] for at in kept),
        bos=places[vocabulary.bos],
        eos=places[vocabulary.eos],
        pad=places[vocabulary.pad],
        unk=places[vocabulary.unk],
    )


def cut_network(source: Path, target: Path, kept: npt.NDArray[np.int64], size: int) -> None:
    """Leave some rows of the table of embeddings, each as it was quantised among all of them.

    Args:
        target: File to write; the table lies beside it as `model.table`, from where processes map
            and share it.
        size: Rows of the table in the source.
    """
    model = onnx.load(source)
    (table,) = (item for item in model.graph.initializer if item.dims[:1] == [size])
    table.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(table)[kept], table.name))
    set_external_data(table, TABLE_FILE)
    onnx.save(model, target)
    # Whoever may read the network may read its table: the library keeps that to its writer.
    target.with_name(TABLE_FILE).chmod(target.stat().st_mode)
