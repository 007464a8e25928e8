"""Debian's nginx in front of workers, below a path of its site, set up in four ways."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.http import free_port, running_server
from ccs_qa.settings import Settings
from tests.serving import until

PATH = "/ccs"
SITE = f"https://127.0.0.1{PATH}"
_CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream workers {{ {workers} }}
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  server {{ listen 127.0.0.1:{kept}; location {path}/ {{ proxy_pass http://workers; }} }}
  server {{ listen 127.0.0.1:{taken}; location {path}/ {{ proxy_pass http://workers/; }} }}
  server {{ listen 127.0.0.1:{told}; location {path}/ {{
    proxy_pass http://workers;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
  }} }}
  server {{ listen 127.0.0.1:{bare}; location {path}/ {{
    proxy_pass http://{first}; proxy_http_version 1.0; proxy_set_header Connection close;
  }} }}
}}
"""


def find_nginx() -> str:
    """Find nginx, or pass the test over."""
    # Debian puts it where only root looks, `make nginx` into the environment.
    places = f"/usr/sbin{os.pathsep}{Path(sys.prefix) / 'nginx' / 'usr' / 'sbin'}"
    nginx = shutil.which("nginx") or shutil.which("nginx", path=places)
    if nginx is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing: make nginx")
        pytest.skip("nginx is not installed (make nginx)")
    return nginx


@contextmanager
def two_workers(settings: Settings) -> Iterator[tuple[str, str]]:
    """Run two services that lie below the path and believe nginx, each in a process of its own."""
    assert settings.index.is_dir()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("CCS_QA_DATABASE", settings.database.get_secret_value())
        patch.setenv("CCS_QA_PUBLIC_URL", SITE)
        patch.setenv("CCS_QA_PROXY_ADDRESSES", "127.0.0.1")
        first, second = (stack.enter_context(running_server()) for _ in range(2))
        yield f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}"


@contextmanager
def proxied(folder: Path, *workers: str) -> Iterator[dict[str, str]]:
    """Run nginx in front of the addresses of workers, until the block ends.

    Yields:
        Addresses of the service: `kept`, where it is handed each address as it is, `taken
        away`, where without the path; `told`, with `X-Forwarded-*`; `bare`, with what nginx does by
        itself: it puts the address of a worker into `Host`, and says nothing of itself.
    """
    nginx = find_nginx()
    ports = {name: free_port() for name in ("kept", "taken", "told", "bare")}
    places = [address.removeprefix("http://") for address in workers]
    lines = " ".join(f"server {place};" for place in places)
    written = folder / "nginx.conf"
    written.write_text(
        _CONFIGURATION.format(folder=folder, workers=lines, path=PATH, first=places[0], **ports),
        "utf-8",
    )
    running = subprocess.Popen([nginx, "-p", str(folder), "-c", str(written)])
    try:
        until((folder / "pid").exists)
        assert running.poll() is None
        found = {name: f"http://127.0.0.1:{port}{PATH}" for name, port in ports.items()}
        yield {**found, "taken away": found["taken"]}
    finally:
        running.terminate()
        running.wait()
