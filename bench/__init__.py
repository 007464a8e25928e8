"""Timings of the running service, beside a floor and a plain script."""

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded
