"""Measures retrieval, refusal and citation on gold questions."""

import os
from pathlib import Path

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded

# Matplotlib would keep its list of fonts in the home.
_FONTS = Path(__file__).resolve().parents[1] / "var" / "matplotlib"
os.environ.setdefault("MPLCONFIGDIR", str(_FONTS))
