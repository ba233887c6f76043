"""Stored files over plain HTTP: with ranges, so that players seek, and so that nothing in them can run."""

from typing import Final

from aiohttp import web

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media import Shelf

_PUBLIC: Final = "public, max-age=3600"
"""A file never changes under its key, but it may be withdrawn."""
_PRIVATE: Final = "private, max-age=300"

_SANDBOX: Final = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""For files that are opened as pages: should a browser ever take one for HTML, nothing of it may run."""
_DOCUMENT: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""Chromium does not show PDF in a sandboxed page."""


def add_to(app: web.Application, shelf: Shelf) -> None:
    """Add GET and HEAD of /media/{key}."""

    async def file(request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        try:
            found = await shelf.find(key, request.query.get("expires", ""), request.query.get("signature", ""))
        except Unavailable:
            raise web.HTTPServiceUnavailable(headers={"Cache-Control": "no-store", "Retry-After": "5"}) from None
        # A private file without a valid signature is answered like one that is not there.
        if found is None:
            raise web.HTTPNotFound(headers={"Cache-Control": "no-store"})
        headers = {
            "Content-Type": found.content_type,
            "Content-Disposition": "inline",
            "Content-Security-Policy": _DOCUMENT if found.content_type == "application/pdf" else _SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",  # pages elsewhere may play it
            "Cache-Control": _PUBLIC if found.public else _PRIVATE,
        }
        return web.FileResponse(found.path, headers=headers)

    app.router.add_get("/media/{key:.+}", file)
