"""The only room that loads a model: texts in, pooled and token vectors out."""

from ccs_qa.encoder.adapter import Adapter, read_adapter, write_adapter
from ccs_qa.encoder.encoder import (
    Encoded,
    Encoder,
    Role,
    Vectors,
    adapter_file,
    is_embedded,
    open_encoder,
    unit_rows,
)
from ccs_qa.encoder.prepare import Progress, model_folder, prepare_embedded
from ccs_qa.encoder.pretrained import write_torch_model
from ccs_qa.encoder.tokens import TokenRows

__all__ = [
    "Adapter",
    "Encoded",
    "Encoder",
    "Progress",
    "Role",
    "TokenRows",
    "Vectors",
    "adapter_file",
    "is_embedded",
    "model_folder",
    "open_encoder",
    "prepare_embedded",
    "read_adapter",
    "unit_rows",
    "write_adapter",
    "write_torch_model",
]
