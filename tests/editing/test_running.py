"""Edits as they run: watched, cancelled, taking turns, and failing with a reason."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.editing.making import desk
from cnt_grpc.editing.rules import ending
from cnt_grpc.media import ffmpeg
from cnt_grpc.media.sandbox import Bounds
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.editing.examples import edit_of
from tests.harness.api import Api
from tests.harness.world import Person, World

RUNNING, DONE, CANCELLED = edit_pb2.EDIT_STATE_RUNNING, edit_pb2.EDIT_STATE_DONE, edit_pb2.EDIT_STATE_CANCELLED
LIGHT = {"filters": {"saturation": 0.5}}


async def long_film(world: World, who: Person, seconds: int = 60) -> int:
    """A film whose encode takes a while."""
    graph = f"testsrc2=s=960x540:d={seconds}:r=30"
    options = ("-c:v", "libx264", "-preset", "ultrafast")
    return await studio.drawn(world, who, graph, Kind.VIDEO, f"long-{seconds}.mp4", *options)


def encoders() -> int:
    """How many of FFmpeg's processes of this test run."""
    found = 0
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if entry.name.isdigit() else 0
            found += parent == os.getpid() and b"-progress" in (entry / "cmdline").read_bytes()
        except OSError:
            continue
    return found


async def until(wanted: Any, seconds: float) -> float:
    """Wait until something is so; the seconds that it took."""
    start = time.monotonic()
    while not wanted():
        assert time.monotonic() - start < seconds
        await asyncio.sleep(0.02)
    return time.monotonic() - start


async def test_progress_comes_at_once_and_again_and_again(world: World, api: Api) -> None:
    ann = await world.user()
    film = await long_film(world, ann, 20)
    reply = await api.as_(ann).editing.CreateEdit(media_id=film, operations=[LIGHT])
    assert reply.edit.progress.state == edit_pb2.EDIT_STATE_QUEUED
    times, seen = [time.monotonic()], []
    async for each in api.as_(ann).editing.WatchEdit(edit_id=reply.edit.edit_id, timeout=100):
        times.append(time.monotonic())
        seen.append(each.progress)
    # Every two seconds, and something for a busy machine.
    assert max(later - earlier for earlier, later in pairwise(times)) < 4
    percents = [each.percent for each in seen]
    assert percents == sorted(percents)
    assert len(set(percents)) > 5
    assert {each.stage for each in seen} >= {edit_pb2.EDIT_STAGE_MAKING, edit_pb2.EDIT_STAGE_UNSPECIFIED}
    making = [each for each in seen if each.stage == edit_pb2.EDIT_STAGE_MAKING and each.percent > 20]
    assert all(each.speed > 0 and each.eta_seconds > 0 for each in making)
    assert seen[-1].state == DONE
    assert seen[-1].percent == 100
    assert seen[-1].result.media_id


async def test_a_cancelled_edit_stops_at_once(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).editing
    film = await long_film(world, ann)
    edit = (await mine.CreateEdit(media_id=film, operations=[LIGHT])).edit.edit_id
    await until(encoders, 30)
    start = time.monotonic()
    await mine.CancelEdit(edit_id=edit)
    await until(lambda: encoders() == 0, 3)
    last = [each.progress async for each in mine.WatchEdit(edit_id=edit, timeout=100)][-1]
    assert time.monotonic() - start < 5
    assert last.state == CANCELLED
    assert not last.HasField("result")
    await mine.CancelEdit(edit_id=edit).fails(StatusCode.FAILED_PRECONDITION, "EDIT_HAS_ENDED")
    async with world.db.transaction() as tx:
        made = await tx.raw("SELECT 1 FROM media_objects WHERE owner_id = $1 AND id <> $2", ann.id, film)
    assert made == []


async def test_a_cancelled_edit_can_be_retried(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).editing
    film = await long_film(world, ann, 5)
    edit = (await mine.CreateEdit(media_id=film, operations=[LIGHT])).edit.edit_id
    await mine.RetryEdit(edit_id=edit).fails(StatusCode.FAILED_PRECONDITION, "EDIT_NOT_FAILED")
    await mine.CancelEdit(edit_id=edit)
    [*_, cancelled] = [each.progress async for each in mine.WatchEdit(edit_id=edit, timeout=100)]
    assert cancelled.state == CANCELLED
    await mine.RetryEdit(edit_id=edit)
    [*_, last] = [each.progress async for each in mine.WatchEdit(edit_id=edit, timeout=60)]
    assert last.state == DONE
    await mine.RetryEdit(edit_id=edit).fails(StatusCode.FAILED_PRECONDITION, "EDIT_NOT_FAILED")


