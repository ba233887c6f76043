"""Confirming who one is, and what only those may do who just did: the password, the end of the account."""

import asyncio
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc.auth import CodePurpose
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from tests.auth import makers
from tests.auth.answers import answer
from tests.auth.mailbox import Mailbox
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.google import GoogleStandIn
from tests.harness.world import Person, World


async def with_password(world: World) -> Person:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, ann.id, password_hash=makers.password_hash())
    return ann


async def is_fresh(api: Api, ann: Person) -> bool:
    """Whether a method that needs a confirmation is open."""
    reason = await answer(api.as_(ann).user.GetExport())
    assert reason in {"CONFIRMATION_NEEDED", "EXPORT_NOT_FOUND"}
    return reason == "EXPORT_NOT_FOUND"


async def test_by_password_for_ten_minutes_and_at_once(world: World, api: Api) -> None:
    ann = await with_password(world)
    assert not await is_fresh(api, ann)
    before = clock.now()
    until = (await api.as_(ann).auth.Confirm(password=PASSWORD)).fresh_until.ToDatetime(before.tzinfo)
    assert timedelta(minutes=10) <= until - before < timedelta(minutes=10, seconds=5)
    assert await is_fresh(api, ann)
    clock.move(timedelta(minutes=10, seconds=5))
    assert not await is_fresh(api, ann)


async def test_by_a_code(world: World, api: Api, mailbox: Mailbox) -> None:
    ann, bob = await world.users(2)
    await api.auth.SendOtp(email=ann.email, purpose=code_pb2.CODE_PURPOSE_CONFIRM)
    code = await mailbox.code(ann.email, CodePurpose.CONFIRM)
    await api.as_(bob).auth.Confirm(otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")
    await api.as_(ann).auth.Confirm(otp_code=code)
    assert await is_fresh(api, ann)
    assert not await is_fresh(api, bob)
    await api.as_(ann).auth.Confirm(otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")


async def test_wrong_codes_count_here_too(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        code = await makers.code(tx, ann.email, CodePurpose.CONFIRM)
    for n in range(5):
        wrong = f"{(int(code) + n + 1) % 10**6:06}"
        await api.as_(ann).auth.Confirm(otp_code=wrong).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")
    await api.as_(ann).auth.Confirm(otp_code=code).fails(StatusCode.UNAUTHENTICATED, "CODE_WRONG")


async def test_by_google_again(world: World, api: Api, google: GoogleStandIn) -> None:
    grace, other = google.person(), google.person()
    made = await api.auth.GoogleLogin(id_token=google.id_token(grace))
    signed_in = api.with_(authorization=f"Bearer {made.access_token}")
    old = google.id_token(grace)
    clock.move(timedelta(minutes=11))
    for token in (old, google.id_token(other), "nonsense"):
        await signed_in.auth.Confirm(google_id_token=token).fails(StatusCode.UNAUTHENTICATED, "GOOGLE_TOKEN_INVALID")
    await signed_in.auth.Confirm(google_id_token=google.id_token(grace))
    await signed_in.user.GetExport().fails(StatusCode.NOT_FOUND, "EXPORT_NOT_FOUND")


async def test_a_stolen_session_cannot_guess_the_password_for_ever(world: World, api: Api) -> None:
    ann = await with_password(world)
    answers = [await answer(api.as_(ann).auth.Confirm(password="wrong")) for _ in range(8)]
    assert answers == ["WRONG_CREDENTIALS"] * 6 + ["SIGN_IN_SLOWED_DOWN"] * 2
    assert (await api.auth.Login(username_or_email=ann.email, password=PASSWORD)).user_id == ann.id


async def test_something_is_needed(world: World, api: Api) -> None:
    ann = await world.user()
    await api.as_(ann).auth.Confirm().fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(world: World, api: Api) -> None:
    ann = await with_password(world)
    other = await api.auth.Login(username_or_email=ann.email, password=PASSWORD)
    change = api.as_(ann).user.ChangePassword
    await change(old_password="wrong", new_password="water into wine").fails(
        StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"
    )
    refused = await change(old_password=PASSWORD, new_password="password1").fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    assert refused.fields == ["new_password"]
    await change(old_password=PASSWORD, new_password="water into wine")
    await asyncio.sleep(1.1)  # what the server remembers of a session
    assert (await api.as_(ann).user.GetMe()).user.user_id == ann.id
    await (
        api.with_(authorization=f"Bearer {other.access_token}")
        .user.GetMe()
        .fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
    )
    assert (await api.auth.Login(username_or_email=ann.email, password="water into wine")).user_id == ann.id


async def test_who_has_no_password_cannot_change_it(world: World, api: Api) -> None:
    ann = await world.user()
    await (
        api.as_(ann)
        .user.ChangePassword(old_password=PASSWORD, new_password="water into wine")
        .fails(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS")
    )


@pytest.mark.parametrize("method", ["DeleteMe", "RequestExport", "GetExport"])
async def test_what_cannot_be_undone_needs_a_confirmation(world: World, api: Api, method: str) -> None:
    ann = await world.user()
    await getattr(api.as_(ann).user, method)().fails(StatusCode.PERMISSION_DENIED, "CONFIRMATION_NEEDED")
