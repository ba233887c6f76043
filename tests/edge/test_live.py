"""A stream on two screens, by gRPC-Web in Chromium: viewers, chat and where it stands, as they change."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from cnt_grpc.edge import EdgeConfig, Tls
from tests.edge.chromium import Page, pages
from tests.edge.edges import edge
from tests.edge.pages import bundled, site
from tests.harness.api import Api
from tests.harness.world import World
from tests.live import makers
from tests.live.test_stage import receive

PATIENCE = 60.0
"""Seconds: the jobs of other tests come first, at times."""


async def shown(page: Page, watch: int, is_right: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> Any:
    """What the page shows, as soon as it is right."""
    deadline = time.monotonic() + seconds
    while not is_right(found := await page.call("seen", watch)):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
    return found


async def test_what_happens_is_told_as_lines(whole: EdgeConfig, world: World) -> None:
    """`GET …/events`: a line of JSON for each event, as it happens, and on from a number."""
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    path = f"/api/v1/live/streams/{row['id']}/events"
    async with edge(whole) as front:
        async with asyncio.timeout(PATIENCE), front.http.get(f"{front.url}{path}") as answer:
            assert answer.status == 200
            first = json.loads(await answer.content.readline())
            assert first["heartbeat"]["status"] == "STREAM_STATUS_LIVE"
            seq = await makers.said(world, row, bob, "Grüß Gott")
            said = await message(answer)
            assert (said["seq"], said["text"]) == (str(seq), "Grüß Gott")
        missed = [await makers.said(world, row, ann, text) for text in ("one", "two")]
        url = f"{front.url}{path}?after_seq={seq}"
        async with asyncio.timeout(PATIENCE), front.http.get(url) as answer:
            assert [(await message(answer))["seq"] for _ in missed] == [str(each) for each in missed]


async def message(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """The next entry of a log; signs of life are passed over."""
    while "message" not in (event := json.loads(await answer.content.readline())):
        pass
    found: dict[str, Any] = event["message"]
    return found


@pytest.mark.timeout(240)
async def test_a_stream_on_two_screens(
    whole: EdgeConfig, certificate: Tls, world: World, api: Api, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ann, bob = await world.users(2)
    stream = await makers.on_air(world, ann)
    stream_id = str(stream["id"])
    bundle = bundled("live.ts", tmp_path_factory.mktemp("live"))
    async with site(bundle) as origin, pages(2) as (hers, his):
        config = replace(whole, cors_origins=(origin,), tls=certificate)
        async with edge(config) as front:
            for page in (hers, his):
                await page.open(f"{origin}/")
            # Anyone may watch: this screen has nobody signed in.
            watch = await hers.call("watch", front.url, "", stream_id, "0")
            await shown(hers, watch, lambda seen: seen["status"] == "LIVE" and seen["viewers"] == 0)

            way = await api.as_(bob).live.JoinStream(stream_id=stream["id"])
            world.livekit.comes_in(way.token)
            await receive(world, api, "participant_joined", stream["room_name"])
            await shown(hers, watch, lambda seen: seen["viewers"] == 1)

            told = time.monotonic()
            seq = await his.call("say", front.url, bob.token, stream_id, "Grüß Gott")
            found = await shown(hers, watch, lambda seen: len(seen["messages"]) > 0)
            took = time.monotonic() - told
            assert found["messages"] == [{"seq": seq, "name": bob.name, "text": "Grüß Gott"}]
            assert took < 5, "as it happens, not with the next sign of life"

            await hers.call("stop", watch)
            missed = [await his.call("say", front.url, bob.token, stream_id, text) for text in ("one", "two", "three")]
            world.livekit.leaves(stream["room_name"], f"user-{bob.id}")
            await receive(world, api, "participant_left", stream["room_name"])
            again = await hers.call("watch", front.url, "", stream_id, str(seq))
            found = await shown(hers, again, lambda seen: seen["viewers"] == 0)
            assert [each["seq"] for each in found["messages"]] == missed
            assert [each["text"] for each in found["messages"]] == ["one", "two", "three"]

            await api.as_(ann).live.EndStream(stream_id=stream["id"])
            await shown(hers, again, lambda seen: seen["status"] == "ENDED")
