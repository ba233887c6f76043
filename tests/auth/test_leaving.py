"""Deleting an account: hidden at once, taken back by signing in, erased after 30 days; and the export before that."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.app import holders
from cnt_grpc.auth import jobs as auth_jobs
from cnt_grpc.auth.queries import exports
from cnt_grpc.auth.rules import deletion, exporting
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.pb.cnt.auth.v1 import export_pb2
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import ExportPerson
from tests.auth import makers
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.running import Running
from tests.harness.world import Person, World


def phone_of(ann: Person) -> str:
    """A number that nobody else has."""
    return f"+46 70 {10**9 + ann.id}"


OURS = ("users", "sessions", "email_verifications", "security_events", "exports", "blocks", "user_roles")


async def leaver(world: World) -> Person:
    """Somebody with a password, signed in twice."""
    ann = await world.user(fresh=True)
    async with world.db.transaction() as tx:
        await makers.set_columns(
            tx,
            ann.id,
            password_hash=makers.password_hash(),
            phone=phone_of(ann),
            bio=f"Canary of {ann.username}",
            google_id=f"canary-{ann.id}",
        )
        await makers.session(tx, ann.id)
    return ann


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
        await deletion.start_due(tx)
    async with asyncio.timeout(60):  # everybody who wanted to leave by now goes
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


# -- the export -------------------------------------------------------------------------------------------------------


async def ready(api: Api) -> Any:
    """The export when it is made."""
    async with asyncio.timeout(30):
        while True:
            export = (await api.user.GetExport()).export
            if export.state != export_pb2.EXPORT_STATE_PREPARING:
                return export
            await asyncio.sleep(0.05)


async def fetched(running: Running, url: str) -> tuple[int, bytes]:
    """What is at an address of our own."""
    local = url.replace("http://localhost:8080", running.side_url)
    async with aiohttp.ClientSession() as session, session.get(local) as answer:
        return answer.status, await answer.read()


async def test_an_export_holds_everything_and_only_its_owner_gets_there(
    world: World, api: Api, running: Running
) -> None:
    ann, bob = await leaver(world), await world.user()
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    await api.as_(ann).user.GetExport().fails(StatusCode.NOT_FOUND, "EXPORT_NOT_FOUND")
    asked = (await api.as_(ann).user.RequestExport()).export
    assert (asked.state, asked.url) == (export_pb2.EXPORT_STATE_PREPARING, "")
    export = await ready(api.as_(ann))
    assert (export.state, export.progress) == (export_pb2.EXPORT_STATE_READY, 100)
    status, body = await fetched(running, export.url)
    assert (status, len(body)) == (200, export.size)
    held = json.loads(body)
    assert set(held["rooms"]) >= {"auth"}
    mine = held["rooms"]["auth"]
    [account] = mine["account"]
    assert (account["email"], account["name"], account["bio"]) == (ann.email, ann.name, f"Canary of {ann.username}")
    assert len(mine["sessions"]) == 2
    assert [block["blocked_id"] for block in mine["blocks"]] == [bob.id]
    assert "$argon2id$" not in body.decode(), "what opens an account is no data about a person"
    assert (await fetched(running, export.url.partition("?")[0]))[0] == 404
    clock.move(timedelta(minutes=16))
    assert (await fetched(running, export.url))[0] == 404


async def test_a_new_export_replaces_the_old_one_and_old_ones_go(world: World, api: Api, running: Running) -> None:
    ann = await leaver(world)
    mine = api.as_(ann)
    await mine.user.RequestExport()
    first = await ready(mine)
    await mine.user.RequestExport()
    second = await ready(mine)
    assert first.url.partition("?")[0] != second.url.partition("?")[0]
    async with asyncio.timeout(30):
        while (await fetched(running, first.url))[0] != 404:
            await asyncio.sleep(0.2)
    clock.move(timedelta(days=7, minutes=1))
    async with world.db.transaction() as tx:
        while await exporting.drop_old(tx, world.system.vault):
            pass  # a bounded number at a time, of everybody's
        assert await tx.raw("SELECT 1 FROM exports WHERE user_id = $1", ann.id) == []


async def test_an_export_that_cannot_be_made_says_so(world: World, api: Api) -> None:
    ann = await leaver(world)
    async with world.db.transaction() as tx:
        job = await jobs.enqueue(tx, auth_jobs.EXPORT_PERSON, ExportPerson(user_id=ann.id), delay=timedelta(days=1))
        await exports.put_export(tx, ann.id, job, clock.now())
    again = (await api.as_(ann).user.RequestExport()).export
    assert again.state == export_pb2.EXPORT_STATE_PREPARING
    async with world.db.transaction() as tx:
        assert await jobs.cancel(tx, job)
    assert (await api.as_(ann).user.GetExport()).export.state == export_pb2.EXPORT_STATE_FAILED
    await api.as_(ann).user.RequestExport()
    assert (await ready(api.as_(ann))).state == export_pb2.EXPORT_STATE_READY


async def test_an_export_that_is_made_while_one_asks_is_not_called_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await leaver(world)
    async with world.db.transaction() as tx:
        job = await jobs.enqueue(tx, auth_jobs.EXPORT_PERSON, ExportPerson(user_id=ann.id), delay=timedelta(days=1))
        await exports.put_export(tx, ann.id, job, clock.now())
    find = jobs.find

    async def after_its_end(tx: Tx, job_id: int) -> Any:
        """The job as it is once it has ended, after the export was looked up."""
        async with world.db.transaction() as other:
            await exports.set_ready(other, ann.id, job_id, file="f", size=1, now=clock.now())
            await other.raw("UPDATE jobs SET state = 'done', finished_at = now() WHERE id = $1", job_id)
        return await find(tx, job_id)

    monkeypatch.setattr(jobs, "find", after_its_end)
    async with world.db.reading() as tx:
        assert (await exporting.find(tx, ann.id)).state == exporting.ExportState.READY
