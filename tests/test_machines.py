"""Strange machines: each lets the program work, or is told in one sentence what to set.

`docs/operating.md` has the table of them. All share the model and the index of the other tests.
"""

import datetime as dt
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from bench.http import free_port, wait_until_ready
from ccs_qa.cli.memory import ADDRESSES, group_limits
from ccs_qa.encoder.folder import adapter_file, model_folder, read_manifest
from ccs_qa.errors import (
    AssetsMissingError,
    CcsQaError,
    FileAccessError,
    IndexDamagedError,
    IndexStaleError,
    MemoryLimitError,
    PortTakenError,
    SettingsError,
)
from ccs_qa.index.storage import current_edition
from ccs_qa.messages.wording import word_error
from ccs_qa.settings import Settings
from tests.conftest import PAGES, ROOT
from tests.machines import Machine, places, walled

pytestmark = pytest.mark.slow

ENGLISH = "How could AI help call centres?"
FRENCH = "Que dit-on de la confiance et des passeports délivrés à l’étranger ?"
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
# What would be a traceback if it came to that: the runtime of the model imported, a model loaded.
IMPORTED = "import sys; sys.modules['onnxruntime'] = None"
LOADED = "import ccs_qa, onnxruntime; onnxruntime.InferenceSession = None"


@pytest.fixture(scope="module")
def usual(settings: Settings) -> dict[str, str]:
    """An environment that says where things are, and nothing else: no home either."""
    return places(settings)


def refused(machine: Machine, error: CcsQaError, *arguments: str, before: str = IMPORTED) -> None:
    """Assert that a command ends with the words of an error, before it imports or loads a model."""
    code = f"{before}; from ccs_qa.cli.main import app; app(prog_name='ccs-qa')"
    poisoned = replace(machine, command=(machine.command[0], "-c", code))
    status, printed, said = poisoned.run(*arguments)
    assert (status, printed) == (1, b""), said
    for wording in word_error(error).values():
        assert f"{wording.title}\n  {wording.detail}\n  → {wording.next}\n" in said


def answered(machine: Machine, question: str = ENGLISH) -> str:
    """Assert that a question is answered, and take what was printed."""
    status, printed, said = machine.run("ask", question)
    assert (status, said) == (0, "")
    return printed.decode()


def test_a_bare_environment_answers(usual: Mapping[str, str]) -> None:
    """No locale, a day that is over elsewhere, a home and a temporary folder that are not there."""
    bare = {"LANG": "C", "TZ": "Pacific/Kiritimati", "CCS_QA_THREADS": "1"}
    folders = dict.fromkeys(("HOME", "TMPDIR"), "/nonexistent")
    assert answered(Machine({**usual, **bare, **folders})).startswith("Answer found\n")


def test_one_processor_answers(usual: dict[str, str]) -> None:
    """Bound to one of them, with as many threads as there are processors, at home in the root."""
    one = ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))))
    assert answered(Machine({**usual, "HOME": "/"}, one)).startswith("Answer found\n")


def test_an_unknown_user_on_a_read_only_root_answers(usual: dict[str, str]) -> None:
    """Without a home, an entry among the users, or any folder to write to."""
    assert answered(Machine(usual, walled())).startswith("Answer found\n")


def test_a_service_of_an_unknown_user_answers_and_says_what_it_cannot_keep(
    usual: dict[str, str], tmp_path: Path
) -> None:
    """Read-only root, no temporary folder: answers, pages; what cannot be kept is said in words.

    Told to stop, it does.
    """
    port = free_port()
    database = {"CCS_QA_DATABASE": f"sqlite:///{tmp_path / 'none' / 'kept.sqlite3'}"}
    service = Machine({**usual, **database}, walled()).start("serve", "--port", str(port))
    wait_until_ready(service, port)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        answer = client.post("/api/v1/ask", json={"question": ENGLISH}).json()
        page = client.get("/fr/", params={"q": FRENCH})
        said_of_it = {
            "useful": True,
            "question": ENGLISH,
            "language": "en",
            "status": answer["status"],
            "index_id": answer["index_id"],
            "citations": [citation["passage_id"] for citation in answer["citations"]],
        }
        kept = client.post("/api/v1/feedback", json=said_of_it)
    service.terminate()
    _, said = service.communicate(timeout=120)
    assert answer["status"] == "answered"
    assert page.status_code == 200
    assert kept.status_code == 503
    assert "CCS_QA_DATABASE" in kept.json()["detail"]["en"]
    assert "Traceback" not in said.decode()
    assert service.returncode in {0, -signal.SIGTERM}


def test_a_terminal_of_ascii_shows_letters_without_their_accents(usual: dict[str, str]) -> None:
    """What is typed there in UTF-8 is understood; JSON stays UTF-8, and exact."""
    machine = Machine({**usual, **ASCII, "LANGUAGE": "fr"})
    shown = answered(machine, FRENCH)
    assert shown.isascii()
    assert shown.startswith("Reponse trouvee\n")
    assert "?" not in shown.split("\n")[1]
    status, printed, _ = machine.run("ask", FRENCH, "--json")
    assert status == 0
    assert json.loads(printed)["query"]["question"] == FRENCH


