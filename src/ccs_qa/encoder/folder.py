"""Which model a name means, and the folder in which the embedded one lies prepared.

The folder holds `model.onnx` (int8) with its table of embeddings, `tokenizer.json` and
`manifest.json`, which names every file with its checksum, the pooling and the prompts.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ccs_qa.errors import ModelError
from ccs_qa.files import digest_file

# Called with the step, the work done and the work in all.
Progress = Callable[[str, int, int], None]
EMBEDDED = "embedded"
EMBEDDED_BASE = "embedded-base"
SHIPPED_ADAPTER = Path(__file__).with_name("adapter.safetensors")
FORMAT = 5
MODEL_FILE = "model.onnx"
TABLE_FILE = "model.table"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"


def is_embedded(name: str) -> bool:
    """Tell whether a model is the embedded one."""
    return name in {EMBEDDED, EMBEDDED_BASE} or name.startswith(f"{EMBEDDED}:")


def adapter_file(name: str) -> Path | None:
    """Find the adapter of an embedded model.

    Returns:
        The shipped adapter for `embedded`, none for `embedded-base`, the named file for
        `embedded:FILE`.

    Raises:
        ModelError: There is no such file.
    """
    if name == EMBEDDED:
        return SHIPPED_ADAPTER if SHIPPED_ADAPTER.is_file() else None
    if name == EMBEDDED_BASE:
        return None
    path = Path(name.partition(":")[2])
    if not path.is_file():
        raise ModelError(problem="load", found=str(path))
    return path


def adapter_digest(path: Path | None) -> str:
    """Name an adapter by its content, in eight hex digits; `base` for none."""
    if path is None:
        return "base"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


class ModelManifest(BaseModel):
    """What a prepared model folder holds.

    Attributes:
        format: Layout of the folder; raised when the preparation changes.
        adapter: Name of the adapter merged into the weights; `base` for none.
        dimension: Width of a vector.
        window: Longest input in tokens, framing tokens included.
        files: sha256 of each file beside the manifest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    name: str
    source: str
    source_sha256: str
    adapter: str
    precision: Literal["int8"]
    pooling: Literal["mean"]
    dimension: int
    window: int
    prompts: dict[Literal["query", "passage"], str]
    files: dict[str, str]
    versions: dict[str, str]

    @property
    def identity(self) -> str:
        """The name by which an index remembers the model that made it."""
        network = "\n".join(self.files[name] for name in (MODEL_FILE, TABLE_FILE))
        return f"{self.name}+{self.precision}@{hashlib.sha256(network.encode()).hexdigest()[:16]}"


def model_folder(cache: Path, adapter: Path | None) -> Path:
    """Name the folder of the embedded model with an adapter, or none, whether it exists or not."""
    return cache / f"multilingual-e5-small-int8-v{FORMAT}-{adapter_digest(adapter)}"


def read_manifest(folder: Path) -> ModelManifest:
    """Read the manifest of a prepared model and check its files.

    Raises:
        ModelError: There is no model, or a file is missing, altered or of another layout.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise ModelError(problem="missing", found=folder.name)
    try:
        manifest = ModelManifest.model_validate_json(path.read_bytes())
    except ValidationError:
        raise ModelError(problem="damaged", found=MANIFEST_FILE) from None
    if manifest.format != FORMAT:
        raise ModelError(problem="format", found=str(manifest.format))
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or digest_file(folder / name) != digest:
            raise ModelError(problem="damaged", found=name)
    return manifest
