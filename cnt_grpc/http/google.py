"""Signing in by Google on a plain web page: two addresses that answer with redirects, which gRPC cannot."""

import ipaddress
from typing import Final

from aiohttp import web

from cnt_grpc.auth import Device, GoogleRedirect
from cnt_grpc.kit.errors import Precondition

GOOGLE: Final = "/api/v1/auth/google"
GOOGLE_CALLBACK: Final = f"{GOOGLE}/callback"

_COOKIE: Final = "cnt_google"
_SECONDS: Final = 600
_LONGEST_USER_AGENT: Final = 200
_NEVER_KEPT: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def add_to(app: web.Application, redirect: GoogleRedirect) -> None:
    """Add both addresses."""
    # A cookie that browsers send only to the callback, and with a plain http address of development over http, too.
    is_secure = redirect.callback_url.startswith("https:")

    async def begin(_: web.Request) -> web.StreamResponse:
        try:
            departure = redirect.begin()
        except Precondition as refusal:
            return web.json_response(
                {"reason": str(refusal.reason), "message": refusal.message},
                status=web.HTTPBadRequest.status_code,
                headers=_NEVER_KEPT,
            )
        answer = web.Response(status=web.HTTPFound.status_code, headers={**_NEVER_KEPT, "Location": departure.location})
        answer.set_cookie(
            _COOKIE,
            departure.cookie,
            max_age=_SECONDS,
            path=GOOGLE_CALLBACK,
            httponly=True,
            secure=is_secure,
            # Lax, not Strict: the browser comes back from another site.
            samesite="Lax",
        )
        return answer

    async def finish(request: web.Request) -> web.StreamResponse:
        device = Device(_client(request), request.headers.get("User-Agent", "")[:_LONGEST_USER_AGENT])
        location = await redirect.finish(request.query, request.cookies.get(_COOKIE, ""), device)
        answer = web.Response(status=web.HTTPFound.status_code, headers={**_NEVER_KEPT, "Location": location})
        answer.del_cookie(_COOKIE, path=GOOGLE_CALLBACK)
        return answer

    app.router.add_get(GOOGLE, begin)
    app.router.add_get(GOOGLE_CALLBACK, finish)


def _client(request: web.Request) -> str:
    """The client's address as the edge saw it, for the security event alone."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(forwarded or request.remote or ""))
    except ValueError:
        return ""
