"""The built style sheet, client and fonts: named, kept, compressed, light, our own."""

import gzip
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse
from typer.testing import CliRunner

from ccs_qa.cli import main as cli
from ccs_qa.errors import AssetsMissingError
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.assets import load_assets, page_caching, read_assets
from ccs_qa.messages.wording import word_error
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import ROOT

WEB = ROOT / "web"
BUILT = WEB / "static" / "built"
# What is promised for a page with its style sheet and client, compressed, fonts aside.
MOST_BYTES = 60 * 1000
YEAR = "public, max-age=31536000, immutable"


def loaded(client: TestClient, path: str) -> list[str]:
    """List the addresses that a page loads."""
    soup = BeautifulSoup(client.get(path).text, "html.parser")
    return [str(tag.get("src") or tag.get("href")) for tag in soup.select("link[href], [src]")]


def test_a_page_loads_what_was_built_under_names_with_a_hash(client: TestClient) -> None:
    """One style sheet, one icon, one module."""
    style, icon, script = loaded(client, "/en/")
    assert re.fullmatch(r"/static/built/main-[0-9A-Z]{8}\.css", style)
    assert icon == "/static/icon.svg"
    assert re.fullmatch(r"/static/built/main-[0-9A-Z]{8}\.js", script)
    assert (style, script) == tuple(map(load_assets().address, ("main.css", "main.js")))


@pytest.mark.slow
def test_the_manifest_names_every_built_file() -> None:
    """Nothing of an earlier build is left, and each font is woff2."""
    names = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    lying = {item.name for item in BUILT.iterdir()}
    assert lying == {*names.values(), "manifest.json", "licences.txt"}
    for source, file in names.items():
        stem, _, ending = source.rpartition(".")
        assert re.fullmatch(rf"{stem}-[0-9A-Z]{{8}}\.{ending}", file)
        assert ending in {"css", "js", "woff2"}


def test_hashed_files_are_kept_for_a_year_and_others_briefly(client: TestClient) -> None:
    """The same is said when a browser asks whether its copy is still good."""
    style, icon, _ = loaded(client, "/fr/")
    for address, kept in ((style, YEAR), (icon, "public, max-age=300")):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert {first.headers["cache-control"], again.headers["cache-control"]} == {kept}
    assert client.get("/static/built/manifest.json").headers["cache-control"] != YEAR


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/en/", "no-cache"),
        ("/fr/meetings", "no-cache"),
        ("/fr/nothing", "no-cache"),
        ("/en/?q=trust", "no-store"),
        ("/fr/search?q=confiance", "no-store"),
        ("/fr/timeline?topic=confiance", "no-store"),
        ("/en/download.txt?q=trust", "no-store"),
        ("/api/v1/timeline?topic=trust", "no-store"),
    ],
)
def test_nothing_keeps_a_page_with_a_question(client: TestClient, path: str, kept: str) -> None:
    """Other pages are asked for anew each time."""
    assert client.get(path).headers["cache-control"] == kept


def test_what_was_posted_is_not_kept(client: TestClient) -> None:
    """An answer of the API holds its question."""
    answered = client.post("/api/v1/search", json={"question": "trust"})
    assert answered.headers["cache-control"] == "no-store"
    assert page_caching("POST", "", "text/html") == "no-store"
    assert page_caching("GET", "", "application/json") is None


@pytest.mark.parametrize("path", ["/fr/meetings", "/api/v1/meetings", "main.css"])
def test_text_is_compressed_for_who_asks(client: TestClient, path: str) -> None:
    """A page, JSON and the style sheet, the same as without."""
    address = load_assets().address(path) if path == "main.css" else path
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content


def test_events_are_not_held_back_by_compression(settings: Settings, service: QAService) -> None:
    """A stream of events leaves as it is written."""
    app = build_app(settings, lambda _: service)

    @app.get("/api/events")
    def events() -> StreamingResponse:
        return StreamingResponse(iter(["data: x\n\n"] * 500), media_type="text/event-stream")

    with TestClient(app) as client:
        response = client.get("/api/events", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in response.headers
    assert response.text == "data: x\n\n" * 500


@pytest.mark.parametrize("path", ["/en/", "/en/?q=How+could+AI+help+call+centres%3F"])
def test_a_page_is_light(client: TestClient, path: str) -> None:
    """HTML, style sheet and client take 60 kB compressed at most, fonts aside."""
    bodies = [client.get(address).content for address in (path, *loaded(client, path))]
    assert len(bodies) == 4
    assert sum(len(gzip.compress(body)) for body in bodies) <= MOST_BYTES


def test_nothing_built_points_elsewhere(client: TestClient) -> None:
    """No address of another site, no import left, and each font is there."""
    names = load_assets().names
    style = (BUILT / names["main.css"]).read_text("utf-8")
    for text in (style, (BUILT / names["main.js"]).read_text("utf-8")):
        assert not re.search(r"https?:|@import|url\([\"']?(?://|data:)|sourceMappingURL", text)
    fonts = re.findall(r"url\([\"']?\./([^)\"']+)", style)
    assert sorted(fonts) == sorted(file for file in names.values() if file.endswith(".woff2"))
    for font in fonts:
        response = client.get(f"/static/built/{font}")
        assert response.headers["content-type"] == "font/woff2"
        assert response.content[:4] == b"wOF2"


@pytest.mark.slow
def test_what_is_vendored_may_be_and_its_licences_travel_with_it() -> None:
    """Tokens under MIT, fonts under the Open Font License; versions pinned, no host named."""
    package = json.loads((WEB / "package.json").read_text("utf-8"))
    pinned = package["dependencies"] | package["devDependencies"]
    assert [value for value in pinned.values() if not re.fullmatch(r"[\d.]+", value)] == []
    lock = (WEB / "package-lock.json").read_text("utf-8")
    assert not re.search(r"://|\"resolved\"", lock)
    packages = json.loads(lock)["packages"]
    for name in package["dependencies"]:
        assert packages[f"node_modules/{name}"]["license"] in {"MIT", "Apache-2.0"}
    licences = (BUILT / "licences.txt").read_text("utf-8")
    assert licences.count("SIL OPEN FONT LICENSE") >= 2
    assert "MIT License" in licences


def test_without_a_build_the_next_step_is_said(tmp_path: Path) -> None:
    """Nothing built, half built, or a source that was never built: run `make assets`."""
    with pytest.raises(AssetsMissingError):
        read_assets(tmp_path)
    built = tmp_path / "built"
    built.mkdir()
    (built / "manifest.json").write_text('{"main.css": "main-1.css"}', "utf-8")
    with pytest.raises(AssetsMissingError):
        read_assets(tmp_path)
    (built / "main-1.css").touch()
    assets = read_assets(tmp_path)
    assert assets.address("main.css") == "/static/built/main-1.css"
    with pytest.raises(AssetsMissingError) as caught:
        assets.address("main.js")
    worded = word_error(caught.value)
    assert "main.js" in worded["en"].detail
    assert "“make assets”" in worded["en"].next
    assert "«\u00a0make assets\u00a0»" in worded["fr"].next


@pytest.mark.slow
def test_the_service_does_not_start_without_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says why, in both languages, and leaves with 1."""

    def missing() -> None:
        raise AssetsMissingError(folder="built", name="manifest.json")

    monkeypatch.setattr("ccs_qa.http.app.load_assets", missing)
    monkeypatch.setattr("ccs_qa.http.pages.routes.load_assets", missing)
    result = CliRunner().invoke(cli.app, ["serve"])
    assert result.exit_code == 1
    assert result.stderr.count("make assets") == 2