async def test_one_persons_two_hundred_edits_do_not_hold_up_another_one(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    film, other = await long_film(world, ann, 5), await long_film(world, bob, 5)
    busy = [(await api.as_(ann).editing.CreateEdit(media_id=film, operations=[LIGHT])).edit for _ in range(200)]
    assert busy[-1].progress.queue_position > 100
    theirs = (await api.as_(bob).editing.CreateEdit(media_id=other, operations=[LIGHT])).edit
    # Others' edits may wait before it, of tests that leave theirs; of hers none does.
    hers = [(await api.as_(ann).editing.GetEdit(edit_id=each.edit_id)).edit.progress for each in busy[100:104]]
    behind = [each.queue_position for each in hers if each.state == edit_pb2.EDIT_STATE_QUEUED]
    assert behind
    assert min(behind) > theirs.progress.queue_position
    finished_before = await ended(world, ann)
    [*_, last] = [each.progress async for each in api.as_(bob).editing.WatchEdit(edit_id=theirs.edit_id, timeout=90)]
    assert last.state == DONE
    # Those that ran already, and what began in the other slot meanwhile.
    slots = world.system.settings.edits_at_once
    assert await ended(world, ann) - finished_before <= 2 * slots
    for each in busy:
        try:
            await api.as_(ann).editing.CancelEdit(edit_id=each.edit_id)
        except AssertionError:
            continue
    await until(lambda: encoders() == 0, 10)


async def ended(world: World, who: Person) -> int:
    """How many of this person's edits are done."""
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT count(*) AS n FROM edits WHERE owner_id = $1 AND state = 'done'", who.id)
    return int(row["n"])


async def test_no_more_edits_run_at_once_than_are_set(world: World, api: Api) -> None:
    ann = await world.user()
    film = await long_film(world, ann, 5)
    slots = world.system.settings.edits_at_once
    for _ in range(slots + 2):
        await api.as_(ann).editing.CreateEdit(media_id=film, operations=[LIGHT])
    most = 0
    deadline = time.monotonic() + 100
    while await ended(world, ann) < slots + 2:
        most = max(most, encoders())
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    assert most == slots


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets how much FFmpeg may use."""

    def bound(**bounds: int) -> None:
        monkeypatch.setattr(desk, "BOUNDS", replace(Bounds(), **bounds))

    return bound


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({"largest": 100_000}, "EDIT_TOO_LARGE"),
        ({"memory": 200 * 1024**2}, "EDIT_NEEDS_MEMORY"),
        ({"seconds": 1}, "EDIT_TOO_LONG"),
    ],
)
async def test_what_needs_too_much_fails_with_a_reason(
    world: World, api: Api, little: Any, bounds: dict[str, int], reason: str
) -> None:
    ann = await world.user()
    film = await long_film(world, ann, 20)
    little(**bounds)
    last = await studio.ended(api.as_(ann), film, LIGHT)
    assert last.error.reason == reason, last.error
    # The worker lives.
    little()
    assert (await studio.ended(api.as_(ann), film, {"trim": {"end": 1}})).state == DONE


async def test_a_full_disk_is_told(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await world.user()
    film = await long_film(world, ann, 5)

    async def full(*_: object, **__: object) -> str:
        raise ffmpeg.FfmpegError(1, "av_interleaved_write_frame(): No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ffmpeg, "run", full)
        last = await studio.ended(api.as_(ann), film, LIGHT)
    assert last.error.reason == "EDIT_NO_ROOM"


async def test_a_result_that_is_wrong_is_thrown_away(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """FFmpeg ends with 0 and half a film: nobody ever sees it."""
    ann = await world.user()
    film = await long_film(world, ann, 5)
    whole = ffmpeg.run

    async def half(arguments: list[str], folder: Path, **options: Any) -> str:
        at = arguments.index("-vcodec")
        return await whole([*arguments[:at], "-t", "2", *arguments[at:]], folder, **options)

    with monkeypatch.context() as patched:
        patched.setattr(ffmpeg, "run", half)
        last = await studio.ended(api.as_(ann), film, LIGHT)
    assert last.error.reason == "EDIT_RESULT_WRONG"
    async with world.db.transaction() as tx:
        made = await tx.raw("SELECT 1 FROM media_objects WHERE owner_id = $1 AND id <> $2", ann.id, film)
    assert made == []


async def test_a_full_quota_is_told(world: World, api: Api) -> None:
    ann = await world.user()
    film = await long_film(world, ann, 5)
    async with world.db.transaction() as tx:
        quota = world.system.limits.quota
        await tx.raw("INSERT INTO media_usage VALUES ($1, $2)", ann.id, quota - 10)
    last = await studio.ended(api.as_(ann), film, LIGHT)
    assert last.error.reason == "MEDIA_QUOTA_EXCEEDED"


async def test_two_edits_of_one_film_at_once_are_two_versions(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 2)
    both = await asyncio.gather(*(studio.edited(api.as_(ann), film, LIGHT) for _ in range(2)))
    assert sorted(each.result.version for each in both) == [1, 2]


async def test_a_trim_before_filters_is_one_encode(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3)
    runs: list[list[str]] = []
    plain = ffmpeg.run

    async def counted(arguments: list[str], folder: Path, **options: Any) -> str:
        runs.append(arguments)
        return await plain(arguments, folder, **options)

    with monkeypatch.context() as patched:
        patched.setattr(ffmpeg, "run", counted)
        await studio.edited(api.as_(ann), film, {"trim": {"end": 2}}, LIGHT, {"rotate": {"degrees": 180}})
    assert len(runs) == 1
    assert runs[0].count("libx264") == 1


async def test_edits_whose_worker_died_for_good_are_settled(world: World, api: Api) -> None:
    ann = await world.user()
    edit = await edit_of(world, ann, state="open")
    async with world.db.transaction() as tx:
        await tx.raw(
            "UPDATE jobs SET state = 'failed', error = 'each run ended with its worker', progress = 40, attempts = 4,"
            " finished_at = now() WHERE id = (SELECT job_id FROM edits WHERE id = $1)", edit,
        )  # fmt: skip
        await tx.raw("UPDATE edits SET created_at = created_at - interval '1 minute' WHERE id = $1", edit)
    seen = (await api.as_(ann).editing.GetEdit(edit_id=edit)).edit
    async with world.db.transaction() as tx:
        while await ending.settle(tx):  # those of other tests too, some at a time
            pass
    settled = (await api.as_(ann).editing.GetEdit(edit_id=edit)).edit
    for each in (seen, settled):
        assert each.progress.error.reason == "EDIT_INTERRUPTED"
        assert each.progress.percent == 40
        assert each.attempts == 4
    assert settled.HasField("finished_at")
