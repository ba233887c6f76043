"""Codes by mail: how long they live, how often they may be guessed and asked for, and what they never tell."""

import asyncio
import secrets
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc.auth import CodePurpose, codes
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from tests.auth import makers
from tests.auth.answers import answer
from tests.auth.mailbox import Mailbox
from tests.harness.api import Api
from tests.harness.world import World

LOGIN = code_pb2.CODE_PURPOSE_LOGIN
RESET = code_pb2.CODE_PURPOSE_RESET
REGISTER = code_pb2.CODE_PURPOSE_REGISTER


def fresh_address() -> str:
    return f"code.{secrets.token_hex(6)}@example.com"


def other_than(code: str, number: int = 1) -> str:
    """A wrong code."""
    return f"{(int(code) + number) % 10**codes.DIGITS:06}"


async def ask(api: Api, email: str, purpose: int = LOGIN) -> None:
    await api.auth.SendOtp(email=email, purpose=purpose)


async def tried(api: Api, email: str, code: str, purpose: int = LOGIN) -> str:
    """How a code is answered: "OK", or the reason."""
    return await answer(api.auth.VerifyOtp(email=email, otp_code=code, purpose=purpose))


async def test_a_code_has_six_digits_and_verifying_does_not_use_it_up(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    before = clock.now()
    sent = await api.auth.SendOtp(email=ann.email.upper(), purpose=LOGIN)
    assert (
        timedelta(minutes=10) <= sent.expires_at.ToDatetime(before.tzinfo) - before < timedelta(minutes=10, seconds=5)
    )
    code = await mailbox.code(ann.email, CodePurpose.LOGIN)
    assert len(code) == 6
    assert code.isdecimal()
    assert [await tried(api, ann.email, typed) for typed in (code, f"{code[:3]} {code[3:]}", code)] == ["OK"] * 3
    reply = await api.auth.LoginWithOtp(email=ann.email, otp_code=code)
    assert reply.user_id == ann.id
    assert await tried(api, ann.email, code) == "CODE_WRONG"
    await api.auth.LoginWithOtp(email=ann.email, otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")


async def test_a_code_lives_for_ten_minutes(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    code = await mailbox.code(ann.email, CodePurpose.LOGIN)
    clock.move(timedelta(minutes=9, seconds=58))
    assert await tried(api, ann.email, code) == "OK"
    clock.move(timedelta(seconds=3))
    assert await tried(api, ann.email, code) == "CODE_WRONG"


async def test_one_code_lives_for_an_address_and_purpose(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    first = await mailbox.code(ann.email, CodePurpose.LOGIN)
    await ask(api, ann.email, RESET)
    reset = await mailbox.code(ann.email, CodePurpose.RESET)
    await ask(api, ann.email)
    second = await mailbox.code(ann.email, CodePurpose.LOGIN)
    if first != second:
        assert await tried(api, ann.email, first) == "CODE_WRONG"
    assert await tried(api, ann.email, second) == "OK"
    assert await tried(api, ann.email, reset, RESET) == "OK"
    if reset != second:
        assert await tried(api, ann.email, reset) == "CODE_WRONG"


async def test_five_wrong_tries_kill_a_code_even_when_they_come_together(
    world: World, api: Api, mailbox: Mailbox
) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    code = await mailbox.code(ann.email, CodePurpose.LOGIN)
    wrong = await asyncio.gather(*(tried(api, ann.email, other_than(code, n + 1)) for n in range(5)))
    assert set(wrong) == {"CODE_WRONG"}
    assert await tried(api, ann.email, code) == "CODE_WRONG"


async def test_four_wrong_tries_leave_a_code_alive(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    code = await mailbox.code(ann.email, CodePurpose.LOGIN)
    for n in range(4):
        assert await tried(api, ann.email, other_than(code, n + 1)) == "CODE_WRONG"
    assert await tried(api, ann.email, code) == "OK"


async def test_asking_again_does_not_reset_the_count(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    first = await mailbox.code(ann.email, CodePurpose.LOGIN)
    for n in range(3):
        await tried(api, ann.email, other_than(first, n + 1))
    await ask(api, ann.email)
    second = await mailbox.code(ann.email, CodePurpose.LOGIN)
    for n in range(2):
        assert await tried(api, ann.email, other_than(second, n + 1)) == "CODE_WRONG"
    assert await tried(api, ann.email, second) == "CODE_WRONG"
    refused = await api.auth.SendOtp(email=ann.email, purpose=LOGIN).fails(
        StatusCode.RESOURCE_EXHAUSTED, "CODES_SLOWED_DOWN"
    )
    assert 0 < refused.retry_after <= 600
    clock.move(timedelta(seconds=refused.retry_after + 1))
    await ask(api, ann.email)
    third = await mailbox.code(ann.email, CodePurpose.LOGIN)
    assert await tried(api, ann.email, third) == "OK"


async def test_twenty_wrong_tries_a_day_for_an_account(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    counted = 0
    for _ in range(5):
        await ask(api, ann.email)
        code = await mailbox.code(ann.email, CodePurpose.LOGIN)
        for n in range(4):
            if await tried(api, ann.email, other_than(code, n + 1)) == "CODE_WRONG":
                counted += 1
        clock.move(timedelta(minutes=61))
    assert counted == 20
    for purpose in (LOGIN, RESET, REGISTER):
        assert await tried(api, ann.email, "123456", purpose) == "CODES_SLOWED_DOWN"
        refused = await api.auth.SendOtp(email=ann.email, purpose=purpose).fails(
            StatusCode.RESOURCE_EXHAUSTED, "CODES_SLOWED_DOWN"
        )
        assert 20 * 3600 < refused.retry_after <= 24 * 3600
    clock.move(timedelta(hours=24))
    await ask(api, ann.email)
    assert await tried(api, ann.email, await mailbox.code(ann.email, CodePurpose.LOGIN)) == "OK"


@pytest.mark.parametrize("is_known", [True, False])
async def test_five_mails_an_hour_for_an_address_whatever_they_are_for(world: World, api: Api, is_known: bool) -> None:
    email = (await world.user()).email if is_known else fresh_address()
    for purpose in (LOGIN, RESET, REGISTER, LOGIN):
        await ask(api, email, purpose)
        clock.move(timedelta(minutes=10))
    await api.auth.ForgotPassword(email=email)
    refused = await api.auth.SendOtp(email=email.upper(), purpose=LOGIN).fails(
        StatusCode.RESOURCE_EXHAUSTED, "CODES_SLOWED_DOWN"
    )
    assert 19 * 60 < refused.retry_after <= 20 * 60
    clock.move(timedelta(seconds=refused.retry_after + 1))
    await ask(api, email)
    await api.auth.SendOtp(email=email, purpose=LOGIN).fails(StatusCode.RESOURCE_EXHAUSTED, "CODES_SLOWED_DOWN")


async def test_of_many_who_ask_at_once_five_get_a_mail(world: World, api: Api) -> None:
    ann = await world.user()
    ask_at_once = (answer(api.auth.SendOtp(email=ann.email, purpose=LOGIN)) for _ in range(12))
    answers = await asyncio.gather(*ask_at_once)
    assert sorted(answers) == ["CODES_SLOWED_DOWN"] * 7 + ["OK"] * 5


async def test_one_network_cannot_make_us_mail_everybody(api: Api) -> None:
    spammer = api.with_(x_forwarded_for=f"2001:db8:{secrets.token_hex(2)}::1")
    answers = [await answer(spammer.auth.SendOtp(email=fresh_address(), purpose=LOGIN)) for _ in range(53)]
    assert answers == ["OK"] * 51 + ["CODES_SLOWED_DOWN"] * 2


async def test_codes_are_stored_hashed_and_never_in_the_clear(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    await ask(api, ann.email)
    code = await mailbox.code(ann.email, CodePurpose.LOGIN)
    async with world.db.transaction() as tx:
        [stored] = await tx.raw("SELECT * FROM email_verifications WHERE email = $1", ann.email.lower())
        jobs = await tx.raw(
            "SELECT kind, sealed, payload FROM jobs WHERE kind IN ('auth.send_code', 'auth.deliver_code')"
        )
    assert stored["code_hash"] == codes.hash_of(ann.email.lower(), CodePurpose.LOGIN, code)
    assert len(stored["code_hash"]) == 16
    assert code not in str(dict(stored))
    assert {"auth.send_code", "auth.deliver_code"} <= {job["kind"] for job in jobs}
    assert all(job["sealed"] and code.encode() not in (job["payload"] or b"") for job in jobs)


async def test_a_mail_goes_only_to_whom_it_concerns(world: World, api: Api, mailbox: Mailbox) -> None:
    ann, nobody = await world.user(), fresh_address()
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, ann.id, email_verified_at=clock.now())
    for purpose in (LOGIN, RESET, code_pb2.CODE_PURPOSE_VERIFY_EMAIL, code_pb2.CODE_PURPOSE_CONFIRM):
        await ask(api, nobody, purpose)
    await ask(api, ann.email, code_pb2.CODE_PURPOSE_VERIFY_EMAIL)
    await ask(api, nobody, REGISTER)
    assert await mailbox.code(nobody, CodePurpose.REGISTER)
    await mailbox.none_for(nobody)
    await mailbox.none_for(ann.email)


async def test_the_same_request_id_sends_one_mail(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await world.user()
    request_id = "0b8e2f4e-6d0f-4d0a-9a5e-0f3c4a3b2c1d"
    for _ in range(3):
        await api.auth.SendOtp(email=ann.email, purpose=LOGIN, request_id=request_id)
    await mailbox.code(ann.email, CodePurpose.LOGIN)
    await mailbox.none_for(ann.email)


async def test_no_purpose_and_no_code_is_invalid(api: Api) -> None:
    refused = await api.auth.SendOtp(email="ann").fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert "purpose" in refused.fields
    refused = await api.auth.VerifyOtp(email=fresh_address(), otp_code="abcdef", purpose=LOGIN).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    assert refused.fields == ["otp_code"]
