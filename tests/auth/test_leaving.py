"""Deleting an account: hidden at once, taken back by signing in, erased after 30 days."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.app import holders
from cnt_grpc.auth import jobs as auth_jobs
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.auth.queries import credentials, standing
from cnt_grpc.auth.rules import deletion
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from tests.auth import makers
from tests.auth.leavers import leaver, phone_of
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.world import Person, World

OURS = ("users", "sessions", "email_verifications", "security_events", "exports", "blocks", "user_roles")


async def erase(world: World, ann: Person) -> bool:
    """What the worker does when the clock says so."""
    system = world.system
    async with world.db.transaction() as tx:
        return await deletion.erase(tx, holders(system), system.avatars, system.vault, ann.id)


async def test_an_account_is_hidden_and_signed_out_at_once(world: World, api: Api) -> None:
    ann, bob = await leaver(world), await world.user()
    before = clock.now()
    until = (await api.as_(ann).user.DeleteMe()).delete_after.ToDatetime(before.tzinfo)
    assert timedelta(days=30) <= until - before < timedelta(days=30, seconds=5)
    await api.as_(bob).user.GetPublicUser(user_id=ann.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    clock.move(timedelta(seconds=11))
    await asyncio.sleep(1.1)  # what the server remembers of a session
    await api.as_(ann).user.GetMe().fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")


async def test_signing_in_within_thirty_days_takes_it_back(world: World, api: Api) -> None:
    ann = await leaver(world)
    await api.as_(ann).user.DeleteMe()
    clock.move(timedelta(days=29))
    reply = await api.auth.Login(username_or_email=ann.email, password=PASSWORD)
    clock.move(timedelta(days=2))
    assert not await erase(world, ann)
    async with world.db.transaction() as tx:
        assert (await makers.row(tx, reply.user_id))["email"] == ann.email


BACK: Mapping[str, Callable[[Tx, int], Awaitable[Row | None]]] = {
    "password": lambda tx, who: credentials.confirm_sign_in(tx, who, makers.password_hash(), makers.password_hash()),
    "code, or Google again": credentials.come_back,
    "Google for the first time": lambda tx, who: credentials.link_google(tx, who, f"new-{who}", clock.now()),
}


@pytest.mark.parametrize("by", BACK)
async def test_signing_in_takes_nothing_back_but_ones_own_wish(world: World, by: str) -> None:
    """Whoever is removed while they sign in stays removed."""
    ann, bob = [await leaver(world) for _ in range(2)]
    async with world.db.transaction() as tx:
        for who in (ann, bob):
            await makers.set_columns(tx, who.id, google_id=None, email_verified_at=clock.now())
            await standing.set_delete_after(tx, who.id, clock.now())
        await auth.ban(tx, bob.id, "spam")
    async with world.db.transaction() as tx:
        for who in (ann, bob):
            assert await BACK[by](tx, who.id) is not None
        assert not await standing.lock_for_erasure(tx, ann.id, clock.now())
        assert await standing.lock_for_erasure(tx, bob.id, clock.now())


async def test_whoever_is_removed_while_their_password_is_checked_does_not_come_in(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await leaver(world)
    matches = Passwords.matches

    async def slowly(self: Passwords, password: str, checked_hash: str | None) -> bool:
        """Right, and by then it is too late."""
        is_right = await matches(self, password, checked_hash)
        async with world.db.transaction() as tx:
            await auth.ban(tx, ann.id, "spam")
            await standing.set_delete_after(tx, ann.id, clock.now())
        return is_right

    monkeypatch.setattr(Passwords, "matches", slowly)
    login = api.auth.Login(username_or_email=ann.email, password=PASSWORD)
    await login.fails(StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED")
    assert await erase(world, ann)


async def test_after_thirty_days_nothing_names_the_person(world: World, api: Api) -> None:
    ann, bob = await leaver(world), await world.user()
    for asking, other in ((ann, bob), (bob, ann)):
        await api.as_(asking).user.BlockUser(user_id=other.id)
    async with world.db.transaction() as tx:
        await makers.code(tx, ann.email, auth.CodePurpose.RESET)
        await auth.grant_role(tx, ann.id, auth.Role.CREATOR)
        await auth.grant_entitlement(tx, ann.id, "premium", source=f"test:{ann.id}")
    await api.as_(ann).user.DeleteMe()
    assert not await erase(world, ann), "the person may still change their mind"
    clock.move(timedelta(days=30, minutes=1))
    async with world.db.transaction() as tx:
        await auth_jobs.erase_person(tx, ann.id)
    async with asyncio.timeout(60):
        while True:
            async with world.db.transaction() as tx:
                row = await makers.row(tx, ann.id)
            if row["erased_at"]:
                break
            await asyncio.sleep(0.05)
    assert not await erase(world, ann)
    words = [ann.name, ann.email, ann.username, phone_of(ann), f"canary-{ann.id}"]
    assert not [word for word in words if word.lower() in str(dict(row)).lower()]
    for word in words:
        assert await places_of(world, word) == set()
    async with world.db.transaction() as tx:
        for table in ("sessions", "user_roles", "security_events", "entitlements"):
            assert await tx.raw(f"SELECT 1 FROM {table} WHERE user_id = $1", ann.id) == []  # noqa: S608
        assert await tx.raw("SELECT 1 FROM blocks WHERE $1 IN (blocker_id, blocked_id)", ann.id) == []
    await api.auth.Login(username_or_email=ann.email, password=PASSWORD).fails(
        StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"
    )
    again = await api.auth.Register(email=ann.email, password=PASSWORD, name="Ann Again")
    assert again.user_id != ann.id


async def places_of(world: World, word: str) -> set[str]:
    """The auth room's tables in which a text stands anywhere."""
    found = set()
    async with world.db.transaction() as tx:
        for table in OURS:
            rows = await tx.raw(f"SELECT 1 FROM {table} t WHERE t::text ILIKE '%' || $1 || '%'", word)  # noqa: S608
            found |= {table} if rows else set()
    return found


async def test_the_last_admin_stays(world: World, api: Api) -> None:
    boss = await world.user(roles={"admin"}, fresh=True)
    async with world.db.transaction() as tx:
        others = [each for each in await auth.people_with_role(tx, auth.Role.ADMIN) if each != boss.id]
        for each in others:
            await auth.revoke_role(tx, each, auth.Role.ADMIN)
    try:
        await api.as_(boss).user.DeleteMe().fails(StatusCode.FAILED_PRECONDITION, "LAST_ADMIN")
    finally:
        async with world.db.transaction() as tx:
            for each in others:
                await auth.grant_role(tx, each, auth.Role.ADMIN)
