"""A stand-in for Firebase that speaks FCM HTTP v1 and gives tokens for signed grants; it checks all that it is sent."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.harness.pace import Pace

PROJECT = "cnt-test"
MOST_BYTES = 4000
"""Of what a phone is to get, keys and values; FCM says 4,096."""
EMAIL = "push@cnt-test.iam.gserviceaccount.com"


def _size(message: dict[str, Any]) -> int:
    words = [*message["notification"].values(), *message["data"], *message["data"].values()]
    return sum(len(each.encode()) for each in words)


@dataclass
class Firebase:
    """Messages that were taken, and answers that are not 200."""

    url: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    messages: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    faults: dict[str, list[tuple[int, dict[str, Any], dict[str, str]]]] = field(default_factory=dict)
    """For device tokens, how the next calls are answered: status, error details, headers."""
    pace: Pace = field(default_factory=Pace)
    under_way: int = 0
    most_under_way: int = 0

    def to(self, token: str) -> list[dict[str, Any]]:
        """Every message that was taken for this device."""
        return [message for message in self.messages if message["token"] == token]

    def fail(self, token: str, status: int, detail: dict[str, Any] | None = None, **headers: str) -> None:
        """Answer the next call for this device so."""
        self.faults.setdefault(token, []).append((status, detail or {}, headers))

    def credentials(self, folder: Path) -> Path:
        """The file that an operator downloads."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = folder / "service-account.json"
        content = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "client_email": EMAIL,
            "token_uri": f"{self.url}/token",
        }
        file.write_text(json.dumps(content))
        return file

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        grant = str(form["assertion"])
        # The clock of a test may be moved, so its own times are not compared with this machine's.
        claims = jwt.decode(
            grant,
            self.key.public_key(),
            algorithms=["RS256"],
            audience=f"{self.url}/token",
            options={"verify_exp": False, "verify_iat": False},
        )
        assert claims["iss"] == EMAIL
        assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        assert claims["exp"] - claims["iat"] <= 3600
        assert jwt.get_unverified_header(grant)["kid"] == "k1"
        self.tokens.append(f"ya29.{secrets.token_urlsafe(16)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 3599, "token_type": "Bearer"})

    async def _send(self, request: web.Request) -> web.Response:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if request.headers["Authorization"] != f"Bearer {self.tokens[-1]}":
                return web.json_response({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, status=401)
            message = (await request.json())["message"]
            assert set(message) == {"token", "notification", "data"}
            assert all(isinstance(value, str) for value in message["data"].values())
            await asyncio.sleep(0.02)
            if self.faults.get(message["token"]):
                status, detail, headers = self.faults[message["token"]].pop(0)
                error = {"code": status, "details": [detail] if detail else []}
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return web.json_response({"error": error}, status=status, headers=named)
            if _size(message) > MOST_BYTES:
                error = {"code": 400, "message": "Request contains an invalid argument.", "status": "INVALID_ARGUMENT"}
                return web.json_response({"error": error}, status=400)
            self.messages.append(message)
            return web.json_response({"name": f"projects/{PROJECT}/messages/{len(self.messages)}"})
        finally:
            self.under_way -= 1

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        await self.pace.keep()
        response: web.StreamResponse = await handler(request)
        return response


@asynccontextmanager
async def serving() -> AsyncIterator[Firebase]:
    """Listen while the block runs."""
    firebase = Firebase()
    app = web.Application(middlewares=[firebase._door])
    app.router.add_post("/token", firebase._token)
    app.router.add_post(f"/v1/projects/{PROJECT}/messages:send", firebase._send)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    firebase.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield firebase
    await runner.cleanup()
