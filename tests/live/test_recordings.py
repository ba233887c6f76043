"""Recordings: whatever is lost between LiveKit and us, the host gets the file, or may ask for another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from grpc import StatusCode

from cnt_grpc.kit import clock
from livekit import api as livekit_api
from tests.live import makers
from tests.live.test_stage import receive
from tests.live.test_streams import until
from tests.live.test_syncing import PATIENCE, look
from tests.media import makers as media_makers

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Row
    from tests.harness.api import Api
    from tests.harness.world import Person, World

FAILED = StatusCode.FAILED_PRECONDITION
UNAVAILABLE = StatusCode.UNAVAILABLE


def egress_of(world: World, row: Row) -> livekit_api.EgressInfo:
    """The one recording of a stream's room."""
    [egress] = [each for each in world.livekit.egresses.values() if each.room_name == row["room_name"]]
    return egress


async def filmed(world: World, row: Row) -> None:
    """LiveKit has written the file that it was asked for."""
    key = egress_of(world, row).room_composite.file_outputs[0].filepath
    await world.system.storage.put(key, media_makers.film(world.folder / f"recorded{row['id']}.mp4"), "video/mp4")


async def is_left_to(world: World, api: Api, host: Person, row: Row) -> None:
    """The host finds the recording among their drafts, once."""

    async def drafts() -> list[str]:
        return [each.title for each in (await api.as_(host).library.ListDrafts()).drafts]

    await until(drafts, [row["title"]], PATIENCE)


async def is_recording(api: Api, row: Row) -> bool:
    """Whether everyone is told that a stream is recorded."""
    return bool((await api.live.GetStream(stream_id=row["id"])).stream.is_recording)


async def test_a_recording_whose_end_is_not_told_is_kept(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    await api.as_(ann).broadcast.StartRecording(stream_id=row["id"])
    await filmed(world, row)
    await api.as_(ann).live.EndStream(stream_id=row["id"])

    async def state() -> int:
        return egress_of(world, row).status

    await until(state, livekit_api.EgressStatus.EGRESS_COMPLETE, PATIENCE)  # by the end itself
    assert row["id"] in await makers.looked_after(world)
    await look(world, row)
    await is_left_to(world, api, ann, row)
    assert row["id"] not in await makers.looked_after(world)


async def test_a_recording_that_was_begun_without_an_answer_is_found_again(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    broadcast = api.as_(ann).broadcast
    world.livekit.loses_answers.add(row["room_name"])
    await broadcast.StartRecording(stream_id=row["id"]).fails(UNAVAILABLE, "PARTY_UNAVAILABLE")
    makers.ask_again(world)
    await broadcast.StartRecording(stream_id=row["id"]).fails(FAILED, "ALREADY_RECORDING")
    assert row["id"] in await makers.looked_after(world)
    await look(world, row)
    assert await is_recording(api, row)
    await filmed(world, row)
    await broadcast.StopRecording(stream_id=row["id"])
    await look(world, row)
    await is_left_to(world, api, ann, row)


async def test_a_recording_that_was_never_begun_is_given_up(world: World, api: Api) -> None:
    """The server was killed after it had noted the wish, and before LiveKit heard of it."""
    ann = await world.user()
    wish = {"egress_id": "", "egress_key": "private/drafts/video/never.mp4", "egress_asked_at": clock.now()}
    row = await makers.on_air(world, ann, **wish)
    start = api.as_(ann).broadcast.StartRecording
    await look(world, row)
    await start(stream_id=row["id"]).fails(FAILED, "ALREADY_RECORDING")
    clock.move(timedelta(minutes=2))
    await look(world, row)
    await start(stream_id=row["id"])
    assert await is_recording(api, row)


async def test_a_recording_that_livekit_refuses_leaves_no_trace(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    start = api.as_(ann).broadcast.StartRecording
    world.livekit.refuses_recordings.add(row["room_name"])
    await start(stream_id=row["id"]).fails(UNAVAILABLE, "PARTY_UNAVAILABLE")
    world.livekit.refuses_recordings.remove(row["room_name"])
    await start(stream_id=row["id"])


async def test_a_recording_that_came_to_its_longest_is_kept(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    await api.as_(ann).broadcast.StartRecording(stream_id=row["id"])
    await filmed(world, row)
    egress = egress_of(world, row)
    egress.status = livekit_api.EgressStatus.EGRESS_LIMIT_REACHED
    egress.file_results.add(filename=egress.room_composite.file_outputs[0].filepath)
    await receive(world, api, "egress_ended", row["room_name"])
    await is_left_to(world, api, ann, row)
