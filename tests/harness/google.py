"""A stand-in for Google: its own keys, and the few addresses that signing in asks. It checks all that we send."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from cnt_grpc.kit import clock
from tests.harness.drive import SCOPE, DriveStandIn
from tests.harness.pace import Pace

CLIENT_ID = "cnt-test.apps.googleusercontent.com"
CLIENT_SECRET = "what only Google and we know"


@dataclass
class GoogleStandIn:
    """Somebody who says who people are."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    asked_for_keys: int = 0
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Access tokens, with what is said of each."""
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Codes of the redirect flow, with what was asked and who it is."""
    next_person: dict[str, Any] = field(default_factory=dict)
    """Who signs in at the page next."""
    refuses_with: int = 0
    """The status with which everything is answered; 0 is none, and what is asked for."""
    pace: Pace = field(default_factory=Pace)
    drive: DriveStandIn = field(default_factory=lambda: DriveStandIn(CLIENT_ID, CLIENT_SECRET))
    """What the same people keep there."""

    def new_key(self) -> str:
        """Another key; its id."""
        name = secrets.token_hex(8)
        self.keys[name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return name

    def person(self, **claims: Any) -> dict[str, Any]:
        """Somebody nobody has seen before, with a proven address."""
        subject = str(10**20 + secrets.randbelow(10**20))
        return {
            "sub": subject,
            "email": f"g.{subject[-12:]}@example.com",
            "email_verified": True,
            "name": "Grace Google",
        } | claims

    def id_token(self, person: dict[str, Any], *, key: str = "", algorithm: str = "RS256", **change: Any) -> str:
        """An id token of this person; `change` replaces claims, and None leaves one out."""
        now = clock.now()
        claims = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT_ID,
            "azp": CLIENT_ID,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
        }
        claims = {name: value for name, value in (claims | person | change).items() if value is not None}
        name = key or next(iter(self.keys))
        return jwt.encode(claims, self.keys[name], algorithm=algorithm, headers={"kid": name})

    def access_token(self, person: dict[str, Any], **change: Any) -> str:
        """An access token of this person; `change` replaces what tokeninfo says of it."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        expires = int((clock.now() + timedelta(hours=1)).timestamp())
        told = {"aud": CLIENT_ID, "azp": CLIENT_ID, "exp": str(expires)}
        told |= {name: person[name] for name in ("sub", "email")}
        told["email_verified"] = str(person["email_verified"]).lower()
        self.profiles[token] = {"tokeninfo": told | change, "userinfo": person}
        return token

    # -- what it answers ----------------------------------------------------------------------------------------------

    async def _certs(self, _: web.Request) -> web.Response:
        self.asked_for_keys += 1
        keys = []
        for name, key in self.keys.items():
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
            keys.append(public | {"kid": name, "use": "sig", "alg": "RS256"})
        return self._answer({"keys": keys}, **{"Cache-Control": "public, max-age=3600, must-revalidate"})

    async def _tokeninfo(self, request: web.Request) -> web.Response:
        known = self.profiles.get(request.query.get("access_token", ""))
        if known is None:
            return web.json_response({"error": "invalid_token"}, status=400)
        return self._answer(known["tokeninfo"])

    async def _userinfo(self, request: web.Request) -> web.Response:
        known = self.profiles.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if known is None:
            return web.json_response({"error": "invalid_token"}, status=401)
        return self._answer(known["userinfo"])

    async def _page(self, request: web.Request) -> web.Response:
        """The person agrees at once."""
        if request.query.get("scope") == SCOPE:
            return self.drive.page(request)
        asked = dict(request.query)
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email", "profile"}
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"asked": asked, "person": self.next_person}
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["grant_type"] == "refresh_token" or str(form["code"]) in self.drive.codes:
            return self.drive.token(form)
        known = self.codes.pop(str(form["code"]), None)
        if known is None or (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"error": "invalid_grant"}, status=400)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        asked = known["asked"]
        if challenge.rstrip(b"=").decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        id_token = self.id_token(known["person"], nonce=asked["nonce"])
        return self._answer({"id_token": id_token, "access_token": "unused", "token_type": "Bearer"})

    def _answer(self, body: dict[str, Any], **headers: str) -> web.Response:
        if self.refuses_with:
            return web.Response(status=self.refuses_with)
        return web.json_response(body, headers=headers)

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        await self.pace.keep()
        response: web.StreamResponse = await handler(request)
        return response

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[GoogleStandIn]:
        """Listen while the block runs."""
        self.new_key()
        app = web.Application(middlewares=[self._door])
        app.router.add_get("/oauth2/v3/certs", self._certs)
        app.router.add_get("/tokeninfo", self._tokeninfo)
        app.router.add_get("/oauth2/v3/userinfo", self._userinfo)
        app.router.add_get("/o/oauth2/v2/auth", self._page)
        app.router.add_post("/token", self._token)
        app.router.add_post("/revoke", self.drive.revoke)
        self.drive.add_to(app)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()
