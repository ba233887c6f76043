"""Passwords: which may be chosen, how they are checked, and what old hashes become."""

import asyncio
import time
from collections.abc import Iterator

import bcrypt
import pytest

from cnt_grpc.auth import passwords
from cnt_grpc.auth.passwords import Passwords, clean_password, hash_now, needs_upgrade
from cnt_grpc.kit.errors import Exhausted, Invalid

GOOD = "dove and olive branch"


@pytest.fixture
def checker() -> Iterator[Passwords]:
    made = Passwords(threads=2, waiting=2)
    yield made
    made.close()


@pytest.mark.parametrize("typed", [GOOD, "x7#kQ2!m", "ångström-42x", "🙏🕊🌿✝🍞🍇🐑🔥", "a long sentence " * 16])
def test_unusual_passwords_are_taken(typed: str) -> None:
    assert clean_password(typed)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "password.min_len"),
        ("7 chars", "password.min_len"),
        ("é" * 7, "password.min_len"),
        ("e\u0301" * 7, "password.min_len"),  # NFKC makes 7 characters of 14
        ("ab" * 128 + "c", "password.max_len"),
        ("password", "password.common"),
        ("PassWord", "password.common"),
        ("password123!", "password.common"),
        ("jesus777", "password.common"),
        ("Welcome@2026", "password.common"),
        ("qwertyuiop", "password.common"),
        ("ilovejesus", "password.common"),
        ("aaaaaaaaaa", "password.common"),
        ("abcabcabcabc", "password.common"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "password.common"),  # in full-width letters
    ],
)
def test_short_long_and_common_passwords_are_refused(typed: str, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_password(typed)
    assert refused.value.violations[0].rule == rule


async def test_the_password_matches_its_own_hash_alone(checker: Passwords) -> None:
    stored = await checker.hash(GOOD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await checker.matches(GOOD, stored)
    assert not await checker.matches(GOOD.upper(), stored)
    assert not needs_upgrade(stored)


async def test_two_keyboards_type_the_same_password(checker: Passwords) -> None:
    stored = await checker.hash("caf\u00e9 \ufb01ve o'clock")
    assert await checker.matches("cafe\u0301 five o'clock", stored)


async def test_nobody_has_no_password(checker: Passwords) -> None:
    assert not await checker.matches("nobody's password", None)


async def test_a_broken_hash_matches_nothing(checker: Passwords) -> None:
    assert not await checker.matches(GOOD, "!")
    assert not await checker.matches(GOOD, "$argon2id$nonsense")


@pytest.mark.parametrize("secret", ["old system", "an old one of more than 72 bytes " * 4])
async def test_old_bcrypt_hashes_match_and_ask_to_be_upgraded(checker: Passwords, secret: str) -> None:
    stored = bcrypt.hashpw(secret.encode()[:72], bcrypt.gensalt(4)).decode()
    assert await checker.matches(secret, stored)
    assert not await checker.matches("another", stored)
    assert needs_upgrade(stored)
    assert needs_upgrade(stored.replace("$2b$", "$2y$"))


def test_a_cheaper_argon2_hash_asks_to_be_upgraded() -> None:
    assert needs_upgrade(hash_now(GOOD).replace("t=2", "t=1"))


async def test_a_flood_is_told_to_come_back_and_the_loop_stays_free(checker: Passwords) -> None:
    flood = asyncio.gather(*(checker.hash(GOOD) for _ in range(12)), return_exceptions=True)
    slowest = 0.0
    while not flood.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        slowest = max(slowest, time.perf_counter() - before)
        await asyncio.sleep(0.001)
    answers = await flood
    refused = [answer for answer in answers if isinstance(answer, Exhausted)]
    assert len(refused) == 8
    assert refused[0].retry_after == 1
    assert await checker.hash(GOOD)  # and afterwards there is room again


async def test_an_unknown_account_costs_the_work_of_a_known_one(checker: Passwords) -> None:
    calls = []
    real = passwords._argon2

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            calls.append(stored.split("$")[3])
            return real.verify(stored, password)

    stored = await checker.hash(GOOD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_argon2", Counting())
        await checker.matches("wrong", stored)
        await checker.matches("wrong", None)
    assert calls == ["m=19456,t=2,p=1"] * 2
