"""The only room that loads a model: texts in, pooled and token vectors out."""

from ccs_qa.encoder.encoder import (
    EMBEDDED,
    Encoded,
    Encoder,
    Role,
    Vectors,
    open_encoder,
    unit_rows,
)
from ccs_qa.encoder.prepare import ModelManifest, Progress, model_folder, prepare_embedded
from ccs_qa.encoder.tokens import TokenRows

__all__ = [
    "EMBEDDED",
    "Encoded",
    "Encoder",
    "ModelManifest",
    "Progress",
    "Role",
    "TokenRows",
    "Vectors",
    "model_folder",
    "open_encoder",
    "prepare_embedded",
    "unit_rows",
]
