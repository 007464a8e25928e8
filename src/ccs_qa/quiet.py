"""Keeps libraries from reporting to their makers; done before any of them is loaded.

Some send figures on how they are used, or look up the computer that they would send them to, at
each start and without being asked. They read these variables when they are first loaded.
"""

import os
from collections.abc import MutableMapping

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
