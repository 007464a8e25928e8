"""Bilingual question answering over the Service Advisory Committee summaries.

Some libraries send figures to their makers, or look up a host, at each start and without being
asked. They read variables when they are first loaded: these are set before any of them is.
"""

import os
from collections.abc import MutableMapping
from importlib.metadata import version

SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime: looks up a host, keeps an identifier in the home
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, transformers, datasets
    "DO_NOT_TRACK": "1",  # whatever heeds https://donottrack.sh
    "LANGSMITH_TRACING": "false",  # langsmith, which comes with the text splitters
}


def keep_quiet(environment: MutableMapping[str, str] = os.environ) -> None:
    """Say that nothing is to be reported.

    What whoever runs the program has set stays: a program that asks this service may well trace
    its own work.
    """
    for name, value in SILENT.items():
        environment.setdefault(name, value)


keep_quiet()
__version__ = version("ccs-qa")
