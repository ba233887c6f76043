"""One's own profile, and what others see of it."""

from typing import Any

import pytest
from grpc import StatusCode
from sqlalchemy import Executable, bindparam, insert, update

from cnt_grpc import auth
from cnt_grpc.auth.tables import blocks, users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import statement
from cnt_grpc.pb.cnt.auth.v1 import user_pb2
from tests.harness.api import Api
from tests.harness.world import World


@statement
def _block() -> Executable:
    return insert(blocks).values({name: bindparam(name) for name in ("blocker_id", "blocked_id", "created_at")})


@statement
def _set(column: str) -> Executable:
    return update(users).where(users.c.id == bindparam("user_id")).values({column: bindparam("value")})


async def test_get_me_shows_everything_of_oneself(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator", "admin"})
    me = (await api.as_(ann).user.GetMe()).user
    assert (me.user_id, me.username, me.email, me.name) == (ann.id, ann.username, ann.email, ann.name)
    assert list(me.roles) == [user_pb2.ROLE_CREATOR, user_pb2.ROLE_ADMIN]
    assert (me.is_admin, me.is_guest, me.auth_provider) == (True, False, user_pb2.AUTH_PROVIDER_EMAIL)
    assert abs(me.created_at.ToDatetime(clock.now().tzinfo) - clock.now()).total_seconds() < 60


async def test_what_is_present_is_set_and_what_is_absent_stays(world: World, api: Api) -> None:
    ann = await world.user()
    changed = (
        await api.as_(ann).user.UpdateMe(
            name=" Ann  Maria ",
            phone="+251 911 123456",
            date_of_birth="1999-12-31",
            bio=" Prays. ",
            time_zone="Africa/Addis_Ababa",
            language="am",
        )
    ).user
    assert (changed.name, changed.phone, changed.date_of_birth) == ("Ann Maria", "+251 911 123456", "1999-12-31")
    assert (changed.bio, changed.time_zone, changed.language) == ("Prays.", "Africa/Addis_Ababa", "am")
    assert changed.username == ann.username
    kept = (await api.as_(ann).user.UpdateMe(language="pt-BR")).user
    assert kept.language == "pt-BR"
    kept.language, kept.updated_at.seconds, kept.updated_at.nanos = (
        "am",
        changed.updated_at.seconds,
        changed.updated_at.nanos,
    )
    assert kept == changed
    assert (await api.as_(ann).user.UpdateMe()).user.name == "Ann Maria"


async def test_what_may_be_cleared_is_cleared_by_an_empty_text(world: World, api: Api) -> None:
    ann = await world.user()
    await api.as_(ann).user.UpdateMe(phone="0911 123456", date_of_birth="1999-12-31", bio="Prays.")
    async with world.db.transaction() as tx:
        await auth.set_avatar(tx, ann.id, "images/avatars/1.jpg")
    assert (await api.as_(ann).user.GetMe()).user.avatar_url.endswith("images/avatars/1.jpg")
    cleared = (await api.as_(ann).user.UpdateMe(phone="", date_of_birth="", bio="", avatar="")).user
    assert (cleared.phone, cleared.date_of_birth, cleared.bio, cleared.avatar_url) == ("", "", "", "")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "  "}, {"name"}),
        ({"avatar": "https://example.com/x.jpg"}, {"avatar"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"time_zone": "../../etc/passwd"}, {"time_zone"}),
        ({"time_zone": "/etc/localtime"}, {"time_zone"}),
        ({"language": "English"}, {"language"}),
        ({"phone": "x"}, {"phone"}),
        (
            {"name": "\u202e", "date_of_birth": "2024-02-30", "time_zone": "Nowhere"},
            {"name", "date_of_birth", "time_zone"},
        ),
    ],
)
async def test_impossible_values_are_refused_with_all_that_is_wrong(
    world: World, api: Api, fields: dict[str, Any], wrong: set[str]
) -> None:
    ann = await world.user()
    refused = await api.as_(ann).user.UpdateMe(**fields).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert set(refused.fields) == wrong
    assert (await api.as_(ann).user.GetMe()).user.name == ann.name


async def test_everyone_finds_a_person_by_id_and_by_username(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    for caller in (api, api.as_(bob), api.as_(ann)):
        by_id = (await caller.user.GetPublicUser(user_id=ann.id)).user
        by_name = (await caller.user.GetPublicUser(username=ann.username.upper())).user
        assert by_id == by_name == user_pb2.PublicUser(user_id=ann.id, name=ann.name, username=ann.username)


async def test_asking_for_nobody_in_particular_is_invalid(world: World, api: Api) -> None:
    await api.user.GetPublicUser().fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await api.user.GetPublicUser(user_id=-1).fails(StatusCode.INVALID_ARGUMENT, "INVALID")


@pytest.mark.parametrize("column", ["banned_at", "delete_after", "erased_at", "is_guest"])
async def test_who_is_not_public_looks_like_nobody(world: World, api: Api, column: str) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await tx.run(_set(column), user_id=ann.id, value=True if column == "is_guest" else clock.now())
    unknown = await api.as_(bob).user.GetPublicUser(user_id=2**62).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    asking = api.as_(bob).user
    for asked in (asking.GetPublicUser(user_id=ann.id), asking.GetPublicUser(username=ann.username)):
        hidden = await asked.fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
        assert hidden.wire == unknown.wire


async def test_a_block_hides_both_from_each_other_and_from_nobody_else(world: World, api: Api) -> None:
    ann, bob, eve = await world.users(3)
    async with world.db.transaction() as tx:
        await tx.run(_block(), blocker_id=ann.id, blocked_id=bob.id, created_at=clock.now())
    for caller, wanted in ((ann, bob), (bob, ann)):
        await api.as_(caller).user.GetPublicUser(user_id=wanted.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    assert (await api.as_(eve).user.GetPublicUser(user_id=ann.id)).user.user_id == ann.id
    assert (await api.as_(bob).user.GetPublicUser(user_id=bob.id)).user.user_id == bob.id
