"""The list of what the service consists of: whole, with licences and digests; the locks."""

import hashlib
import re
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs import sbom
from tests.conftest import ROOT

LOCKS = sorted((ROOT / "lock").glob("*.txt"))
LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """What is made of an environment with a linter beside what the service needs."""
    components = [
        {"bom-ref": item.name, "name": item.name, "version": item.version, "type": "library"}
        for item in distributions()
    ]
    edges = [{"ref": "root-component", "dependsOn": ["numpy", "ruff"]}, {"ref": "ruff"}]
    return sbom.whole({"components": components, "dependencies": edges, "specVersion": "1.6"})


def named(bill: dict[str, Any], kind: str) -> dict[str, Any]:
    """Components of a kind by their names."""
    return {item["name"]: item for item in bill["components"] if item["type"] == kind}


@pytest.mark.slow
def test_what_the_service_needs_is_there_and_what_works_on_it_is_not(bill: dict[str, Any]) -> None:
    """Each direct dependency, what those need in turn, what pages are bundled from; no linter."""
    found = {canonicalize_name(name) for name in named(bill, "library")}
    direct = [Requirement(text) for text in requires("ccs-qa") or () if "extra" not in text]
    assert {canonicalize_name(item.name) for item in direct} <= found
    assert {"starlette", "h11", "mako", "transformers", "@gcds-core/fonts"} <= found
    assert found.isdisjoint({"ruff", "pytest", "mypy", "esbuild", "typescript", "mutmut", "uv"})
    assert bill["dependencies"] == [{"ref": "root-component", "dependsOn": ["numpy"]}]


@pytest.mark.slow
def test_each_part_names_a_licence(bill: dict[str, Any]) -> None:
    """In words that a person can look up."""
    said = [sbom.licence(item) for item in bill["components"]]
    assert all(said)
    assert said.count("MIT") > 3


@pytest.mark.slow
def test_files_of_models_have_their_digests(bill: dict[str, Any]) -> None:
    """That of the wheel and what was learned here; each is 64 digits of SHA-256."""
    models = named(bill, "machine-learning-model")
    assert len(models) == 5
    adapter = ROOT / "src" / "ccs_qa" / "encoder" / "adapter.safetensors"
    (digest,) = models["ccs_qa/encoder/adapter.safetensors"]["hashes"]
    assert digest == {
        "alg": "SHA-256",
        "content": hashlib.sha256(adapter.read_bytes()).hexdigest(),
    }
    for item in models.values():
        assert re.fullmatch(r"[0-9a-f]{64}", item["hashes"][0]["content"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_each_line_of_a_lock_has_digests(lock: Path) -> None:
    """All but that of torch, which stands alone in a file that says so."""
    blocks = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    lines = [block for block in blocks if not block.startswith("#")]
    assert lines
    if lock.stem == "torch":
        assert len(lines) == 1
        assert "--hash" not in lines[0]
        return
    for block in lines:
        assert LINE.match(block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block


def test_the_locks_hold_what_is_asked_for() -> None:
    """Each direct dependency, each group, and torch, in a version that fits."""
    locked = {
        canonicalize_name(name): version
        for lock in LOCKS
        for name, version in LINE.findall(lock.read_text("utf-8"))
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in project["dependency-groups"].values():
        asked += group
    for group in project["project"]["optional-dependencies"].values():
        asked += group
    assert len(asked) > 60
    for text in asked:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), text
