"""What administrators do with people: finding them, roles, bans, removal; each act audited, none on oneself."""

import asyncio
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


async def test_two_who_demote_each_other_leave_one(world: World, api: Api) -> None:
    one, two = [await world.user(roles={"admin"}, fresh=True) for _ in range(2)]
    async with world.db.transaction() as tx:
        # Of this test alone: whoever is an administrator besides them comes back when it ends.
        others = await tx.raw(
            "DELETE FROM user_roles WHERE role = 'admin' AND user_id NOT IN ($1, $2) RETURNING user_id", one.id, two.id
        )
    try:
        answers = await asyncio.gather(
            api.as_(one).admin.SetUserAdmin(user_id=two.id, is_admin=False),
            api.as_(two).admin.SetUserAdmin(user_id=one.id, is_admin=False),
            return_exceptions=True,
        )
        assert sum(isinstance(each, BaseException) for each in answers) == 1, answers
        async with world.db.transaction() as tx:
            left = await tx.raw("SELECT user_id FROM user_roles WHERE role = 'admin'")
        assert len(left) == 1
    finally:
        async with world.db.transaction() as tx:
            for row in others:
                await tx.raw(
                    "INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, 'admin', now())", row["user_id"]
                )


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
