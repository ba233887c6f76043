"""What administrators do with people: finding them, roles, bans, removal; each act audited, none on oneself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.admin.v1 import managed_user_pb2
from cnt_grpc.pb.cnt.auth.v1 import user_pb2
from tests.auth import makers
from tests.harness.api import Api, Service
from tests.harness.world import Person, World
from tests.media.test_uploads import until

ADMIN, MODERATOR, CREATOR = user_pb2.ROLE_ADMIN, user_pb2.ROLE_MODERATOR, user_pb2.ROLE_CREATOR


@pytest.fixture
async def boss(world: World) -> Person:
    """An administrator who has just confirmed who they are."""
    return await world.user(roles={"admin"}, fresh=True)


@pytest.fixture
def admin(api: Api, boss: Person) -> Service:
    return api.as_(boss).admin


async def found(admin: Service, **wanted: Any) -> list[int]:
    return [each.user_id for each in (await admin.ListUsers(**wanted)).users]


async def audited(world: World, target: Person) -> list[Row]:
    async with world.db.transaction() as tx:
        return await tx.raw(
            "SELECT action, actor_id, before, after, reason FROM audit_log"
            " WHERE target_kind = 'user' AND target_id = $1 ORDER BY id",
            target.id,
        )


async def test_people_are_found_by_what_they_are_called(admin: Service, world: World) -> None:
    ann = await world.user(name="Zebedee O'Toole_%")
    assert await found(admin, search="zebedee o't") == [ann.id]
    assert await found(admin, search="ZEBEDEE O'TOOLE_%") == [ann.id]
    assert await found(admin, search="zebedee o%") == []
    assert await found(admin, search=ann.email[:12].upper()) == [ann.id]
    assert ann.id in await found(admin, search=ann.username)
    assert ann.id in await found(admin, search=str(ann.id))
    assert await found(admin, search="ebedee") == []


async def test_people_are_found_by_role_and_standing(admin: Service, world: World) -> None:
    name = "Filtered by standing"
    plain, moderator = await world.user(name=name), await world.user(name=name, roles={"moderator"})
    banned = await world.user(name=name)
    await admin.BanUser(user_id=banned.id, reason="spam")
    assert await found(admin, search=name) == [banned.id, moderator.id, plain.id], "the newest first"
    assert await found(admin, search=name, role=MODERATOR) == [moderator.id]
    assert await found(admin, search=name, banned=True) == [banned.id]
    assert await found(admin, search=name, banned=False) == [moderator.id, plain.id]


async def test_what_is_told_of_a_person(admin: Service, world: World, api: Api) -> None:
    ann = await world.user(name="Told of whom", roles={"creator"})
    await admin.BanUser(user_id=ann.id, reason="spam")
    (row,) = (await admin.ListUsers(search="told of whom")).users
    assert (row.username, row.email, row.banned, row.ban_reason) == (ann.username, ann.email, True, "spam")
    assert (list(row.roles), row.is_admin, row.has_artist_profile) == ([CREATOR], False, False)
    assert row.HasField("banned_at")
    assert not row.HasField("delete_after")


async def test_roles_are_given_and_taken(admin: Service, world: World, api: Api) -> None:
    ann = await world.user()
    as_ann = api.as_(ann)
    await as_ann.moderation.ListPending().fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    answer = await admin.SetUserRoles(user_id=ann.id, roles=[MODERATOR, CREATOR])
    assert list(answer.user.roles) == [CREATOR, MODERATOR]
    await until(lambda: _may(as_ann), True)
    assert list((await admin.SetUserAdmin(user_id=ann.id, is_admin=True)).user.roles) == [CREATOR, MODERATOR, ADMIN]
    assert list((await admin.SetUserAdmin(user_id=ann.id, is_admin=False)).user.roles) == [CREATOR, MODERATOR]
    assert list((await admin.SetUserRoles(user_id=ann.id, roles=[])).user.roles) == []
    await until(lambda: _may(as_ann), False)
    assert [row["action"] for row in await audited(world, ann)] == ["set_roles"] * 4
    await admin.SetUserRoles(user_id=ann.id, roles=[])
    assert len(await audited(world, ann)) == 4, "what changes nothing is no act"


async def _may(them: Api) -> bool:
    try:
        await them.moderation.ListPending()
    except AssertionError:
        return False
    return True


async def test_a_ban_ends_sessions_and_is_lifted(admin: Service, boss: Person, world: World, api: Api) -> None:
    ann = await world.user()
    banned: managed_user_pb2.ManagedUser = (await admin.BanUser(user_id=ann.id, reason="spam")).user
    assert banned.banned

    async def signed_in() -> bool:
        try:
            await api.as_(ann).user.GetMe()
        except AssertionError:
            return False
        return True

    await until(signed_in, False)
    await admin.BanUser(user_id=ann.id, reason="again")
    unbanned = (await admin.UnbanUser(user_id=ann.id, reason="a mistake")).user
    assert not unbanned.banned
    acts = await audited(world, ann)
    assert [(row["action"], row["reason"]) for row in acts] == [("ban", "spam"), ("unban", "a mistake")]
    assert {row["actor_id"] for row in acts} == {boss.id}


async def test_who_is_deleted_is_gone_for_good(admin: Service, world: World) -> None:
    ann = await world.user(name="Soon nobody")
    await admin.DeleteUser(user_id=ann.id, reason="asked by letter")

    async def is_erased() -> bool:
        async with world.db.reading() as tx:
            return (await makers.row(tx, ann.id))["erased_at"] is not None

    await until(is_erased, True)
    assert await found(admin, search="soon nobody") == []
    await admin.BanUser(user_id=ann.id, reason="x").fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    assert [row["action"] for row in await audited(world, ann)] == ["delete"]


async def test_nobody_acts_on_themselves(admin: Service, boss: Person) -> None:
    for call in (
        admin.SetUserAdmin(user_id=boss.id, is_admin=False),
        admin.SetUserRoles(user_id=boss.id, roles=[CREATOR]),
        admin.BanUser(user_id=boss.id, reason="x"),
        admin.UnbanUser(user_id=boss.id),
        admin.DeleteUser(user_id=boss.id),
    ):
        await call.fails(StatusCode.PERMISSION_DENIED, "ACT_ON_ONESELF")


@asynccontextmanager
async def alone(world: World, *people: Person) -> AsyncIterator[None]:
    """Nobody is an administrator but these, until the test has ended."""
    ids = [each.id for each in people]
    async with world.db.transaction() as tx:
        others = await tx.raw(
            "DELETE FROM user_roles WHERE role = 'admin' AND NOT user_id = ANY($1) RETURNING user_id", ids
        )
    try:
        yield
    finally:
        async with world.db.transaction() as tx:
            await tx.raw(
                "INSERT INTO user_roles (user_id, role, granted_at) SELECT unnest($1::bigint[]), 'admin', now()",
                [row["user_id"] for row in others],
            )


async def able(world: World) -> list[int]:
    """Who is an administrator and may act as one."""
    async with world.db.transaction() as tx:
        rows = await tx.raw(
            "SELECT id FROM users JOIN user_roles ON user_id = id WHERE role = 'admin'"
            " AND banned_at IS NULL AND delete_after IS NULL AND erased_at IS NULL"
        )
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("method", "given"),
    [("SetUserAdmin", {"is_admin": False}), ("BanUser", {"reason": "x"}), ("DeleteUser", {"reason": "x"})],
)
async def test_two_who_do_away_with_each_other_leave_one(
    world: World, api: Api, method: str, given: dict[str, Any]
) -> None:
    one, two = [await world.user(roles={"admin"}, fresh=True) for _ in range(2)]
    async with alone(world, one, two):
        answers = await asyncio.gather(
            *(
                getattr(api.as_(each).admin, method)(user_id=other.id, **given)._one()
                for each, other in ((one, two), (two, one))
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(each, BaseException) for each in answers) == 1, answers
        assert len(await able(world)) == 1


async def test_who_has_banned_the_other_administrators_is_the_last_one(world: World, api: Api) -> None:
    one, two, gone = [await world.user(roles={"admin"}, fresh=True) for _ in range(3)]
    async with alone(world, one, two, gone):
        await api.as_(gone).user.DeleteMe()
        await api.as_(one).admin.BanUser(user_id=two.id, reason="x")
        await api.as_(one).user.DeleteMe().fails(StatusCode.FAILED_PRECONDITION, "LAST_ADMIN")
        await api.as_(one).admin.UnbanUser(user_id=two.id)
        await api.as_(one).user.DeleteMe()
        assert await able(world) == [two.id]


async def test_a_confirmation_must_be_fresh(world: World, api: Api) -> None:
    stale, ann = await world.user(roles={"admin"}), await world.user()
    await api.as_(stale).admin.ListUsers()
    await (
        api.as_(stale)
        .admin.BanUser(user_id=ann.id, reason="x")
        .fails(StatusCode.PERMISSION_DENIED, "CONFIRMATION_NEEDED")
    )


async def test_unknown_people(admin: Service) -> None:
    for call in (admin.BanUser(user_id=2**62, reason="x"), admin.SetUserRoles(user_id=2**62)):
        await call.fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
