"""Strange machines, made of namespaces and limits: what containers and servers do to a program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from ccs_qa.settings import Settings
from tests.conftest import ROOT

USER = 12345
OURS = (sys.executable, "-m", "ccs_qa")
# First whatever may stay writable is given a mount of its own, then nothing else may be written. At
# the end the user of the machine becomes one that nobody named, with no more rights than that.
_WALLS = f"""
set -e
[ -z "$KEPT" ] || mount --bind "$KEPT" "$KEPT"
while read -r _ point kind _; do
  case $kind in proc | sysfs | cgroup* | dev* | mqueue) continue ;; esac
  [ "$point" = "$KEPT" ] || mount -o remount,bind,ro "$point" 2> /dev/null || true
done < /proc/self/mounts
[ ! -w . ] && [ ! -w /tmp ]
exec unshare --user --map-user={USER} --map-group={USER} "$@"
"""
_INTO = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


@cache
def _walls_stand() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = (*_INTO, _WALLS, "sh", "true")
    done = subprocess.run(tried, cwd=ROOT, env={**os.environ, "KEPT": ""}, check=False)
    return done.returncode == 0


def walled() -> tuple[str, ...]:
    """Begin a command that an unknown user runs on a root that is read-only, but for $KEPT."""
    if not _walls_stand():
        if os.environ.get("CI"):
            pytest.fail("this machine makes no namespaces: unshare")
        pytest.skip("this machine makes no namespaces")
    return (*_INTO, _WALLS, "sh")


@dataclass(frozen=True)
class Machine:
    """Where and how a command of ours runs.

    Attributes:
        environment: All that it knows, beside where Python finds the code.
        before: What stands before the command.
        command: How the program is called.
    """

    environment: dict[str, str]
    before: Sequence[str] = ()
    command: Sequence[str] = OURS

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        known = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "PYTHONDONTWRITEBYTECODE": "1",
            "KEPT": "",
            **self.environment,
        }
        return subprocess.Popen(
            (*self.before, *self.command, *arguments),
            cwd=ROOT,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> tuple[int, bytes, str]:
        """Run a command: its status, what it printed and what it said; never a traceback."""
        process = self.start(*arguments)
        try:
            printed, said = process.communicate(timeout=300)
        finally:
            process.kill()
        words = said.decode("utf-8", "replace")
        assert "Traceback" not in words, words
        return process.returncode, printed, words


def places(settings: Settings) -> dict[str, str]:
    """Say where model, index and database of the tests are."""
    return {
        "CCS_QA_CACHE": str(settings.cache),
        "CCS_QA_INDEX": str(settings.index),
        "CCS_QA_DATABASE": settings.database.get_secret_value(),
    }
