"""What everyone gets may be an answer of up to a second ago, in whichever process: never an older one."""

import asyncio
import time
from collections.abc import AsyncIterator

import grpc
import pytest

from cnt_grpc.app import Server
from cnt_grpc.content.kinds import PODCAST
from tests.content.given import made
from tests.harness.api import Api
from tests.harness.running import HOST, Running
from tests.harness.world import World

OLDEST = 1.0
"""Seconds."""


@pytest.fixture
async def elsewhere(running: Running) -> AsyncIterator[Api]:
    """The same system served a second time, with a memory of its own for answers."""
    second = Server(running.system)
    port, _ = await second.start(HOST, 0, 0)
    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        yield Api(channel)
    await second.stop()


async def test_a_list_in_another_process_sees_a_change_within_a_second(world: World, api: Api, elsewhere: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    podcast = await made(world, ann, PODCAST, status="pending")

    async def listed(by: Api) -> bool:
        answer = await by.content.ListPodcasts(creator_id=ann.id)
        return [each.podcast_id for each in answer.podcasts] == [podcast]

    async def agree(*, wanted: bool) -> None:
        """Whoever asks a second after the change is told of it; until then either answer is right."""
        changed = time.monotonic()
        while (now := time.monotonic()) < changed + OLDEST + 0.5:
            for each in (api, elsewhere):
                found = await listed(each)
                assert found == wanted or now < changed + OLDEST
            await asyncio.sleep(0.02)

    assert not await listed(api)
    assert not await listed(elsewhere)
    await api.as_(admin).moderation.ApproveContent(content_type="podcast", content_id=podcast)
    await agree(wanted=True)
    await api.as_(ann).content.DeletePodcast(podcast_id=podcast)
    await agree(wanted=False)
