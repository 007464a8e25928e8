"""Builds the index again and again, in forks that the storage tests kill.

Each line on stdin asks for a builder; its process id comes back on stdout. Forking keeps
the libraries loaded, so that a kill costs no start-up.
"""

import os
import sys

from ccs_qa.index.build import build_index
from ccs_qa.settings import load_settings


def main() -> None:
    """Fork a builder for each line read, until stdin ends."""
    settings = load_settings()
    for _ in sys.stdin:
        builder = os.fork()
        if builder == 0:
            while True:
                build_index(settings, lambda _step, _done, _total: None)
        sys.stdout.write(f"{builder}\n")
        sys.stdout.flush()
        os.waitpid(builder, 0)


if __name__ == "__main__":
    main()
