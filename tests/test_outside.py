"""No command lets the outside know of it: watched by strace, from an empty home."""

import ipaddress
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.http import free_port, wait_until_ready
from ccs_qa import SILENT, keep_quiet
from ccs_qa.settings import Settings
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

QUESTION = "How could AI help call centres?"
OURS = ("-m", "ccs_qa")
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
# Seconds within which onnxruntime, untold, has looked up its host; short commands may end before.
LATE = 10.0
REACHING = "connect,bind,sendto,sendmsg,sendmmsg"
# The mark makes strace pass over those that this kind of processor does not have.
WRITING = (
    "openat,?open,?creat,mkdirat,?mkdir,renameat2,?renameat,?rename,linkat,?link,symlinkat,?symlink,"
    "mknodat,?mknod"
)
_CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r'(?:inet_addr\(|AF_INET6, )"([^"]+)"')
_PORT = re.compile(r"port=htons\((\d+)\)")


@dataclass(frozen=True)
class Watched:
    """What a command did."""

    home: Path
    reached: frozenset[tuple[str, int]]
    read: frozenset[Path]
    written: frozenset[Path]


def strace() -> str:
    """Find strace, and that it may watch here."""
    found = shutil.which("strace")
    watches = found and subprocess.run([found, "-f", "true"], capture_output=True, check=False)
    if not found or not watches or watches.returncode:
        if os.environ.get("CI"):
            pytest.fail("strace is missing, or may not watch: make strace")
        pytest.skip("strace is not installed, or may not watch (make strace)")
    return found


def understood(trace: str, home: Path) -> Watched:
    """Read the calls that strace noted; one that another interrupts counts as one that succeeds."""
    reached: set[tuple[str, int]] = set()
    opened: dict[bool, set[Path]] = {True: set(), False: set()}
    for line in trace.splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        call, rest = match.groups()
        if call in REACHING.split(","):
            addresses, ports = _ADDRESS.findall(rest), _PORT.findall(rest)
            reached.update(zip(addresses, map(int, ports), strict=True))
        elif " = -1 " not in rest:
            writes = not call.startswith("open") or re.search(r"O_(?:WRONLY|RDWR|CREAT)", rest)
            opened[bool(writes)].update(
                Path(os.path.normpath(ROOT / folder / name)) for folder, name in _PATH.findall(rest)
            )
    return Watched(home, frozenset(reached), frozenset(opened[False]), frozenset(opened[True]))


def serve_once(process: subprocess.Popen[str], port: int) -> None:
    """Wait for the service, let it run, then stop it: the child of strace, by its process id."""
    try:
        wait_until_ready(process, port)
        time.sleep(LATE)
    finally:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
        for child in children.split():
            os.kill(int(child), signal.SIGTERM)
    process.communicate(timeout=60)


