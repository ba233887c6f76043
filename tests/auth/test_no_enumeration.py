"""Whether an account exists is told by no answer to a code, a reset or a sign-in: same bytes, same work, same time."""

import contextlib
import itertools
import random
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable

import pytest

from cnt_grpc.auth import CodePurpose, Device, Tokens
from cnt_grpc.auth.rules import by_code, codes
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Unauthenticated
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from tests.contract.effects import settled
from tests.harness.api import Api, ApiError
from tests.harness.world import World

PAIRS = 24
ROUNDS = 4

Ask = Callable[[Api, str], Awaitable[object]]


async def send(api: Api, email: str) -> object:
    reply = await api.auth.SendOtp(email=email, purpose=code_pb2.CODE_PURPOSE_LOGIN)
    reply.ClearField("expires_at")
    return reply


async def forgot(api: Api, email: str) -> object:
    reply = await api.auth.ForgotPassword(email=email)
    reply.ClearField("expires_at")
    return reply


async def verify(api: Api, email: str) -> object:
    return await api.auth.VerifyOtp(email=email, otp_code="000000", purpose=code_pb2.CODE_PURPOSE_LOGIN)


async def login(api: Api, email: str) -> object:
    return await api.auth.LoginWithOtp(email=email, otp_code="000000")


async def reset(api: Api, email: str) -> object:
    return await api.auth.ResetPassword(email=email, otp_code="000000", new_password="lions in the den")


@pytest.mark.parametrize("asked_before", [True, False], ids=["with a code", "without a code"])
@pytest.mark.parametrize("ask", [send, forgot, verify, login, reset])
async def test_known_and_unknown_addresses_look_alike(world: World, api: Api, ask: Ask, asked_before: bool) -> None:
    # A busy machine makes differences of its own, but not the same one each time.
    for _ in range(ROUNDS):
        if await looks_alike(world, api, ask, asked_before=asked_before):
            return
    pytest.fail("known and unknown addresses take different times")


async def looks_alike(world: World, api: Api, ask: Ask, *, asked_before: bool) -> bool:
    """Whether pairs of calls, one for an address that somebody has, take the same time; their bytes must be equal."""
    pairs = [(person.email, f"u{secrets.token_hex(6)}@example.com") for person in await world.users(PAIRS)]
    if asked_before:
        for email in itertools.chain.from_iterable(pairs):
            await send(api.elsewhere(), email)
    took: dict[bool, list[float]] = {True: [], False: []}
    seen = set()
    calls = [(is_known, pair[not is_known]) for pair in pairs for is_known in (True, False)]
    random.shuffle(calls)
    for is_known, email in calls:
        # The worker, which shares this process with the server only here, is done with the call before.
        await settled(world)
        asking = api.elsewhere()
        started = time.perf_counter()
        try:
            answer: object = ("OK", str(await ask(asking, email)))
        except ApiError as refused:
            answer = refused.wire
        took[is_known].append(time.perf_counter() - started)
        seen.add(answer)
    assert len(seen) == 1, seen
    fast, slow = sorted(statistics.quantiles(times)[0] for times in took.values())
    # A look-up of an account takes 0.3 ms more, and a password's hash 26: the quickest quarter shows either.
    return slow - fast < max(0.001, 0.15 * fast)


async def test_the_database_is_asked_as_often(world: World) -> None:
    """Time is noisy; the number of statements is not."""
    device, life = Device("", "a test"), Tokens()
    ann, nobody = (await world.user()).email, f"u{secrets.token_hex(6)}@example.com"
    asks: list[Callable[[Tx, str], Awaitable[object]]] = [
        lambda tx, email: codes.send(tx, email, CodePurpose.LOGIN, ""),
        lambda tx, email: codes.verify(tx, email, CodePurpose.LOGIN, "000000", ""),
        lambda tx, email: by_code.sign_in(tx, life, email, "000000", device),
        lambda tx, email: codes.send(tx, email, CodePurpose.RESET, ""),
        lambda tx, email: by_code.reset_password(tx, email, "000000", "a hash", device),
    ]
    for ask in asks:
        statements = []
        for email in (ann, nobody):
            async with world.db.transaction() as tx:
                with contextlib.suppress(Unauthenticated):
                    await ask(tx, email)
                statements.append(tx.statements)
        assert statements[0] == statements[1]
