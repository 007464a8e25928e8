"""Adapts the embedded model to the corpus, fits understanding; not needed at run time."""

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded
