"""Calls to outside parties: never in a transaction, never without an end, never on and on to one that is away."""

import asyncio
import time

import pytest

from cnt_grpc.kit import outside
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import InsideTransactionError, Party


async def test_no_party_is_called_inside_a_transaction(scratch: Database) -> None:
    party = Party("mail", timeout=1)
    async with scratch.transaction() as tx:
        async with party.call():
            """Nothing is held yet: the transaction opens with its first statement."""
        await tx.raw("SELECT 1")
        with pytest.raises(InsideTransactionError, match="mail"):
            async with party.call():
                pytest.fail("it was called")
    async with party.call():
        """And afterwards it may be called."""


async def test_a_party_that_answers_too_late_is_unavailable() -> None:
    with pytest.raises(Unavailable) as refused:
        async with Party("slow", timeout=0.01).call():
            await asyncio.sleep(5)
    assert refused.value.metadata == {"party": "slow"}


async def test_a_party_that_keeps_failing_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    party = Party("away", timeout=1)
    tries = 0

    async def try_it() -> None:
        nonlocal tries
        async with party.call():
            tries += 1
            raise ConnectionRefusedError

    for _ in range(outside.FAILURES + 3):
        with pytest.raises(Unavailable):
            await try_it()
    assert tries == outside.FAILURES
    rested = time.monotonic() + outside.REST
    monkeypatch.setattr("time.monotonic", lambda: rested)
    async with party.call():
        """One call tries again, and the party is well."""
    with pytest.raises(Unavailable):
        await try_it()
    assert tries == outside.FAILURES + 1


async def test_errors_of_its_own_pass_and_do_not_count() -> None:
    party = Party("strict", timeout=1)
    for _ in range(outside.FAILURES + 1):
        with pytest.raises(KeyError):
            async with party.call():
                raise KeyError("no such mailbox")
