"""Access tokens and refresh tokens, without a database."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from cnt_grpc.auth import tokens
from cnt_grpc.auth.tokens import LEEWAY, Tokens
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.errors import Unauthenticated

LIFE = Tokens()


def signed(change: dict[str, Any] | None = None, *, key: bytes | None = None, algorithm: str = "HS256") -> str:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "sub": "7", "sid": "9", "typ": "access", "iss": "cnt-grpc", "aud": "cnt", "iat": now, "exp": now + 60,
    }  # fmt: skip
    claims |= change or {}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key if key is not None else seal.key("auth.access-token"), algorithm=algorithm)


def test_a_token_says_who_calls_in_which_session() -> None:
    claims = tokens.verify(LIFE.access_token(7, 9))
    assert (claims.user_id, claims.session_id) == (7, 9)
    assert claims.expires_at - clock.now() <= LIFE.access_lifetime + LEEWAY


def test_a_token_names_nobody_and_grants_nothing() -> None:
    body = LIFE.access_token(7, 9).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert set(claims) == {"sub", "sid", "typ", "iss", "aud", "iat", "exp"}


@pytest.mark.parametrize(
    "change",
    [
        {"typ": "refresh"}, {"iss": "another"}, {"aud": "another"}, {"aud": ["another"]}, {"sub": "x"}, {"sid": "x"},
        {"sid": {}}, {"exp": "x"}, {"iat": []}, {"exp": 10**40},
        {"sub": None}, {"sid": None}, {"typ": None}, {"iss": None}, {"aud": None}, {"iat": None}, {"exp": None},
    ],
)  # fmt: skip
def test_a_token_with_another_or_no_claim_is_refused(change: dict[str, Any]) -> None:
    assert tokens.verify(signed()).user_id == 7
    with pytest.raises(Unauthenticated):
        tokens.verify(signed(change))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_that_chose_its_own_check_is_refused() -> None:
    parts = signed().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for forged in (
        f"{header}.{parts[1]}.",
        f"{header}.{parts[1]}.{parts[2]}",
        signed(algorithm="HS512"),
        signed(key=b"another key of at least 32 bytes, then"),
        ".".join([parts[0], parts[1], parts[2][::-1]]),
        "",
        "x",
        "a.b.c",
        "é.é.é",
    ):
        with pytest.raises(Unauthenticated):
            tokens.verify(forged)


def test_a_token_expires_after_its_life_and_the_leeway() -> None:
    token = LIFE.access_token(7, 9)
    clock.move(LIFE.access_lifetime + LEEWAY - timedelta(seconds=2))
    assert tokens.verify(token).user_id == 7
    clock.move(timedelta(seconds=3))
    with pytest.raises(Unauthenticated):
        tokens.verify(token)


def test_a_token_from_the_future_is_refused() -> None:
    clock.move(timedelta(minutes=2))
    token = LIFE.access_token(7, 9)
    clock.reset()
    with pytest.raises(Unauthenticated):
        tokens.verify(token)


def test_refresh_tokens_are_random_and_their_hashes_are_not_them() -> None:
    made = {tokens.new_refresh_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(base64.urlsafe_b64decode(each + "=")) == 32 for each in made)
    assert len({tokens.hash_of(each) for each in made} | {each.encode() for each in made}) == 200


def test_a_successor_follows_from_the_token_and_the_secret_alone() -> None:
    first = tokens.new_refresh_token()
    second = tokens.successor(first)
    assert second == tokens.successor(first) != first
    assert tokens.successor(second) not in {first, second}
    try:
        seal.configure("another secret, long enough for every check")
        assert tokens.successor(first) != second
    finally:
        seal.configure("a secret for tests, long enough for every check")
