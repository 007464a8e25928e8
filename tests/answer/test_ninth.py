"""A ninth meeting is answered about as the others are, without any code written for it."""

from collections.abc import Mapping

import pytest

from ccs_qa.encoder.encoder import Encoder
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.answer.records_table import read_rows
from tests.answer.test_digests import unlike as ill_outlined
from tests.answer.test_digests import wordings
from tests.answer.test_records_table import unlike
from tests.ninth import NINE, NINTH, nine_services

ROWS = read_rows("records_ninth.tsv")


@pytest.fixture(scope="module")
def nine(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, settings: Settings
) -> Mapping[str, QAService]:
    """The service after a ninth meeting was added, without and with its translation."""
    alone, translated = nine_services(tmp_path_factory.mktemp("nine"), encoder, settings)
    return {"alone": alone, "translated": translated}


@pytest.mark.parametrize("world", ["alone", "translated"])
def test_it_takes_its_place(nine: Mapping[str, QAService], world: str) -> None:
    """A fictional meeting, imported as `docs/corpus.md` says: the records count it at once."""
    rows = [row for row in ROWS if world == "translated" or not row.kind.endswith("*")]
    assert len(rows) > 50
    assert unlike(nine[world], rows, NINE) == []


def test_it_is_outlined(nine: Mapping[str, QAService]) -> None:
    """Nobody wrote hints for it: its sections are read off the page.

    The last French wording is taken for a question about a topic on that date.
    """
    every = wordings(NINTH)
    asked = [*every[:3], *every[4:]]

    french = [item for item in asked if item[0] == "fr"]
    assert ill_outlined(nine["alone"], NINTH, french) == []
    assert ill_outlined(nine["translated"], NINTH, asked) == []
