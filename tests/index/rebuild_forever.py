"""Builds the index again and again until it is killed; run by the storage tests."""

import sys

from ccs_qa.build import build_index
from ccs_qa.settings import load_settings


def main() -> None:
    """Say when the libraries are loaded, then build without end."""
    settings = load_settings()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        build_index(settings, lambda _step, _done, _total: None)


if __name__ == "__main__":
    main()
