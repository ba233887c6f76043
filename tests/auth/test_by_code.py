"""What a code opens: a new account, a session, a proven address, a new password."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from grpc import StatusCode

from cnt_grpc.auth import CodePurpose, tokens
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, in_transaction
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from tests.auth import makers
from tests.auth.mailbox import Mailbox
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.world import Person, World


async def code_for(world: World, email: str, purpose: CodePurpose) -> str:
    async with world.db.transaction() as tx:
        return await makers.code(tx, email, purpose)


async def row(world: World, user_id: int) -> Row:
    async with world.db.transaction() as tx:
        return await makers.row(tx, user_id)


async def with_password(world: World) -> Person:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, ann.id, password_hash=makers.password_hash())
    return ann


async def test_register_with_a_code(world: World, api: Api, mailbox: Mailbox) -> None:
    email = f"new.{secrets.token_hex(6)}@example.com"
    await api.auth.SendOtp(email=email, purpose=code_pb2.CODE_PURPOSE_REGISTER)
    code = await mailbox.code(email, CodePurpose.REGISTER)
    given: dict[str, Any] = {"email": email.upper(), "password": PASSWORD, "name": "Nora Newton"}
    await api.auth.RegisterWithOtp(**given, otp_code=f"{(int(code) + 1) % 10**6:06}").fails(
        StatusCode.UNAUTHENTICATED, "CODE_WRONG"
    )
    reply = await api.auth.RegisterWithOtp(**given, otp_code=code)
    me = (await api.with_(authorization=f"Bearer {reply.access_token}").user.GetMe()).user
    assert (me.user_id, me.email_verified, me.name) == (reply.user_id, True, "Nora Newton")
    await api.auth.RegisterWithOtp(**given, otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")


@pytest.mark.parametrize("method", ["Register", "RegisterWithOtp", "ResetPassword"])
async def test_no_connection_waits_for_a_hash(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Also where a request id is taken first: a flood of these would leave none for others."""
    held: list[bool] = []

    async def hashed(_: Passwords, password: str) -> str:
        held.append(in_transaction())
        return makers.password_hash()

    monkeypatch.setattr(Passwords, "hash", hashed)
    ann = await world.user()
    new = {"email": f"new.{secrets.token_hex(6)}@example.com", "password": PASSWORD, "name": "Nora Newton"}
    given: dict[str, Any] = {
        "Register": new,
        "RegisterWithOtp": new | {"otp_code": await code_for(world, new["email"], CodePurpose.REGISTER)},
        "ResetPassword": {
            "email": ann.email,
            "otp_code": await code_for(world, ann.email, CodePurpose.RESET),
            "new_password": PASSWORD,
        },
    }[method] | {"request_id": str(uuid4())}
    first, again = [await getattr(api.auth, method)(**given) for _ in range(2)]
    assert first == again
    assert held == [False]


@pytest.mark.parametrize("method", ["RegisterWithOtp", "ResetPassword"])
async def test_wrong_codes_count_wherever_they_are_tried(world: World, api: Api, method: str) -> None:
    ann = await world.user()
    purpose = CodePurpose.RESET if method == "ResetPassword" else CodePurpose.REGISTER
    code = await code_for(world, ann.email, purpose)
    rest = {"new_password": PASSWORD} if method == "ResetPassword" else {"password": PASSWORD, "name": "Ann"}
    for n in range(6):
        tried = f"{(int(code) + 1 + n) % 10**6:06}" if n < 5 else code
        call = getattr(api.auth, method)(email=ann.email, otp_code=tried, request_id=str(uuid4()), **rest)
        await call.fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")


async def test_whoever_has_the_code_for_a_taken_address_is_told(world: World, api: Api) -> None:
    ann = await world.user()
    code = await code_for(world, ann.email, CodePurpose.REGISTER)
    for _ in range(2):
        await api.auth.RegisterWithOtp(email=ann.email, otp_code=code, password=PASSWORD, name="Ann").fails(
            StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"
        )


