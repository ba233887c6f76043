"""What other rooms and the command line ask of auth: roles, entitlements, who exists, the first people."""

import asyncio
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.auth import DEMO_PEOPLE, Role, Sessions
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.world import World


async def test_the_state_of_sessions_is_one_statement(world: World) -> None:
    ann, bob = await world.user(roles={"moderator"}), await world.user(is_guest=True)
    states = await Sessions(world.db).session_state([ann.session_id, bob.session_id, 2**62])
    assert set(states) == {ann.session_id, bob.session_id}
    assert (states[ann.session_id].user_id, states[ann.session_id].roles) == (ann.id, frozenset({"moderator"}))
    assert (states[bob.session_id].is_guest, states[bob.session_id].roles) == (True, frozenset())
    assert not any(state.banned or state.ended or state.fresh_until for state in states.values())


async def test_sessions_that_are_over_are_found_among_many(world: World) -> None:
    ann, bob, eve, dan = await world.users(4)
    sessions = Sessions(world.db)
    everyone = [ann.session_id, bob.session_id, eve.session_id, dan.session_id, 2**62]
    assert await sessions.sessions_over(everyone) == {2**62}
    ended = "UPDATE sessions SET ended_at = $2, end_reason = 'logout' WHERE id = $1"
    async with world.db.transaction() as tx:
        await tx.raw(
            "UPDATE sessions SET ended_at = $2, end_reason = 'logout' WHERE id = $1", bob.session_id, clock.now()
        )
        await tx.raw("UPDATE users SET banned_at = $2 WHERE id = $1", eve.id, clock.now())
        await tx.raw(ended, dan.session_id, clock.now() + timedelta(minutes=1))
    assert await sessions.sessions_over(everyone) == {2**62, bob.session_id, eve.session_id}
    assert await sessions.sessions_over([]) == set()


async def test_roles_are_given_and_taken_once(world: World) -> None:
    ann, boss = await world.users(2)
    async with world.db.transaction() as tx:
        assert await auth.grant_role(tx, ann.id, Role.CREATOR, by=boss.id)
        assert not await auth.grant_role(tx, ann.id, Role.CREATOR)
        assert ann.id in await auth.people_with_role(tx, Role.CREATOR)
        assert await auth.revoke_role(tx, ann.id, Role.CREATOR)
        assert not await auth.revoke_role(tx, ann.id, Role.CREATOR)
        assert ann.id not in await auth.people_with_role(tx, Role.CREATOR)


@pytest.mark.parametrize("does", ["demotes", "bans", "removes"])
async def test_two_admins_who_do_away_with_each_other_at_once_leave_one(world: World, does: str) -> None:
    ann, bob = await world.user(roles={"admin"}), await world.user(roles={"admin"})
    async with world.db.transaction() as tx:
        for each in await auth.people_with_role(tx, Role.ADMIN):
            if each not in {ann.id, bob.id}:
                await auth.revoke_role(tx, each, Role.ADMIN)

    async def do(user_id: int) -> bool:
        try:
            async with world.db.transaction() as tx:
                if does == "demotes":
                    await auth.revoke_role(tx, user_id, Role.ADMIN)
                elif does == "bans":
                    await auth.ban(tx, user_id, "x")
                else:
                    await auth.remove(tx, user_id, "x")
                await asyncio.sleep(0.1)  # the other one comes meanwhile, and waits
        except Precondition:
            return False
        return True

    assert sorted(await asyncio.gather(do(ann.id), do(bob.id))) == [False, True]
    left = await _able(world)
    assert len(left) == 1
    async with world.db.transaction() as tx:
        with pytest.raises(Precondition):
            await auth.revoke_role(tx, left[0], Role.ADMIN)


async def _able(world: World) -> list[int]:
    """Who is an administrator and may act as one."""
    async with world.db.transaction() as tx:
        rows = await tx.raw(
            "SELECT id FROM users JOIN user_roles ON user_id = id WHERE role = 'admin'"
            " AND banned_at IS NULL AND delete_after IS NULL"
        )
    return [row["id"] for row in rows]


async def test_an_entitlement_lasts_until_its_end_or_its_source_is_revoked(world: World) -> None:
    ann, bob = await world.users(2)
    in_a_month = clock.now() + timedelta(days=30)
    subscription, gift = f"subscription:of {ann.id}", f"gift:of {ann.id}"  # others have rows of their own
    async with world.db.transaction() as tx:
        await auth.grant_entitlement(tx, ann.id, "premium", source=subscription, ends_at=clock.now())
        assert not await auth.is_entitled(tx, ann.id, "premium")
        await auth.grant_entitlement(tx, ann.id, "premium", source=subscription, ends_at=in_a_month)
        await auth.grant_entitlement(tx, ann.id, "podcast:12", source=subscription)
        await auth.grant_entitlement(tx, ann.id, "podcast:12", source=gift)
        assert await auth.is_entitled(tx, ann.id, "premium")
        assert not await auth.is_entitled(tx, bob.id, "premium")
        clock.move(timedelta(days=31))
        assert not await auth.is_entitled(tx, ann.id, "premium")
        assert await auth.revoke_entitlements(tx, source=subscription) == 2
        assert await auth.is_entitled(tx, ann.id, "podcast:12")
        assert await auth.revoke_entitlements(tx, source=gift) == 1
        assert not await auth.is_entitled(tx, ann.id, "podcast:12")


async def test_people_exist_or_do_not(world: World) -> None:
    ann = await world.user()
    async with world.db.reading() as tx:
        assert await auth.user_exists(tx, ann.id)
        assert not await auth.user_exists(tx, 2**62)
        assert (await auth.visible_person(tx, 0, ann.id))["name"] == ann.name
        with pytest.raises(NotFound):
            await auth.visible_person(tx, 0, 2**62)


async def test_the_first_admin_is_made_without_an_rpc(world: World, api: Api) -> None:
    async with world.db.transaction() as tx:
        made = await auth.create_admin(tx, email="first@example.com", password=PASSWORD, name="First Admin")
        with pytest.raises(Invalid):
            await auth.create_admin(tx, email="first", password="password", name="First Admin")
    reply = await api.auth.Login(username_or_email="first@example.com", password=PASSWORD)
    assert (reply.user_id, reply.is_admin) == (made["id"], True)


async def test_whoever_registered_the_admins_address_before_is_locked_out(world: World, api: Api) -> None:
    squatter = await api.auth.Register(email="boss@example.com", password="squatter's own words", name="Squatter")
    async with world.db.transaction() as tx:
        made = await auth.create_admin(tx, email="BOSS@example.com", password=PASSWORD, name="Boss")
    assert made["id"] == squatter.user_id
    await api.auth.RefreshToken(refresh_token=squatter.refresh_token).fails(
        StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"
    )
    await api.auth.Login(username_or_email="boss@example.com", password="squatter's own words").fails(
        StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"
    )
    assert (await api.auth.Login(username_or_email="boss@example.com", password=PASSWORD)).is_admin


async def test_demo_people_are_made_once_and_can_sign_in(world: World, api: Api) -> None:
    for _ in range(2):
        async with world.db.transaction() as tx:
            ids = await auth.create_demo_people(tx)
    assert set(ids) == {person.email for person in DEMO_PEOPLE}
    for person in DEMO_PEOPLE:
        reply = await api.auth.Login(username_or_email=person.email, password=person.password)
        assert (reply.user_id, reply.is_admin) == (ids[person.email], Role.ADMIN in person.roles)
