"""Measures retrieval, refusal and citation on gold questions."""

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded
