"""Timings of the running service, beside a floor and a plain script."""

from pathlib import Path

import ccs_qa  # noqa: F401 - keeps libraries quiet, before any is loaded

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "eval" / "gold" / "dev.jsonl"
