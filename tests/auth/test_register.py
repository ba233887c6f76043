"""Becoming known: registration through the wire."""

import asyncio

from grpc import StatusCode
from sqlalchemy import Executable, bindparam, func, select

from cnt_grpc.auth import tokens
from cnt_grpc.auth.tables import users
from cnt_grpc.kit.db import Row, statement
from tests.auth.makers import PASSWORD
from tests.harness.api import Api, ApiError
from tests.harness.world import World


@statement
def _account() -> Executable:
    return select(users).where(func.lower(users.c.email) == func.lower(bindparam("email")))


async def account(world: World, email: str) -> Row:
    async with world.db.reading() as tx:
        row = await tx.one(_account(), email=email)
    assert row is not None
    return row


async def test_who_registers_is_signed_in(world: World, api: Api) -> None:
    reply = await api.auth.Register(
        email="Sara@Example.com",
        password=PASSWORD,
        name=" Sara  Lindqvist ",
        phone="+46 70 123 45 67",
        date_of_birth="1990-05-17",
        bio="Sings.",
    )
    assert reply.token_type == "bearer"
    assert (reply.username, reply.email, reply.name) == ("sara.lindqvist", "Sara@example.com", "Sara Lindqvist")
    assert not reply.is_admin
    me = (await api.with_(authorization=f"Bearer {reply.access_token}").user.GetMe()).user
    assert me.user_id == reply.user_id
    assert (me.phone, me.date_of_birth, me.bio) == ("+46 70 123 45 67", "1990-05-17", "Sings.")
    assert (me.email_verified, me.time_zone, me.language, list(me.roles)) == (False, "UTC", "en", [])
    again = await api.auth.RefreshToken(refresh_token=reply.refresh_token)
    assert again.user_id == reply.user_id


async def test_nothing_secret_is_stored_in_the_clear(world: World, api: Api) -> None:
    reply = await api.auth.Register(email="secret@example.com", password=PASSWORD, name="Sec Ret")
    row = await account(world, "secret@example.com")
    assert row["password_hash"].startswith("$argon2id$")
    async with world.db.transaction() as tx:
        kept = await tx.raw("SELECT token_hash FROM refresh_tokens")
    hashes = [each["token_hash"] for each in kept]
    assert tokens.hash_of(reply.refresh_token) in hashes
    assert reply.refresh_token.encode() not in hashes


async def test_an_email_is_taken_in_every_case(world: World, api: Api) -> None:
    await api.auth.Register(email="twice@example.com", password=PASSWORD, name="Tim Twice")
    refused = await api.auth.Register(email="TWICE@example.com", password=PASSWORD, name="Tim Twice").fails(
        StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"
    )
    assert "twice" not in str(refused.metadata)


async def test_a_hundred_people_of_one_name_get_a_username_each(world: World, api: Api) -> None:
    replies = await asyncio.gather(
        *(
            api.auth.Register(email=f"same{n}@example.com", password=PASSWORD, name="Mary Same")._one()
            for n in range(25)
        )
    )
    assert len({reply.username for reply in replies}) == 25
    assert {reply.username for reply in replies} >= {"mary.same"}


async def test_of_many_who_register_one_email_at_once_one_gets_it(world: World, api: Api) -> None:
    async def attempt(number: int) -> str:
        try:
            await api.auth.Register(email="race@example.com", password=PASSWORD, name=f"Racer {number}")
        except ApiError as refused:
            return refused.reason
        return "OK"

    answers = await asyncio.gather(*(attempt(n) for n in range(10)))
    assert sorted(answers) == ["EMAIL_TAKEN"] * 9 + ["OK"]


async def test_everything_that_is_wrong_is_told_at_once(world: World, api: Api) -> None:
    refused = await api.auth.Register(
        email="nobody", password="jesus777", name="\u200d", date_of_birth="2999-01-01"
    ).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["email", "password", "name", "date_of_birth"]
    refused = await api.auth.Register(phone="call me").fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert set(refused.fields) == {"email", "password", "name", "phone"}


async def test_a_guest_who_registers_keeps_id_and_session(world: World, api: Api) -> None:
    guest = await world.user(is_guest=True)
    reply = await api.as_(guest).auth.Register(email="wasguest@example.com", password=PASSWORD, name="Was Guest")
    assert reply.user_id == guest.id
    assert tokens.verify(reply.access_token).session_id == guest.session_id
    row = await account(world, "wasguest@example.com")
    assert (row["id"], row["is_guest"], row["name"], row["username"]) == (guest.id, False, "Was Guest", "was.guest")
    assert (await api.auth.RefreshToken(refresh_token=reply.refresh_token)).user_id == guest.id
    assert (await api.auth.Login(username_or_email="was.guest", password=PASSWORD)).user_id == guest.id


async def test_a_guest_cannot_take_an_account_over_by_its_email(world: World, api: Api) -> None:
    ann, guest = await world.user(), await world.user(is_guest=True)
    await (
        api.as_(guest)
        .auth.Register(email=ann.email.upper(), password=PASSWORD, name="Guest")
        .fails(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")
    )
    assert (await account(world, ann.email))["id"] == ann.id


async def test_who_is_signed_in_may_make_a_second_account(world: World, api: Api) -> None:
    ann = await world.user()
    reply = await api.as_(ann).auth.Register(email="second@example.com", password=PASSWORD, name="Second")
    assert reply.user_id != ann.id
