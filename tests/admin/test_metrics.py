"""Numbers over time: added up by servers, measured by the worker, shown in steps, forgotten after 90 days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from cnt_grpc.admin import CallSampler
from cnt_grpc.admin.rules import metrics
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.kit import clock
from cnt_grpc.kit.telemetry import CallMetrics
from cnt_grpc.pb.cnt.admin.v1 import admin_service_pb2 as pb2
from tests.harness.api import Api
from tests.harness.world import World

LONG_AGO = datetime(2020, 3, 1, 12, tzinfo=UTC)
"""A time of which no other test knows anything."""


def stamp(moment: datetime) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def span(since: datetime, until: datetime, step: timedelta) -> dict[str, Any]:
    length = Duration()
    length.FromTimedelta(step)
    return {"from": stamp(since), "to": stamp(until), "step": length}


@pytest.fixture
async def boss(world: World, api: Api) -> Api:
    return api.as_(await world.user(roles={"admin"}))


async def points(
    boss: Api, name: Any, since: datetime, until: datetime, step: timedelta
) -> list[tuple[datetime, float]]:
    found = await boss.admin.GetMetrics(name=name, **span(since, until, step))
    return [(each.at.ToDatetime(tzinfo=UTC), each.value) for each in found.points]


async def test_what_happened_adds_up_and_what_stands_shows_its_highest(world: World, boss: Api) -> None:
    for number in range(120):
        at = LONG_AGO + timedelta(minutes=number)
        await metrics.add(world.db, {"calls": 2.0, "job_lag": float(number)}, at)
    hour = timedelta(hours=1)
    end = LONG_AGO + 3 * hour
    assert await points(boss, pb2.METRIC_NAME_CALLS, LONG_AGO, end, hour) == [
        (LONG_AGO, 120.0), (LONG_AGO + hour, 120.0),
    ]  # fmt: skip
    assert await points(boss, pb2.METRIC_NAME_JOB_LAG, LONG_AGO, end, hour) == [
        (LONG_AGO, 59.0), (LONG_AGO + hour, 119.0),
    ]  # fmt: skip
    # Whole steps, whenever one asks; the last minute is not part of it.
    odd = await points(boss, pb2.METRIC_NAME_CALLS, LONG_AGO + timedelta(minutes=17), LONG_AGO + 2 * hour, hour)
    assert odd == [(LONG_AGO, 120.0), (LONG_AGO + hour, 120.0)]
    minute = timedelta(minutes=1)
    assert await points(boss, pb2.METRIC_NAME_CALLS, LONG_AGO, LONG_AGO + minute, minute) == [(LONG_AGO, 2.0)]
    assert await points(boss, pb2.METRIC_NAME_ERRORS, LONG_AGO, end, hour) == []


async def test_times_and_steps_have_bounds(boss: Api) -> None:
    refused = StatusCode.INVALID_ARGUMENT, "INVALID"
    name, minute = pb2.METRIC_NAME_CALLS, timedelta(minutes=1)
    for since, until, step in (
        (LONG_AGO, LONG_AGO, minute),
        (LONG_AGO + minute, LONG_AGO, minute),
        (LONG_AGO, LONG_AGO + 1501 * minute, minute),
        (LONG_AGO, LONG_AGO + minute, timedelta(seconds=59)),
        (LONG_AGO, LONG_AGO + minute, timedelta(days=8)),
    ):
        await boss.admin.GetMetrics(name=name, **span(since, until, step)).fails(*refused)
    await boss.admin.GetMetrics().fails(*refused)
    for seconds in (-62_135_596_800, 0, 4_102_444_800, 10**15):
        for name_of_end in ("from", "to"):
            given: dict[str, Any] = {name_of_end: Timestamp(seconds=seconds)}
            await boss.admin.GetMetrics(name=name, **given).fails(*refused)
    # At the edge of what is taken.
    assert (await boss.admin.GetMetrics(name=name, to=Timestamp(seconds=1), step=Duration(seconds=60))).points == []
    late: dict[str, Any] = {"from": Timestamp(seconds=4_102_444_798), "to": Timestamp(seconds=4_102_444_799)}
    assert (await boss.admin.GetMetrics(name=name, **late)).points == []
    # Without any of the three: the last day by hours.
    assert len((await boss.admin.GetMetrics(name=name)).points) <= 25


async def test_a_server_adds_what_it_counts_once(world: World, boss: Api) -> None:
    clock.move(timedelta(days=-1500))
    counted = CallMetrics()
    sampler = CallSampler(world.db, counted.calls)
    for method, code, number in (
        ("cnt.auth.v1.UserService/GetMe", StatusCode.OK, 3),
        ("cnt.auth.v1.UserService/GetMe", StatusCode.NOT_FOUND, 1),
        ("cnt.auth.v1.UserService/GetMe", StatusCode.INTERNAL, 2),
        ("cnt.content.v1.ContentService/RecordPlay", StatusCode.OK, 5),
        ("cnt.media.v1.MediaService/UploadAudio", StatusCode.OK, 1),
        ("cnt.media.v1.MediaService/UploadAudio", StatusCode.INVALID_ARGUMENT, 1),
    ):
        for _ in range(number):
            counted.of(method).count(code, 0.01)
    at = metrics.minute_of(clock.now())
    await sampler.flush()
    await sampler.flush()
    twin = CallSampler(world.db, counted.calls)
    await twin.flush()

    async def total(name: str) -> float:
        async with world.db.transaction() as tx:
            rows = await tx.raw(
                "SELECT sum(value) AS n FROM metric_samples WHERE name = $1 AND at BETWEEN $2 AND $3",
                name, at, at + timedelta(minutes=1),
            )  # fmt: skip
        return float(rows[0]["n"])

    found = {name: await total(name) for name in ("calls", "errors", "plays", "uploads")}
    assert found == {"calls": 26, "errors": 4, "plays": 10, "uploads": 2}, "two processes, each once"


async def test_the_worker_notes_how_things_stand_and_forgets(world: World, boss: Api) -> None:
    old = metrics.minute_of(clock.now()) - metrics.KEPT - timedelta(minutes=2)
    await metrics.add(world.db, {"calls": 1.0}, old)
    await world.user()
    await metrics.measure(world.db, FIGURES)
    now = clock.now()
    day = timedelta(days=1)
    for name in (pb2.METRIC_NAME_ACTIVE_PEOPLE, pb2.METRIC_NAME_STREAMS, pb2.METRIC_NAME_JOB_LAG):
        assert await points(boss, name, now - day, now + day, timedelta(hours=1))
    async with world.db.transaction() as tx:
        assert await tx.raw("SELECT 1 FROM metric_samples WHERE at = $1", old) == []
