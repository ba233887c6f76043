"""The two tokens of a session: the access token, a short-lived JWT, and the refresh token that buys the next pair."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.errors import Unauthenticated
from cnt_grpc.kit.rpc.identity import TokenClaims
from cnt_grpc.pb.cnt.common.v1.reason import Reason

LEEWAY = timedelta(seconds=30)
"""How far the clocks of two machines may be apart."""

_ALGORITHM = "HS256"
_ISSUER = "cnt-grpc"
_AUDIENCE = "cnt"
_TYPE = "access"
_KEY = "auth.access-token"
_SUCCESSOR_KEY = "auth.refresh-token.successor"
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and checks access tokens, and knows how long each kind of token lives."""

    access_lifetime: timedelta = timedelta(minutes=30)
    refresh_lifetime: timedelta = timedelta(days=30)
    rotates: bool = True
    """Whether using a refresh token replaces it (REFRESH_TOKEN_ROTATION)."""

    def access_token(self, user_id: int, session_id: int) -> str:
        """A signed token (RFC 7519) that says who calls in which session; what they may do is asked of the database."""
        now = clock.now()
        claims = {
            "sub": str(user_id),
            "sid": str(session_id),
            "typ": _TYPE,
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int((now + self.access_lifetime).timestamp()),
        }
        return jwt.encode(claims, seal.key(_KEY), algorithm=_ALGORITHM)


def verify(token: str) -> TokenClaims:
    """What an access token says; raises Unauthenticated when it is not ours, altered, of another kind or expired."""
    try:
        claims = jwt.decode(
            token,
            seal.key(_KEY),
            # A list of one: a token must not choose how it is checked (RFC 8725, 3.1).
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            audience=_AUDIENCE,
            # Times are checked below, by the one clock that tests can move.
            options={
                "require": ["sub", "sid", "typ", "iss", "aud", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        if claims["typ"] != _TYPE:
            raise Unauthenticated(Reason.NOT_SIGNED_IN)
        now = clock.now()
        valid_until = datetime.fromtimestamp(int(claims["exp"]), UTC) + LEEWAY
        if datetime.fromtimestamp(int(claims["iat"]), UTC) > now + LEEWAY or valid_until <= now:
            raise Unauthenticated(Reason.NOT_SIGNED_IN)
        return TokenClaims(int(claims["sub"]), int(claims["sid"]), valid_until)
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        raise Unauthenticated(Reason.NOT_SIGNED_IN) from None


def new_refresh_token() -> str:
    """A refresh token that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def successor(refresh_token: str) -> str:
    """The token that replaces a used one.

    It follows from the used one and our secret, so that a repeated request gets the same answer although the database
    holds nothing but hashes; without the secret nobody gets from one to the next.
    """
    digest = hmac.digest(seal.key(_SUCCESSOR_KEY), refresh_token.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(refresh_token: str) -> bytes:
    """What is stored of a refresh token: SHA-256, since 256 random bits need no slow hash."""
    return hashlib.sha256(refresh_token.encode()).digest()
