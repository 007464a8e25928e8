"""Debian's nginx in front of two workers, below a path of its site, set up in four ways."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from bench.http import free_port
from tests.serving import served, until

PATH = "/ccs"
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


@contextmanager
def proxied(folder: Path, *workers: FastAPI) -> Iterator[dict[str, str]]:
    """Run nginx until the block ends.

    Yields:
        Addresses of the service: `kept`, where it is handed each address as it is, `taken
        away`, where without the path; `told`, with `X-Forwarded-*`; `bare`, with what nginx does by
        itself: it puts the address of a worker into `Host`, and says nothing of itself.
    """
    # Debian puts it where only root looks, `make nginx` into the environment.
    places = f"/usr/sbin{os.pathsep}{Path(sys.prefix) / 'nginx' / 'usr' / 'sbin'}"
    nginx = shutil.which("nginx") or shutil.which("nginx", path=places)
    if nginx is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing: make nginx")
        pytest.skip("nginx is not installed (make nginx)")
    with ExitStack() as stack:
        behind = [stack.enter_context(served(worker)) for worker in workers]
        # The framework makes routes when they are first looked at, and keeps its warnings back for
        # all threads meanwhile: what is nowhere looks at each, in one worker after the other.
        for address in behind:
            assert httpx2.get(f"{address}{PATH}/nowhere").status_code == 404
        ports = {name: free_port() for name in ("kept", "taken", "told", "bare")}
        first = behind[0].removeprefix("http://")
        lines = " ".join(f"server {address.removeprefix('http://')};" for address in behind)
        written = folder / "nginx.conf"
        written.write_text(
            _CONFIGURATION.format(folder=folder, workers=lines, path=PATH, first=first, **ports),
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
