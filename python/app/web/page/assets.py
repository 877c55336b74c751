"""The style, the script and the sign of the page: read once, served under names that change with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, and the name under which it is served."""

    name: str
    content: bytes
    media_type: str


class Assets:
    """All of them. A browser that has one needs not ask again."""

    def __init__(self) -> None:
        found = [_read(path) for path in sorted(FOLDER.iterdir())]
        self._by_name = {asset.name: asset for _, asset in found}
        self.urls = {stem: f"/static/{asset.name}" for stem, asset in found}

    async def show(self, request: Request) -> Response:
        """One of them; 404 for any other name."""
        asset = self._by_name.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": FOR_EVER})


def _read(path: Path) -> tuple[str, Asset]:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return path.stem, Asset(f"{path.stem}.{digest}{path.suffix}", content, MEDIA_TYPES[path.suffix])