def test_a_terminal_of_latin_1_shows_what_it_can(usual: dict[str, str]) -> None:
    """Accents as they are, apostrophes and dashes as typewriters have them."""
    status, printed, said = Machine({**usual, "PYTHONIOENCODING": "latin-1"}).run("ask", FRENCH)
    assert (status, said) == (0, "")
    assert printed.decode("latin-1").startswith("Réponse trouvée\n")
    assert b"?\x92" not in printed


def test_times_are_those_of_utc_on_the_other_side_of_the_date_line(
    usual: dict[str, str], tmp_path: Path
) -> None:
    """A record of an answer, kept where it is fourteen hours later."""
    file = tmp_path / "kept.sqlite3"
    told = {"CCS_QA_DATABASE": f"sqlite:///{file}", "CCS_QA_AUDIT": "true"}
    machine = Machine({**usual, **told, "TZ": "Pacific/Kiritimati"})
    before = dt.datetime.now(dt.UTC)
    answered(machine)
    status, printed, _ = machine.run("audit", "export")
    (line,) = printed.splitlines()
    noted = dt.datetime.fromisoformat(json.loads(line)["time"])
    assert status == 0
    assert before <= noted <= dt.datetime.now(dt.UTC)
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture(scope="module")
def checkout(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it in a folder with spaces and accents, but for what `make assets` builds."""
    folder = tmp_path_factory.mktemp("machines") / "Résumés d’été à l’essai"
    for name in ("src", "corpus", "web/templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("built"))
    edition = current_edition(settings.index)
    shutil.copytree(edition, folder / "index" / edition.name)
    (folder / "index" / "CURRENT").write_text(edition.name, "utf-8")
    model = model_folder(settings.cache, adapter_file("embedded"))
    shutil.copytree(model, folder / "cache" / model.name)
    return folder


def there(checkout: Path, **told: str) -> Machine:
    """A machine that has nothing but such a folder."""
    return Machine(
        {"PYTHONPATH": str(checkout / "src"), "CCS_QA_CACHE": str(checkout / "cache"), **told}
    )


def test_paths_with_spaces_and_accents_work(checkout: Path) -> None:
    """In the locale C as well, but where Python is told that it has ASCII alone: that is said."""
    assert answered(there(checkout, LC_ALL="C")).startswith("Answer found\n")
    error = SettingsError(name="CCS_QA_INDEX", problem="locale")
    refused(there(checkout, **ASCII, PYTHONIOENCODING="utf-8"), error, "ask", ENGLISH)


def test_assets_that_were_not_built_are_said(checkout: Path) -> None:
    """With the command that builds them."""
    folder = checkout / "web" / "static" / "built"
    shutil.rmtree(folder, ignore_errors=True)
    error = AssetsMissingError(folder=folder, name="manifest.json")
    refused(there(checkout), error, "serve", "--port", str(free_port()), before=LOADED)


def test_an_index_that_is_damaged_or_of_another_model_is_said(checkout: Path) -> None:
    """A byte changed, then a manifest from elsewhere; the words name both sides."""
    edition = current_edition(checkout / "index")
    port = str(free_port())
    built = Path("web", "static", "built")
    shutil.copytree(ROOT / built, checkout / built, dirs_exist_ok=True)
    file = edition / "corpus" / PAGES[0][1]
    damaged = IndexDamagedError(file=f"corpus/{file.name}")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b" ")
    refused(there(checkout), damaged, "serve", "--port", port, before=LOADED)
    file.write_bytes(whole)
    manifest = edition / "manifest.json"
    good = manifest.read_bytes()
    written = json.loads(good)
    now, written["model"] = written["model"], "another+int8@0"
    manifest.write_text(json.dumps(written), "utf-8")
    error = IndexStaleError(what="model", built="another+int8@0", now=now)
    refused(there(checkout), error, "serve", "--port", port, before=LOADED)
    manifest.write_bytes(good)


def test_a_port_that_cannot_be_used_is_said(usual: dict[str, str]) -> None:
    """Taken, not for this user, or of an address that is none of this machine."""
    error = PortTakenError(problem="address", host="192.0.2.1", port="8000")
    refused(Machine(usual), error, "serve", "--host", "192.0.2.1", "--port", "8000")
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("ascii")) > 80:
        error = PortTakenError(problem="forbidden", host="127.0.0.1", port="80")
        refused(Machine(usual, walled()), error, "serve", "--port", "80")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(Machine(usual), PortTakenError(port=port), "serve", "--port", port)


def test_a_user_without_a_home_is_told_what_to_set(usual: dict[str, str]) -> None:
    """The folder that would lie there, by its setting."""
    nowhere = {name: value for name, value in usual.items() if name != "CCS_QA_CACHE"}
    error = SettingsError(name="CCS_QA_CACHE", problem="home")
    refused(Machine(nowhere, walled()), error, "ask", ENGLISH)


def test_what_kubernetes_adds_for_a_service_of_our_name_is_told_from_a_setting(
    usual: dict[str, str],
) -> None:
    """Its address in the variable of the port; that of its host in one that is none of ours."""
    for name, value in (
        ("CCS_QA_PORT", "tcp://10.0.0.1:8000"),
        ("CCS_QA_SERVICE_HOST", "10.0.0.1"),
        ("CCS_QA_PORT_8000_TCP_ADDR", "10.0.0.1"),
    ):
        error = SettingsError(name=name, problem="service-link", known="")
        refused(Machine({**usual, name: value}), error, "serve")


def test_a_folder_that_cannot_be_written_is_named_with_its_setting(
    usual: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    """The index, a file that a command is to write, and temporary files, which preparing needs."""
    lock = str(settings.index / ".lock")
    error = FileAccessError(problem="read-only", file=lock, name="CCS_QA_INDEX")
    refused(Machine(usual, walled()), error, "edition", "use", "none")
    empty = Machine({**usual, "CCS_QA_CACHE": str(tmp_path / "cache")}, walled())
    error = FileAccessError(problem="temporary", name="TMPDIR")
    refused(empty, error, "model", "prepare", before="pass")
    out = str(tmp_path / "none" / "feedback.jsonl")
    names = "CCS_QA_CORPUS, CCS_QA_INDEX, CCS_QA_CACHE"
    error = FileAccessError(problem="absent", file=out, name=names)
    refused(Machine(usual), error, "feedback", "export", "--out", out)


def test_memory_that_is_too_little_is_said_and_what_is_asked_for_is_enough(
    usual: dict[str, str],
) -> None:
    """By the limit of a shell, in kilobytes: one less than what is asked for, then that."""
    for less in (1, 0):
        shell = ("sh", "-c", f'ulimit -v {(ADDRESSES << 10) - less}; exec "$@"', "sh")
        machine = Machine(usual, shell)
        if less:
            error = MemoryLimitError(given=ADDRESSES - 1, needed=ADDRESSES)
            refused(machine, error, "ask", ENGLISH)
        else:
            assert answered(machine).startswith("Answer found\n")


@pytest.mark.parametrize(
    ("listed", "files", "limits"),
    [
        (
            "0::/system.slice/x.service\n",
            {"system.slice/x.service/memory.max": "1048576"},
            [1 << 20],
        ),
        ("0::/\n", {"memory.max": "5"}, [5]),
        ("0::/x\n", {"x/memory.max": "max", "memory.max": "7"}, [7]),
        ("0::/elsewhere\n", {}, []),
        (
            "9:cpu,cpuacct:/x\n4:memory:/x\n0::/x\n",
            {"memory/x/memory.limit_in_bytes": "9", "cpu/x/memory.limit_in_bytes": "1"},
            [9],
        ),
    ],
)
def test_limits_of_control_groups_are_read(
    tmp_path: Path, listed: str, files: Mapping[str, str], limits: list[int]
) -> None:
    """Of both versions, of a process in a container and of one that has none."""
    (tmp_path / "listed").write_text(listed, "utf-8")
    for name, text in files.items():
        (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / name).write_text(f"{text}\n", "ascii")
    assert group_limits(tmp_path / "listed", tmp_path / "groups") == limits
    assert group_limits(tmp_path / "none", tmp_path / "groups") == []


# Copies the model in place of making it, once both have begun, and notes that it did.
_COPYING = """
import os, shutil, sys, time
from pathlib import Path
from ccs_qa.cli.main import app
from ccs_qa.encoder import prepare
from ccs_qa.encoder.folder import read_manifest

whole, noted = map(Path, sys.argv[-2:])
del sys.argv[-2:]

def copy(scratch, _adapter, _progress):
    (noted / f"made-{os.getpid()}").touch()
    while len([*noted.glob("begun-*")]) < 2:
        time.sleep(0.01)
    shutil.copytree(whole, scratch / "finished")
    return read_manifest(whole)

prepare._prepare = copy
(noted / f"begun-{os.getpid()}").touch()
app(prog_name="ccs-qa")
"""


def test_two_starts_at_once_prepare_one_model(
    usual: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    """One does it, both end well, nothing is left over, and what lies there is whole."""
    cache, noted = tmp_path / "cache", tmp_path / "noted"
    noted.mkdir()
    (cache / ".preparing-killed").mkdir(parents=True)
    whole = model_folder(settings.cache, adapter_file("embedded"))
    environment = {**usual, "CCS_QA_CACHE": str(cache)}
    machine = Machine(environment, command=(sys.executable, "-c", _COPYING))
    both = [machine.start("model", "prepare", str(whole), str(noted)) for _ in range(2)]
    said = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len([*noted.glob("made-*")]) == 1
    folder = model_folder(cache, adapter_file("embedded"))
    assert read_manifest(folder).dimension == 384
    assert {path.name for path in cache.iterdir()} == {folder.name, ".preparing-lock"}
