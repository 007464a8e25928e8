"""Serving runs the model without torch, and gives the vectors of sentence-transformers."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder, Role
from ccs_qa.encoder.folder import adapter_file, model_folder, read_manifest
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.encoder.session import OnnxSession
from ccs_qa.records import LANGUAGES
from ccs_qa.settings import Settings
from tests.conftest import ROOT

WILD = (
    "",
    " ",
    "\n\t\u200b",
    "?",
    "🙂👩\u200d👩\u200d👧 merci 🇨🇦",
    "œuvre ÇA n\u2019est\u00a0pas « vrai »",
    "e\u0301te\u0301 ﬁn ① Ａ",
    "\u0627\u0644\u062b\u0642\u0629 信任 доверие",
    "\ud7ff\ufffd\x07\x00",
    "<s> </s> <pad> <unk>",
    "query: passage: x",
    "mot " * 2000,
    "a" * 9000,
)
HEAVY = ("torch", "transformers", "sentence_transformers")


@pytest.fixture(scope="module")
def texts(corpus: Corpus) -> list[str]:
    """Wild ones, and every sixth of the passages and of the hints, in both languages."""
    said = [
        item.text
        for passage in corpus.passages[::6]
        for item in (passage.renditions.fr, passage.renditions.en)
        if item
    ]
    asked = [
        text
        for hints in list(corpus.known.hints.values())[::24]
        for language in LANGUAGES
        for text in hints.get(language)[:2]
    ]
    return [*WILD, *said, *asked]


@pytest.fixture(scope="module")
def wrapped(settings: Settings) -> Encoder:
    """The embedded model as it runs when an index is built."""
    return open_encoder(settings.model, settings.cache, settings.threads, wrapped=True)


@pytest.mark.parametrize("role", ["query", "passage"])
def test_serving_gives_the_vectors_of_building_to_the_last_bit(
    encoder: Encoder, wrapped: Encoder, texts: list[str], role: Role
) -> None:
    """Pooled vectors, token vectors, places of tokens, and all that is told of the model."""
    assert len(texts) > 60
    lean, built = encoder.encode(texts, role), wrapped.encode(texts, role)
    assert np.array_equal(lean.pooled, built.pooled)
    for one, other in zip(lean.tokens + lean.spans, built.tokens + built.spans, strict=True):
        assert np.array_equal(one, other)
    for name in ("identity", "dimension", "window"):
        assert getattr(encoder, name) == getattr(wrapped, name)


def test_a_padded_batch_is_the_same_both_ways(settings: Settings, texts: list[str]) -> None:
    """Unlike lengths in one forward pass, filled up alike."""
    from ccs_qa.encoder.wrapper import wrap_session

    batch = ["?", *(text for text in texts if text not in WILD)][:8]
    folder = model_folder(settings.cache, adapter_file(settings.model))
    session = OnnxSession(folder, read_manifest(folder), settings.threads)
    (features, lean), (again, built) = (
        network.forward(batch, "query: ") for network in (session, wrap_session(session))
    )
    assert features.mask.min() == 0
    assert np.array_equal(features.ids, again.ids)
    assert np.array_equal(features.mask, again.mask)
    assert np.array_equal(lean.tokens, built.tokens)
    assert np.array_equal(lean.pooled, built.pooled)


def test_questions_encoded_at_once_have_the_vectors_of_one_after_another(
    settings: Settings, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight threads, one session: to the last bit, no more at work than there are cores."""
    encoder = open_encoder(settings.model, settings.cache, threads=1)
    session = encoder._network
    assert isinstance(session, OnnxSession)
    network, at_work, most = session._session, Counter[int](), list[int]()

    def run(*given: object) -> object:
        at_work[threading.get_ident()] += 1
        most.append(at_work.total())
        found = network.run(*given)
        at_work[threading.get_ident()] -= 1
        return found

    one_by_one = encoder.encode(texts, "query").pooled
    monkeypatch.setattr(session, "_session", SimpleNamespace(run=run))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.encode([text], "query").pooled[0], texts))
    assert np.array_equal(np.stack(found), one_by_one)
    assert max(most) <= (os.cpu_count() or 1)
    assert np.array_equal(
        one_by_one, open_encoder(settings.model, settings.cache, 0).encode(texts, "query").pooled
    )


_SERVED = """
from fastapi.testclient import TestClient
from ccs_qa.http.app import build_app
from ccs_qa.opening import open_service
from ccs_qa.settings import load_settings
import ccs_qa.cli.main
with TestClient(build_app(load_settings(), open_service), base_url="http://127.0.0.1") as client:
    assert client.post("/api/v1/ask", json={"question": "La confiance du public?"}).is_success
    assert client.get("/en/", params={"q": "trust"}).is_success
"""
_ASKED = """
from ccs_qa.cli.main import app
app(["{command}", "trust", "--json"], standalone_mode=False)
"""


@pytest.mark.parametrize(
    "program", [_SERVED, _ASKED.format(command="ask"), _ASKED.format(command="search")]
)
def test_neither_serving_nor_asking_loads_torch(settings: Settings, program: str) -> None:
    """What a fresh process has loaded once it has answered."""
    told = "\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    environment = {
        **os.environ,
        "CCS_QA_DATABASE": settings.database.get_secret_value(),
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program + told],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    loaded = json.loads(done.stdout.rsplit("\n", 2)[-2])
    assert "onnxruntime" in loaded
    assert not {name.partition(".")[0] for name in loaded}.intersection(HEAVY)
