"""Timings of the running service, beside a floor and a plain script."""

from pathlib import Path

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded

GOLD = Path(__file__).resolve().parents[1] / "eval" / "gold" / "dev.jsonl"
