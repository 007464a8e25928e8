"""The service over the injected copy of the corpus, beside the one over the clean corpus."""

import json
from dataclasses import dataclass

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.index.build import build_index
from ccs_qa.opening import open_service
from ccs_qa.records import Answer, Language, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import ROOT
from tests.injected.injected import Injected, inject

_EACH = 15
# Two passages for each kind of order.
_ORDERED = 18
_TYPES = {"factual", "yes/no", "list", "vague"}


@dataclass(frozen=True)
class Asked:
    """A question of the development set and its answer from the clean corpus."""

    question: str
    language: Language
    answer: Answer


@pytest.fixture(scope="session")
def asked(service: QAService) -> list[Asked]:
    """Fifteen questions a language that the clean corpus answers, about different passages."""
    found: list[Asked] = []
    seen: set[tuple[str, str]] = set()
    for line in (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        same = [item for item in found if item.language == row["lang"]]
        asks = row["answerable"] and row["type"] in _TYPES and not row.get("history")
        if not asks or len(same) == _EACH:
            continue
        answer = service.ask(Question(row["question"], language=row["lang"]))
        if answer.status != "answered" or answer.query.intent != "topic":
            continue
        first = (row["lang"], answer.citations[0].hit.passage.id)
        if first not in seen:
            seen.add(first)
            found.append(Asked(row["question"], row["lang"], answer))
    return found


@pytest.fixture(scope="session")
def injected(
    tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, asked: list[Asked]
) -> Injected:
    """The copy: eighteen passages that a question finds first give an order."""
    first = dict.fromkeys(item.answer.citations[0].hit.passage.id for item in asked)
    return inject(tmp_path_factory.mktemp("injected") / "corpus", corpus, tuple(first)[:_ORDERED])


@pytest.fixture(scope="session")
def injected_settings(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, injected: Injected
) -> Settings:
    """The settings for the copy, its index built."""
    folder = tmp_path_factory.mktemp("injected-index")
    found = settings.model_copy(update={"corpus": injected.folder, "index": folder})
    build_index(found, lambda _step, _done, _total: None)
    return found


@pytest.fixture(scope="session")
def injected_service(injected_settings: Settings) -> QAService:
    """The service over the copy, without a language model."""
    return open_service(injected_settings)
