"""Adapts the embedded model to the corpus; nothing at run time needs this package."""

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded
