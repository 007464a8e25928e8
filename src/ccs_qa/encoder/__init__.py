"""The only room that loads a model: texts in, pooled and token vectors out."""

from ccs_qa.encoder.adapter import Adapter, read_adapter, write_adapter
from ccs_qa.encoder.encoder import (
    EMBEDDED,
    EMBEDDED_BASE,
    Encoded,
    Encoder,
    Role,
    Vectors,
    adapter_file,
    is_embedded,
    open_encoder,
    unit_rows,
)
from ccs_qa.encoder.prepare import ModelManifest, Progress, model_folder, prepare_embedded
from ccs_qa.encoder.pretrained import write_torch_model
from ccs_qa.encoder.tokens import TokenRows, dot

__all__ = [
    "EMBEDDED",
    "EMBEDDED_BASE",
    "Adapter",
    "Encoded",
    "Encoder",
    "ModelManifest",
    "Progress",
    "Role",
    "TokenRows",
    "Vectors",
    "adapter_file",
    "dot",
    "is_embedded",
    "model_folder",
    "open_encoder",
    "prepare_embedded",
    "read_adapter",
    "unit_rows",
    "write_adapter",
    "write_torch_model",
]
