"""Signing in by Google on a plain web page: there by a redirect, and back with a code for the page (RFC 6749, 7636).

What has to be remembered on the way lies sealed in a cookie of the browser that began, so that nobody can finish in one
browser what they began in another, and nothing is kept here for those who never come back.
"""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Malformed
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from cnt_grpc.auth.google import Google
from cnt_grpc.auth.rules import by_google
from cnt_grpc.auth.rules.sessions import Device
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError, Conflict, Denied, Unavailable

PATIENCE = timedelta(minutes=10)
"""How long somebody may take at Google."""

_PURPOSE = "auth.google-redirect"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the cookie that it takes along."""

    location: str
    cookie: str


@dataclass(frozen=True, slots=True)
class GoogleRedirect:
    """The way there and the way back."""

    db: Database
    google: Google
    callback_url: str
    """Where Google sends the browser; registered with Google."""
    frontend_url: str
    """The page that gets the code."""

    def begin(self) -> Departure:
        """Leave for Google; raises Precondition when we have no client there."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        location = self.google.sign_in_page(
            redirect_uri=self.callback_url,
            state=state,
            nonce=nonce,
            challenge=_text(sha256(verifier.encode()).digest()),
        )
        memory = {
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "until": (clock.now() + PATIENCE).isoformat(),
        }
        return Departure(location, _text(seal.seal(_PURPOSE, json.dumps(memory).encode())))

    async def finish(self, query: Mapping[str, str], cookie: str, device: Device) -> str:
        """Where the browser goes in the end: to our page with `code`, or with `error`, which says why there is none.

        Errors: `cancelled` at Google, `expired` when too much time has passed or the browser is another one, `refused`,
        `email_taken` by an account that may not be linked, `banned`, and `unavailable`.
        """
        memory = _remembered(cookie)
        if memory is None or not hmac.compare_digest(memory["state"].encode(), query.get("state", "").encode()):
            return self._page(error="expired")
        if "code" not in query:
            return self._page(error="cancelled")
        try:
            id_token = await self.google.exchange(
                query["code"], redirect_uri=self.callback_url, verifier=memory["verifier"]
            )
            identity = await self.google.by_id_token(id_token, nonce=memory["nonce"])
            code = await self.db.transact(lambda tx: by_google.come_by_redirect(tx, identity, device))
        except Unavailable:
            return self._page(error="unavailable")
        except Conflict:
            return self._page(error="email_taken")
        except Denied:
            return self._page(error="banned")
        except AppError:
            return self._page(error="refused")
        return self._page(code=code)

    def _page(self, **told: str) -> str:
        return f"{self.frontend_url}/?{urlencode(told)}"


def _remembered(cookie: str) -> Mapping[str, str] | None:
    try:
        sealed = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
    except (Malformed, ValueError):
        return None
    plain = seal.unseal(_PURPOSE, sealed)
    if plain is None:
        return None
    memory: Mapping[str, str] = json.loads(plain)
    return memory if datetime.fromisoformat(memory["until"]) > clock.now() else None


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