async def test_a_guest_who_registers_with_a_code_keeps_id_and_session(world: World, api: Api) -> None:
    guest = await world.user(is_guest=True)
    email = f"guest.{secrets.token_hex(6)}@example.com"
    code = await code_for(world, email, CodePurpose.REGISTER)
    reply = await api.as_(guest).auth.RegisterWithOtp(email=email, otp_code=code, password=PASSWORD, name="Gus Guest")
    assert (reply.user_id, tokens.verify(reply.access_token).session_id) == (guest.id, guest.session_id)
    # At once, although the server remembers for a second that this session is a guest's.
    me = (await api.with_(authorization=f"Bearer {reply.access_token}").user.GetMe()).user
    assert (me.is_guest, me.email_verified) == (False, True)


async def test_signing_in_by_code_proves_no_address_and_takes_a_deletion_back(world: World, api: Api) -> None:
    ann = await with_password(world)
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, ann.id, delete_after=clock.now() + timedelta(days=3))
    code = await code_for(world, ann.email, CodePurpose.LOGIN)
    reply = await api.auth.LoginWithOtp(email=ann.email, otp_code=code)
    kept = await row(world, ann.id)
    assert (reply.user_id, kept["delete_after"], kept["email_verified_at"]) == (ann.id, None, None)
    assert kept["password_hash"] == makers.password_hash()


async def test_a_ban_is_told_to_who_has_the_code(world: World, api: Api) -> None:
    ann = await world.user()
    await world.ban(ann)
    login, reset = [await code_for(world, ann.email, each) for each in (CodePurpose.LOGIN, CodePurpose.RESET)]
    await api.auth.LoginWithOtp(email=ann.email, otp_code=login).fails(StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED")
    await api.auth.ResetPassword(email=ann.email, otp_code=reset, new_password="quite another").fails(
        StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED"
    )


async def test_a_right_code_for_nobody_is_a_wrong_one(world: World, api: Api) -> None:
    email = f"nobody.{secrets.token_hex(6)}@example.com"
    code = await code_for(world, email, CodePurpose.LOGIN)
    await api.auth.LoginWithOtp(email=email, otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")
    code = await code_for(world, email, CodePurpose.RESET)
    await api.auth.ResetPassword(email=email, otp_code=code, new_password="quite another").fails(
        StatusCode.UNAUTHENTICATED, "CODE_WRONG"
    )


async def test_an_address_is_proven_by_its_owner(world: World, api: Api, mailbox: Mailbox) -> None:
    ann, bob = await world.users(2)
    await api.auth.SendOtp(email=ann.email, purpose=code_pb2.CODE_PURPOSE_VERIFY_EMAIL)
    code = await mailbox.code(ann.email, CodePurpose.VERIFY_EMAIL)
    await api.as_(bob).auth.VerifyEmail(otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")
    assert (await api.as_(ann).auth.VerifyEmail(otp_code=code)).verified
    assert (await api.as_(ann).user.GetMe()).user.email_verified
    assert not (await api.as_(bob).user.GetMe()).user.email_verified


async def test_a_reset_sets_the_password_and_ends_every_session(world: World, api: Api, mailbox: Mailbox) -> None:
    ann = await with_password(world)
    other = await api.auth.Login(username_or_email=ann.email, password=PASSWORD)
    await api.auth.ForgotPassword(email=ann.email)
    code = await mailbox.code(ann.email, CodePurpose.RESET)
    await api.auth.ResetPassword(email=ann.email, otp_code=code, new_password="password").fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    await api.auth.ResetPassword(email=ann.email, otp_code=code, new_password="ark of gopher wood")
    await api.auth.RefreshToken(refresh_token=other.refresh_token).fails(
        StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"
    )
    await asyncio.sleep(1.1)  # what the server remembers of a session
    for token in (ann.token, other.access_token):
        await api.with_(authorization=f"Bearer {token}").user.GetMe().fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
    await api.auth.Login(username_or_email=ann.email, password=PASSWORD).fails(
        StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"
    )
    assert (await api.auth.Login(username_or_email=ann.email, password="ark of gopher wood")).user_id == ann.id
    await api.auth.ResetPassword(email=ann.email, otp_code=code, new_password="yet another one").fails(
        StatusCode.UNAUTHENTICATED, "CODE_WRONG"
    )
    kept = await row(world, ann.id)
    assert kept["email_verified_at"] is not None, "mail to it has just arrived"
    async with world.db.transaction() as tx:
        events = await tx.raw("SELECT kind FROM security_events WHERE user_id = $1", ann.id)
    assert [event["kind"] for event in events] == ["password_changed"]
