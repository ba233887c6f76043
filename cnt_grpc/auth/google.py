"""Google as the party that knows who somebody is: keys, tokens, and the pages of its sign-in."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import jwt

from cnt_grpc.auth.google_http import OK, Answer, GoogleHttp
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Precondition, Unauthenticated
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

LEEWAY = timedelta(seconds=30)
"""How far Google's clock and ours may be apart."""

LARGEST_PICTURE = 5_000_000
"""Bytes. Google's own pictures of people are far smaller."""

_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
"""Both are Google's, as its documents on validating an id token say."""
_ALGORITHM = "RS256"
_PICTURE_HOSTS = re.compile(r"([a-z0-9-]+\.)+googleusercontent\.com")
_KEYS_LEAST, _KEYS_MOST = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GoogleIdentity:
    """Who somebody is, in Google's words."""

    subject: str
    """Of all that Google tells only this never changes."""
    email: str
    is_email_verified: bool
    name: str = ""
    picture: str = ""
    issued_at: datetime | None = None
    """When an id token was made; of an access token nobody knows."""


class Google(Protocol):
    """What the auth room asks of Google."""

    @property
    def client_id(self) -> str:
        """Ours; raises Precondition when there is none."""
        ...

    async def by_id_token(self, token: str, *, nonce: str = "") -> GoogleIdentity:
        """Who an id token is of; raises Unauthenticated, and Unavailable when the keys cannot be had."""
        ...

    async def by_access_token(self, token: str) -> GoogleIdentity:
        """Who an access token is of; raises Unauthenticated, and Unavailable when Google does not answer."""
        ...

    def sign_in_page(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where somebody signs in at Google; raises Precondition when we have no client."""
        ...

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> str:
        """The id token for the code with which Google sent somebody back; raises Unauthenticated, and Unavailable."""
        ...

    async def picture(self, url: str) -> bytes | None:
        """A person's picture; None when it is not at Google's, not there any more, or too large."""
        ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Google is: of settings, so that tests and closed networks have their own."""

    accounts: str = "https://accounts.google.com"
    oauth: str = "https://oauth2.googleapis.com"
    api: str = "https://www.googleapis.com"


class GoogleApi(Google):
    """Google by HTTP."""

    def __init__(self, client_id: str, client_secret: str, addresses: Addresses) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._at = addresses
        self._http = GoogleHttp()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._keys_until = datetime.fromtimestamp(0, UTC)
        self._keys_asked = datetime.fromtimestamp(0, UTC)
        self._asking = asyncio.Lock()

    @property
    def client_id(self) -> str:
        if not self._client_id:
            raise Precondition(Reason.GOOGLE_NOT_CONFIGURED, "GOOGLE_CLIENT_ID is not set", setting="GOOGLE_CLIENT_ID")
        return self._client_id

    async def by_id_token(self, token: str, *, nonce: str = "") -> GoogleIdentity:
        client_id = self.client_id
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                # A list of one: a token must not choose how it is checked (RFC 8725, 3.1).
                algorithms=[_ALGORITHM],
                audience=client_id,
                issuer=_ISSUERS,
                # Times are checked below, by the one clock that tests can move.
                options={
                    "require": ["iss", "aud", "sub", "iat", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            issued_at, expires_at = (datetime.fromtimestamp(int(claims[name]), UTC) for name in ("iat", "exp"))
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError):
            raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID) from None
        now = clock.now()
        if not issued_at - LEEWAY <= now < expires_at + LEEWAY or (nonce and claims.get("nonce") != nonce):
            raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
        return _identity(claims, issued_at)

    async def by_access_token(self, token: str) -> GoogleIdentity:
        client_id = self.client_id
        told = await self._ask("GET", f"{self._at.oauth}/tokeninfo?{urlencode({'access_token': token})}")
        # A token that another page got for its own purpose must not open our door (the confused deputy).
        if told.get("aud") != client_id or not _is_valid_until(told.get("exp")):
            raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
        bearer = {"Authorization": f"Bearer {token}"}
        profile = await self._ask("GET", f"{self._at.api}/oauth2/v3/userinfo", headers=bearer)
        if profile.get("sub") != told.get("sub"):
            raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
        return _identity({**profile, **{name: told[name] for name in ("email", "email_verified") if name in told}})

    def sign_in_page(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        query = {
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        return f"{self._at.accounts}/o/oauth2/v2/auth?{urlencode(query)}"

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self._client_secret,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
        }
        answer = await self._ask("POST", f"{self._at.oauth}/token", data=form)
        return str(answer.get("id_token", ""))

    async def picture(self, url: str) -> bytes | None:
        parts = urlsplit(url)
        # Nothing but Google's own hosts: an address that a stranger chose could lead into our own network.
        if parts.scheme != "https" or parts.port or not _PICTURE_HOSTS.fullmatch(parts.hostname or ""):
            return None
        async with self._http.request("GET", url, most=LARGEST_PICTURE) as answer:
            return answer.body if answer.status == OK else None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _key(self, key_id: str) -> jwt.PyJWK:
        """The public key of this id; raises InvalidKeyError when Google has none such, and Unavailable."""
        async with self._asking:
            now = clock.now()
            # An unknown id may be a new key, or made up: we ask again, but not for everyone who makes one up.
            if now >= self._keys_until or (key_id not in self._keys and now >= self._keys_asked + _KEYS_LEAST):
                async with self._http.request("GET", f"{self._at.api}/oauth2/v3/certs") as answer:
                    self._keys = _keys(answer)
                self._keys_until, self._keys_asked = now + _kept(answer), now
        key = self._keys.get(key_id)
        if key is None:
            raise jwt.InvalidKeyError(key_id)
        return key

    async def _ask(self, verb: str, url: str, **given: Any) -> Mapping[str, Any]:  # noqa: ANN401  (aiohttp's own)
        async with self._http.request(verb, url, **given) as answer:
            if answer.status != OK:
                raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
            return answer.json()


def _keys(answer: Answer) -> Mapping[str, jwt.PyJWK]:
    if answer.status != OK:
        raise OSError(f"Google's keys: status {answer.status}")
    given = [each for each in answer.json().get("keys", ()) if each.get("kty") == "RSA" and each.get("kid")]
    return {each["kid"]: jwt.PyJWK(each, _ALGORITHM) for each in given}


def _kept(answer: Answer) -> timedelta:
    """How long Google lets us keep its keys."""
    told = re.search(r"max-age=(\d{1,9})", answer.headers.get("Cache-Control", ""))
    return min(max(timedelta(seconds=int(told[1]) if told else 0), _KEYS_LEAST), _KEYS_MOST)


def _identity(claims: Mapping[str, Any], issued_at: datetime | None = None) -> GoogleIdentity:
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not isinstance(email, str) or not subject or not email:
        # Without the scope "email" there is nothing to reach the person by.
        raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
    return GoogleIdentity(
        subject=subject,
        email=email,
        # A JWT has a truth value here, tokeninfo a word.
        is_email_verified=claims.get("email_verified") in (True, "true"),
        name=str(claims.get("name", "")),
        picture=str(claims.get("picture", "")),
        issued_at=issued_at,
    )


def _is_valid_until(text: object) -> bool:
    try:
        return datetime.fromtimestamp(int(str(text)), UTC) > clock.now()
    except (ValueError, OverflowError, OSError):
        return False
