"""The page with the network of the machine taken away, not only unused."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from ccs_qa.settings import Settings
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
_ALONE = ("unshare", "--net", "--map-root-user", "--")
_SECONDS = 180


@pytest.fixture
def alone() -> tuple[str, ...]:
    """The start of a command that runs without a network."""
    if shutil.which(_ALONE[0]) is None:
        pytest.skip("unshare (util-linux) is not installed")
    tried = subprocess.run(
        [*_ALONE, sys.executable, "-c", ""], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"the kernel refuses network namespaces: {tried.stderr.strip()}")
    return _ALONE


def test_a_question_is_answered_without_a_network(
    alone: tuple[str, ...], settings: Settings
) -> None:
    """Server and browser start with loopback alone; the quote is the one of the French page."""
    database = settings.database.get_secret_value()
    ran = subprocess.run(
        [*alone, sys.executable, "-m", "tests.browser.offline_visit"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "CCS_QA_DATABASE": database},
        timeout=_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["interfaces"] == ["lo"]
    assert "unreachable" in seen["elsewhere"]
    assert seen["quote"].startswith("Il est important de regagner la confiance du public")
    assert seen["quote"] in (ROOT / "corpus" / "ccs-resumes.fr.txt").read_text("utf-8")
    assert seen["font"] is True