@pytest.fixture(
    scope="module", params=["ask", "doctor", "index info", "serve", "mcp", "python -m eval run"]
)
def watched(
    request: pytest.FixtureRequest, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Watched:
    """One run of a command, for all of the tests: it may write to three folders."""
    program = strace()
    folder = tmp_path_factory.mktemp("outside")
    home, kept, scratch, out = (folder / name for name in ("home", "kept", "scratch", "out"))
    for each in (home, kept, scratch, out):
        each.mkdir()
    rows = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()[:3]
    gold = folder / "gold.jsonl"
    gold.write_text("\n".join(rows) + "\n", "utf-8")
    port = free_port()
    arguments = {
        "ask": (*OURS, "ask", QUESTION),
        "doctor": (*OURS, "doctor"),
        "index info": (*OURS, "index", "info"),
        "serve": (*OURS, "serve", "--port", str(port)),
        "mcp": (*OURS, "mcp"),
        "python -m eval run": ("-m", "eval", "run", "--gold", str(gold), "--out", str(out)),
    }[request.param]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CCS_QA_CORPUS": str(settings.corpus),
        "CCS_QA_INDEX": str(settings.index),
        "CCS_QA_CACHE": str(settings.cache),
        "CCS_QA_DATABASE": f"sqlite:///{kept / 'kept.sqlite3'}",
    }
    trace = folder / "trace"
    process = subprocess.Popen(
        [
            *(program, "-f", "-y", "--seccomp-bpf", "-e", f"trace={REACHING},{WRITING}"),
            *("-o", str(trace), sys.executable, *arguments),
        ],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if request.param == "serve":
        serve_once(process, port)
    else:
        printed = process.communicate(json.dumps(HELLO) + "\n", timeout=300)[0]
        assert process.returncode == 0
        assert printed
    return understood(trace.read_text("utf-8", "replace"), home)


def test_it_reaches_no_other_machine(watched: Watched) -> None:
    """Loopback alone, and no server of names, not even one that listens there."""
    far = {
        (address, port)
        for address, port in watched.reached
        if port == 53 or not ipaddress.ip_address(address).is_loopback
    }
    assert far == set()
    assert Path("/etc/resolv.conf") not in watched.read


def test_it_writes_where_it_is_said_to(watched: Watched) -> None:
    """What is kept, a report and its fonts, temporary files; the home stays empty."""
    said = [watched.home.parent / name for name in ("kept", "scratch", "out")]
    said += [ROOT / "var", Path("/dev"), Path("/proc/self")]
    elsewhere = {
        path for path in watched.written if not any(path.is_relative_to(one) for one in said)
    }
    assert elsewhere == set()
    assert list(watched.home.rglob("*")) == []


def test_strace_sees_what_these_tests_look_for(tmp_path: Path) -> None:
    """A name looked up, a call to another machine, and a file in the home."""
    code = (
        "import socket, pathlib\n"
        "pathlib.Path.home().joinpath('made').mkdir()\n"
        "pathlib.Path.home().joinpath('made/id').write_text('1')\n"
        "for kind, address in ((socket.AF_INET, '192.0.2.1'), (socket.AF_INET6, '2001:db8::1')):\n"
        "    try: socket.socket(kind, socket.SOCK_DGRAM).connect((address, 53))\n"
        "    except OSError: pass\n"
        "try: socket.getaddrinfo('nowhere.invalid', 80)\n"
        "except OSError: pass\n"
    )
    trace = tmp_path / "trace"
    subprocess.run(
        [
            *(strace(), "-f", "-y", "--seccomp-bpf", "-e", f"trace={REACHING},{WRITING}"),
            *("-o", str(trace), sys.executable, "-c", code),
        ],
        check=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    seen = understood(trace.read_text("utf-8"), tmp_path)
    assert {("192.0.2.1", 53), ("2001:db8::1", 53)} <= seen.reached
    assert {tmp_path / "made", tmp_path / "made" / "id"} <= seen.written
    assert Path("/etc/resolv.conf") in seen.read


@pytest.mark.parametrize("package", ["ccs_qa", "ccs_qa.client", "eval", "bench", "training"])
def test_libraries_are_told_before_they_are_loaded(package: str) -> None:
    """By each way in, and by one place."""
    code = (
        f"import json, os, sys, {package}\n"
        "libraries = ('onnxruntime', 'huggingface_hub', 'transformers', 'torch', 'langsmith')\n"
        "print(json.dumps([dict(os.environ), [name for name in libraries if name in sys.modules]]))"
    )
    environment = {name: value for name, value in os.environ.items() if name not in SILENT}
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT, env=environment
    )
    told, loaded = json.loads(run.stdout)
    assert {name: told.get(name) for name in SILENT} == SILENT
    assert loaded == []


def test_what_is_set_already_stays() -> None:
    """A program that asks the service may trace its own work."""
    environment = {"LANGSMITH_TRACING": "true"}
    keep_quiet(environment)
    assert environment == {**SILENT, "LANGSMITH_TRACING": "true"}
