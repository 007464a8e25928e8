"""A running service answers from the edition in use, and from the one before where it cannot be."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.index.build import build_index
from ccs_qa.index.storage import current_edition, use_edition
from ccs_qa.opening import open_service
from ccs_qa.settings import Settings
from tests.http.mcp.test_ways import HEADERS
from tests.index.test_storage import add_line, quietly, shrink

# So often it is looked for; each time the service had one look of its own.
LOOKS = 600
ASKED = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"question": "Les phares?"}},
}
SAID = "Les phares devraient rester allumés toute l'année."
QUESTION = "Les phares devraient-ils rester allumés toute l'année?"


@pytest.fixture(scope="module")
def published(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, TestClient]]:
    """A service of one meeting, that looks for another edition all the time."""
    folder = tmp_path_factory.mktemp("published")
    own = settings.model_copy(
        update={
            "corpus": Path(shutil.copytree(settings.corpus, folder / "corpus")),
            "index": folder / "index",
            "reload": 0.1,
            "local_admin": True,
        }
    )
    shrink(own.corpus)
    build_index(own, quietly)
    app = build_app(own, open_service)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 9)) as client:
        yield own, client


def await_edition(client: TestClient, name: str, field: str = "edition") -> None:
    """Wait until the service says of an edition that it answers, or that it was refused."""
    for _ in range(LOOKS):
        if client.get("/health/ready").json()[field] == name:
            return
        time.sleep(0.1)
    pytest.fail(f"{name} is not {field}")


def quotes(client: TestClient) -> list[str]:
    """Ask about lighthouses through the API."""
    body = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    return [item["text"] for item in body["citations"]]


def test_what_is_published_is_answered_and_undone(
    published: tuple[Settings, TestClient],
) -> None:
    """A line is added and built: every channel quotes it, without a restart; undone, none does."""
    settings, client = published
    first = current_edition(settings.index).name
    index_id = client.get("/health/ready").json()["index_id"]
    assert SAID not in quotes(client)
    add_line(settings.corpus, SAID)
    assert SAID not in quotes(client)
    build_index(settings, quietly)
    second = current_edition(settings.index).name
    await_edition(client, second)
    assert SAID in quotes(client)
    assert client.get("/health/ready").json()["index_id"] != index_id
    page_of_it = BeautifulSoup(client.get("/fr/", params={"q": QUESTION}).text, "html.parser")
    assert SAID in page_of_it.get_text()
    assert SAID in client.post("/mcp", json=ASKED, headers={**HEADERS, "Host": "localhost"}).text
    numbers = client.get("/metrics").text
    assert "ccs_qa_build_info" in numbers
    assert f'index_id="{index_id}"' not in numbers
    use_edition(settings.index, first)
    await_edition(client, first)
    assert SAID not in quotes(client)


def test_a_broken_edition_is_refused_and_the_one_before_answers(
    published: tuple[Settings, TestClient],
) -> None:
    """It is named; when another is put in use, all is well."""
    settings, client = published
    serving = client.get("/health/ready").json()["edition"]
    broken = settings.index / "broken"
    shutil.copytree(settings.index / serving, broken)
    (broken / "means.npy").write_bytes(b"")
    (settings.index / "CURRENT").write_text(broken.name)
    await_edition(client, broken.name, "refused")
    assert client.get("/health/ready").json()["edition"] == serving
    assert client.post("/api/v1/ask", json={"question": "passeports"}).status_code == 200
    shutil.rmtree(broken)
    build_index(settings, quietly)
    await_edition(client, current_edition(settings.index).name)
    assert client.get("/health/ready").json()["refused"] == ""
