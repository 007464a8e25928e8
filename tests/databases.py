"""Real databases for the tests: started on loopback, in folders of their own, and stopped."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from sqlalchemy import URL

from bench.http import free_port

_LOCAL = "127.0.0.1"
_PATIENCE = 60.0
# So often a server is asked whether it answers: a busy machine makes each time longer, not fewer.
_TRIES, _PAUSE = 1200, 0.05
# PostgreSQL refuses to run as root, and its files then belong to this user.
_UNPRIVILEGED = {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _program(name: str) -> str:
    """Find a program, which Debian keeps in a folder of its release."""
    releases = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(releases[-1]) if releases else None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing: make databases")
        pytest.skip(f"{name} is not installed (make databases)")
    return found


def _wait(
    process: subprocess.Popen[bytes], answers: Callable[[], object], refusal: type[Exception]
) -> None:
    """Wait for a server that runs to answer; the last refusal is raised."""
    for left in reversed(range(_TRIES)):
        assert process.poll() is None
        try:
            answers()
        except refusal:
            if not left:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server that was started here, waiting for nobody that is connected."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:  # pragma: no cover - only when the server hangs
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Postgresql:
    """A running server."""

    port: int
    password: str
    folder: Path

    def url(self, database: str = "postgres", *, driver: str = "+psycopg") -> str:
        """The address of a database."""
        url = URL.create(
            f"postgresql{driver}", "keeper", self.password, _LOCAL, self.port, database
        )
        return url.render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run a statement as the maintainer of the server."""
        with psycopg.connect(self.url(driver=""), autocommit=True) as connection:
            connection.execute(statement.encode())

    def make(self) -> str:
        """Make an empty database, and give its name."""
        name = f"kept_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name}")
        return name


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Start PostgreSQL with one user and a password, until the block ends."""
    initdb, server = _program("initdb"), _program("postgres")
    as_whom: dict[str, Any] = _UNPRIVILEGED if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="ccs-qa-postgresql-") as name:
        folder, secret = Path(name), Path(name) / "password"
        found = Postgresql(free_port(), secrets.token_hex(16), folder / "data")
        secret.write_text(found.password)
        if as_whom:
            for path in (folder, secret):
                shutil.chown(path, as_whom["user"], as_whom["group"])
        subprocess.run(
            [
                *(initdb, "--pgdata", found.folder, "--username", "keeper", "--pwfile", secret),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_whom,
        )
        settings = {
            "listen_addresses": _LOCAL,
            "port": found.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 100,
        }
        given = [part for item in settings.items() for part in ("-c", "{}={}".format(*item))]
        process = subprocess.Popen(
            [server, "-D", found.folder, *given],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **as_whom,
        )
        try:
            _wait(process, lambda: found.run("SELECT 1"), psycopg.OperationalError)
            yield found
        finally:
            _stop(process)


@dataclass
class Redis:
    """A server of counts, which can be stopped and started again at the same address."""

    program: str
    folder: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://{_LOCAL}:{self.port}/0"

    def start(self) -> None:
        """Start it, keeping nothing on disk, and wait until it answers."""
        options = {"bind": _LOCAL, "port": self.port, "save": "", "appendonly": "no"}
        given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self.process = subprocess.Popen(
            [self.program, *given], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        with redis.Redis(host=_LOCAL, port=self.port) as client:
            _wait(self.process, client.ping, redis.ConnectionError)

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process is not None:
            _stop(self.process)
            self.process = None


@contextmanager
def redis_server() -> Iterator[Redis]:
    """Start Redis, until the block ends."""
    program = _program("redis-server")
    with tempfile.TemporaryDirectory(prefix="ccs-qa-redis-") as folder:
        found = Redis(program, folder, free_port())
        found.start()
        try:
            yield found
        finally:
            found.stop()
