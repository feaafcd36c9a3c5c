"""Style sheet, sprite, icon and scripts: read once, under an address that changes when one of them does."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fediunion.kit.errors import NotFound

STATIC: Final = Path(__file__).parent / "static"
STYLE: Final = "style.css"
_FIRST_STYLES: Final = ("tokens", "ground", "frame", "type", "controls", "marks", "lists")
_LAST_STYLES: Final = ("parts", "preferences", "print")
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: as it is, and compressed."""

    media_type: str
    body: bytes
    compressed: bytes


@dataclass(frozen=True)
class Assets:
    """All files by name, and the fingerprint of all of them together: 12 hexadecimal digits."""

    version: str
    files: Mapping[str, Asset]


def style_files() -> list[Path]:
    """Return the parts of the style sheet in their order: the ground, patterns by name, what overrides."""
    found = {path.stem: path for path in (STATIC / "css").glob("*.css")}
    patterns = sorted(found.keys() - {*_FIRST_STYLES, *_LAST_STYLES})
    return [found[name] for name in (*_FIRST_STYLES, *patterns, *_LAST_STYLES)]


@cache
def assets() -> Assets:
    """Return what /static has. The files belong to the program, and stay as they are while it runs."""
    bodies = {STYLE: b"\n".join(path.read_bytes() for path in style_files())}
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in (".js", ".svg"):
            bodies[path.relative_to(STATIC).as_posix()] = path.read_bytes()
    total = hashlib.sha256()
    for name, body in sorted(bodies.items()):
        total.update(f"{name}\n{len(body)}\n".encode() + body)
    files = {
        name: Asset(_TYPES[Path(name).suffix], body, gzip.compress(body, 9, mtime=0))
        for name, body in bodies.items()
    }
    return Assets(total.hexdigest()[:12], files)


def asset_path(name: str) -> str:
    """Return the address of a file, such as `sprite.svg`. Raises KeyError where there is no such file."""
    found = assets()
    found.files[name]
    return f"/static/{found.version}/{name}"


async def show_asset(request: Request) -> Response:
    """GET /static/{version}/{name}: kept for a year. After an upgrade old pages get the files of now.

    GET /static/{name} is for addresses that have to stay.
    """
    found, parts = assets(), request.path_params
    asset = found.files.get(parts["name"])
    if asset is None:
        raise NotFound("There is no such file.")
    tag = f'"{found.version}"'
    caching = _FOREVER if parts.get("version") == found.version else _ASK_AGAIN
    headers = {
        "cache-control": caching,
        "content-type": asset.media_type,
        "vary": "Accept-Encoding",
        "etag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.body, headers=headers)
