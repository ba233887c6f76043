"""The export of everything that we hold about somebody: made by a job, theirs alone, gone after a week."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from grpc import StatusCode

from cnt_grpc.auth import jobs as auth_jobs
from cnt_grpc.auth.queries import exports
from cnt_grpc.auth.rules import exporting
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.pb.cnt.auth.v1 import export_pb2
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import ExportPerson
from tests.auth.leavers import leaver
from tests.harness.api import Api
from tests.harness.running import Running
from tests.harness.world import World


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
