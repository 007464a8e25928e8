"""Debian's nginx in front of workers, below a path of its site."""

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
    """Run two services that lie below the path, each in a process of its own."""
    assert settings.index.is_dir()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("CCS_QA_DATABASE", settings.database.get_secret_value())
        patch.setenv("CCS_QA_PUBLIC_URL", SITE)
        first, second = (stack.enter_context(running_server()) for _ in range(2))
        yield f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}"


@contextmanager
def proxied(folder: Path, *workers: str) -> Iterator[dict[str, str]]:
    """Run nginx in front of the addresses of workers, until the block ends.

    Yields:
        Addresses of the service: `kept`, where it is handed each address as it is, and `taken
        away`, where without the path.
    """
    nginx = find_nginx()
    ports = {"kept": free_port(), "taken": free_port()}
    lines = " ".join(f"server {address.removeprefix('http://')};" for address in workers)
    written = folder / "nginx.conf"
    written.write_text(
        _CONFIGURATION.format(folder=folder, workers=lines, path=PATH, **ports), "utf-8"
    )
    running = subprocess.Popen([nginx, "-p", str(folder), "-c", str(written)])
    try:
        until((folder / "pid").exists)
        assert running.poll() is None
        yield {
            "kept": f"http://127.0.0.1:{ports['kept']}{PATH}",
            "taken away": f"http://127.0.0.1:{ports['taken']}{PATH}",
        }
    finally:
        running.terminate()
        running.wait()
