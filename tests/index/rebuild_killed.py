"""Builds the index in forks that kill themselves at a step, for the storage tests.

Each line on stdin is a number: at so many openings, moves and removals in the folder of the index
the builder is gone; how it ended comes back on stdout. A first build, elsewhere, encodes for all;
how many steps it took comes first.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from ccs_qa.encoder.opening import open_encoder
from ccs_qa.index import build
from ccs_qa.settings import Settings, load_settings

_STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink"}


def build_index(settings: Settings) -> None:
    """Build once."""
    build.build_index(settings, lambda _step, _done, _total: None)


def kill_at(step: int, folder: Path) -> list[str]:
    """Leave this process without a word at a step in a folder; gives the steps as they come."""
    seen: list[str] = []

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS and str(arguments[0]).startswith(f"{folder}{os.sep}"):
            seen.append(event)
            if len(seen) == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    return seen


def answer(number: int) -> None:
    """Say a number at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork a builder for each line read, until stdin ends."""
    settings = load_settings()
    once = open_encoder(settings.model, settings.cache, settings.threads)
    vars(build).update(open_encoder=lambda *_, **__: once)
    with tempfile.TemporaryDirectory() as elsewhere:
        steps = kill_at(0, Path(elsewhere))
        build_index(settings.model_copy(update={"index": Path(elsewhere)}))
        answer(len(steps))
    for line in sys.stdin:
        builder = os.fork()
        if builder == 0:
            kill_at(int(line), settings.index)
            build_index(settings)
            os._exit(0)
        _, status = os.waitpid(builder, 0)
        answer(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
