"""The built style sheet, client and fonts: their names, and how long each is kept.

`make assets` bundles them under names that change with their content, so that a browser may
keep one for a year and still sees the next version at once.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPMethod
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from ccs_qa.errors import AssetsMissingError
from ccs_qa.settings import data_folder

_BUILT = "built"
_MANIFEST = "manifest.json"
_FOREVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
# One of the parts that a range asks for: from a byte, up to one, or so many at the end.
_PART = re.compile(r"(\d{1,18})-(\d{0,18})|-\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files."""

    folder: Path
    names: Mapping[str, str]

    def address(self, name: str) -> str:
        """Find the address of a file by the name of its source, e.g. `main.css`."""
        if name not in self.names:
            raise AssetsMissingError(folder=self.folder, name=name)
        return f"/static/{_BUILT}/{self.names[name]}"

    def lasts(self, path: Path) -> bool:
        """Tell whether a file never changes under its name."""
        return path.parent.name == _BUILT and path.name in self.names.values()


def read_assets(static: Path) -> Assets:
    """Read which files were built; `AssetsMissingError` where that is not done."""
    folder = static / _BUILT
    try:
        names = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise AssetsMissingError(folder=folder, name=_MANIFEST) from None
    for file in names.values():
        if not (folder / file).is_file():
            raise AssetsMissingError(folder=folder, name=file)
    return Assets(folder, names)


@cache
def load_assets() -> Assets:
    """Read the built files of this installation, once."""
    return read_assets(data_folder("web") / "static")


class AssetFiles(StaticFiles):
    """Serves the static files, and says how long each may be kept."""

    def __init__(self, assets: Assets) -> None:
        """Take over the files."""
        super().__init__(directory=assets.folder.parent)
        self._assets = assets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a range that is none is passed over (RFC 9110, 14.2)."""
        kept = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"range" or _is_range(value.decode("latin-1"))
        ]
        await super().__call__({**scope, "headers": kept}, receive, send)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        lasts = self._assets.lasts(Path(full_path))
        response.headers["Cache-Control"] = _FOREVER if lasts else _SHORT
        return response


def _is_range(told: str) -> bool:
    unit, _, given = told.partition("=")
    parts = [_PART.fullmatch(item.strip()) for item in given.split(",")]
    return unit.strip().lower() == "bytes" and all(
        part and (not part[1] or not part[2] or int(part[1]) <= int(part[2])) for part in parts
    )


def page_caching(method: str, query: str, media_type: str) -> str | None:
    """Give the `Cache-Control` of what is no static file; None where its route decides."""
    # Nothing keeps what may hold words that someone typed; pages are asked for anew each time.
    if query or method not in {HTTPMethod.GET, HTTPMethod.HEAD}:
        return "no-store"
    return "no-cache" if media_type.startswith("text/html") else None
