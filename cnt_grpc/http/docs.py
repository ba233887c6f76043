"""The description of the JSON API: /openapi.json for programs, made from the contract, and /docs, a page for people."""

from pathlib import Path
from typing import Final

from aiohttp import web

_HERE: Final = Path(__file__).parent
_PAGE: Final = _HERE / "page"

_FILES: Final = {
    "/openapi.json": (_HERE / "openapi.json", "application/json"),
    "/docs": (_PAGE / "index.html", "text/html; charset=utf-8"),
    "/docs/": (_PAGE / "index.html", "text/html; charset=utf-8"),
    "/docs/page.js": (_PAGE / "page.js", "text/javascript; charset=utf-8"),
    "/docs/page.css": (_PAGE / "page.css", "text/css; charset=utf-8"),
}

_HEADERS: Final = {
    # Nothing but what lies beside the page, and nobody may frame it.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # No ETag: the edge compresses only what has none, and the document shrinks to a twelfth.
    "Cache-Control": "public, max-age=300",
}


def add_to(app: web.Application) -> None:
    """Add GET and HEAD of the document and of the page. Raises OSError when a file is missing."""
    for path, (file, content_type) in _FILES.items():
        _add(app, path, file.read_bytes(), content_type)


def _add(app: web.Application, path: str, content: bytes, content_type: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content, headers={**_HEADERS, "Content-Type": content_type})

    app.router.add_get(path, answer)
