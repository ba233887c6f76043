"""Streams from the announcement to the end, against LiveKit's stand-in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.live import syncing
from cnt_grpc.live.queries import airing
from cnt_grpc.live.standing import Status
from cnt_grpc.pb.cnt.live.v1 import stream_pb2 as pb2
from tests.content import makers as content_makers
from tests.harness import livekit
from tests.live import makers

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Row
    from tests.harness.api import Api
    from tests.harness.world import Person, World

NOT_FOUND = StatusCode.NOT_FOUND
FAILED = StatusCode.FAILED_PRECONDITION
DENIED = StatusCode.PERMISSION_DENIED


async def until(what: Any, wanted: Any, seconds: float = 10.0) -> None:
    """Wait until `what` answers what is wanted: a job does it."""
    async with asyncio.timeout(seconds):
        while await what() != wanted:
            await asyncio.sleep(0.02)


async def test_a_stream_is_announced_changed_and_deleted(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    start = clock.now() + timedelta(days=1)
    made = (
        await api.as_(ann).live.CreateStream(
            title="Abendgebet für alle", category=pb2.STREAM_CATEGORY_PRAYER, scheduled_start=start
        )
    ).stream
    assert made.room_name.startswith("abendgebet-fur-alle-")
    assert made.status == pb2.STREAM_STATUS_SCHEDULED
    assert made.scheduled_start.ToDatetime(tzinfo=start.tzinfo) == start
    assert made.chat.enabled
    changed = await api.as_(ann).live.UpdateStream(
        stream_id=made.stream_id, title="Vesper", clears_scheduled_start=True
    )
    assert changed.stream.title == "Vesper"
    assert not changed.stream.HasField("scheduled_start")
    assert changed.stream.category == pb2.STREAM_CATEGORY_PRAYER
    await api.as_(bob).live.UpdateStream(stream_id=made.stream_id, title="Mine").fails(NOT_FOUND, "STREAM_NOT_FOUND")
    await api.as_(ann).live.DeleteStream(stream_id=made.stream_id)
    await api.live.GetStream(stream_id=made.stream_id).fails(NOT_FOUND, "STREAM_NOT_FOUND")


async def test_the_host_opens_the_room_and_viewers_come_when_it_is_on_air(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    stream = (await api.as_(ann).live.CreateStream(title="Sunday")).stream
    await api.as_(bob).live.JoinStream(stream_id=stream.stream_id).fails(FAILED, "STREAM_NOT_STARTED")
    way = await api.as_(ann).live.JoinStream(stream_id=stream.stream_id)
    assert way.role == pb2.PARTICIPANT_ROLE_HOST
    assert way.room_name in world.livekit.rooms
    await api.as_(ann).live.ReportHostJoined(stream_id=stream.stream_id).fails(FAILED, "HOST_NOT_IN_ROOM")
    world.livekit.comes_in(way.token)
    on_air = (await api.as_(ann).live.ReportHostJoined(stream_id=stream.stream_id)).stream
    assert on_air.status == pb2.STREAM_STATUS_LIVE
    assert on_air.HasField("started_at")
    theirs = await api.as_(bob).live.JoinStreamByRoom(room_name=stream.room_name)
    assert theirs.role == pb2.PARTICIPANT_ROLE_VIEWER
    assert theirs.identity == f"user-{bob.id}"
    assert theirs.ws_url.startswith("ws://")
    assert theirs.url.startswith("http://")


async def test_a_token_says_who_comes_where_as_what_for_how_long(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    claims = {}
    for name, asking in {"host": api.as_(ann), "viewer": api.as_(bob), "listener": api}.items():
        way = await asking.live.JoinStream(stream_id=row["id"])
        claims[name] = jwt.decode(way.token, livekit.SECRET, algorithms=["HS256"])
        assert way.expires_at.seconds - claims[name]["exp"] in {0, 1}
    for who in claims.values():
        assert who["exp"] - who["nbf"] == 120
        assert who["iss"] == livekit.KEY
        assert who["video"]["room"] == row["room_name"]
        assert who["video"]["roomJoin"]
        assert who["video"]["canSubscribe"]
        assert not who["video"]["canUpdateOwnMetadata"]
        assert not {"roomAdmin", "roomCreate", "roomList", "roomRecord", "ingressAdmin"} & who["video"].keys()
    assert (claims["host"]["sub"], claims["host"]["name"]) == (f"user-{ann.id}", ann.name)
    assert claims["host"]["video"]["canPublish"]
    assert claims["viewer"]["sub"] == f"user-{bob.id}"
    for name in ("viewer", "listener"):
        assert not claims[name]["video"]["canPublish"]
        assert not claims[name]["video"]["canPublishData"]
    assert claims["listener"]["sub"].startswith("listener-")


@pytest.mark.parametrize(
    ("audience", "refused"), [("everyone", set()), ("guests", {"nobody"}), ("accounts", {"nobody", "guest"})]
)
async def test_the_host_says_who_may_come_in(world: World, api: Api, audience: str, refused: set[str]) -> None:
    row = await makers.on_air(world, await world.user(), audience=audience)
    asking = {"nobody": api, "guest": api.as_(await world.user(is_guest=True)), "user": api.as_(await world.user())}
    for name, each in asking.items():
        if name in refused:
            await each.live.JoinStream(stream_id=row["id"]).fails(DENIED, "AUDIENCE_CLOSED")
        else:
            assert (await each.live.JoinStream(stream_id=row["id"])).token


async def test_ending_closes_the_room_for_good(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    await api.as_(bob).live.EndStream(stream_id=row["id"]).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    ended = (await api.as_(ann).live.EndStream(stream_id=row["id"])).stream
    assert ended.status == pb2.STREAM_STATUS_ENDED
    assert ended.HasField("ended_at")

    async def is_open() -> bool:
        return row["room_name"] in world.livekit.rooms

    await until(is_open, False)
    assert (await api.as_(ann).live.EndStream(stream_id=row["id"])).stream.ended_at == ended.ended_at
    await api.as_(ann).live.JoinStream(stream_id=row["id"]).fails(FAILED, "STREAM_ENDED")
    await api.as_(ann).live.UpdateStream(stream_id=row["id"], title="Again").fails(FAILED, "STREAM_ENDED")


async def test_followers_are_told_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await content_makers.follow(tx, bob.id, ann.id)
    stream = (await api.as_(ann).live.CreateStream(title="Sunday")).stream
    way = await api.as_(ann).live.JoinStream(stream_id=stream.stream_id)
    world.livekit.comes_in(way.token)
    for _ in range(2):
        await api.as_(ann).live.ReportHostJoined(stream_id=stream.stream_id)

    async def told() -> int:
        inbox = (await api.as_(bob).notification.ListNotifications()).notifications
        return sum(each.data["stream_id"] == str(stream.stream_id) for each in inbox)

    await until(told, 1)
    assert await told() == 1


async def test_a_host_of_many_followers_has_them_told_in_turn(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnt_grpc.live.jobs.AT_ONCE", 2)
    ann, *followers = await world.users(6)
    async with world.db.transaction() as tx:
        for each in followers:
            await content_makers.follow(tx, each.id, ann.id)
    stream = (await api.as_(ann).live.CreateStream(title="Sunday")).stream
    world.livekit.comes_in((await api.as_(ann).live.JoinStream(stream_id=stream.stream_id)).token)
    await api.as_(ann).live.ReportHostJoined(stream_id=stream.stream_id)

    async def told() -> list[int]:
        inboxes = [(await api.as_(each).notification.ListNotifications()).notifications for each in followers]
        return [sum(each.data["stream_id"] == str(stream.stream_id) for each in inbox) for inbox in inboxes]

    await until(told, [1] * 5, 60)


async def test_lists_show_what_they_promise(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await content_makers.follow(tx, bob.id, ann.id)
    live = await makers.on_air(world, ann, title="Now")
    soon = await makers.made(world, ann, title="Soon", scheduled_start=clock.now() + timedelta(hours=1))
    past = await makers.made(world, ann, title="Past", status=Status.ENDED, ended_at=clock.now())

    async def ids(asked: Any) -> list[int]:
        return [each.stream_id for each in (await asked).streams]

    as_bob = api.as_(bob).live
    assert set(await ids(as_bob.ListStreams(host_id=ann.id))) == {live["id"], soon["id"], past["id"]}
    ended = as_bob.ListStreams(host_id=ann.id, status=pb2.STREAM_STATUS_ENDED)
    assert await ids(ended) == [past["id"]]
    assert live["id"] in await ids(as_bob.ListLiveStreams(category=pb2.STREAM_CATEGORY_PRAYER))
    assert live["id"] not in await ids(as_bob.ListLiveStreams(category=pb2.STREAM_CATEGORY_YOUTH))
    assert set(await ids(as_bob.ListFollowedStreams())) == {live["id"], soon["id"]}
    assert await ids(api.as_(ann).live.ListPastStreams()) == [past["id"]]
    assert await ids(as_bob.ListPastStreams()) == []
    assert (await as_bob.GetStreamOfPerson(username=ann.username.upper())).stream.stream_id == live["id"]


async def test_of_a_person_that_is_shown_which_comes_and_not_what_never_came(world: World, api: Api) -> None:
    ann = await world.user()
    now = clock.now()

    async def shown() -> int:
        return int((await api.live.GetStreamOfPerson(username=ann.username)).stream.stream_id)

    missed = now - timedelta(days=3)
    await makers.made(world, ann, title="Missed", scheduled_start=missed, listed_at=missed)
    await api.live.GetStreamOfPerson(username=ann.username).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    sunday = now + timedelta(days=3)
    later = await makers.made(world, ann, title="Sunday", scheduled_start=sunday, listed_at=sunday)
    assert await shown() == later["id"]
    late = await makers.made(world, ann, title="Late", scheduled_start=now - timedelta(minutes=10))
    assert await shown() == late["id"]
    broken = await makers.made(world, ann, title="Broken off", started_at=now, interrupted_at=now)
    assert await shown() == broken["id"]


async def test_what_never_began_is_over_a_day_after_its_time(world: World, api: Api) -> None:
    ann = await world.user()
    begins = clock.now() + timedelta(hours=1)
    row = await makers.made(world, ann, scheduled_start=begins, listed_at=begins)
    meeting = await makers.made(world, ann, scheduled_start=begins, listed_at=begins, kind="meeting")

    async def is_overdue(which: Row) -> bool:
        async with world.db.reading() as tx:
            rows = await tx.all(airing.overdue(100_000), before=clock.now() - timedelta(days=1))
        return which["id"] in {each["id"] for each in rows}

    assert not await is_overdue(row)
    clock.move(timedelta(hours=26))
    assert await is_overdue(row)
    assert not await is_overdue(meeting)

    async def status() -> int:
        assert world.system.studio is not None
        # Each minute ends some of them: all tests' streams that were to begin until now are overdue.
        await syncing.reconcile(world.db, world.system.studio.rooms)
        return int((await api.live.GetStream(stream_id=row["id"])).stream.status)

    await until(status, pb2.STREAM_STATUS_ENDED, 60)


async def test_the_recommended_are_on_air_first_and_the_fullest_at_the_top(world: World, api: Api) -> None:
    ann = await world.user()
    few = await makers.on_air(world, ann, viewers=2_100_000_000)
    many = await makers.on_air(world, ann, viewers=2_100_000_001)
    shown = [each.stream_id for each in (await api.as_(ann).live.ListRecommendedStreams()).streams]
    assert [each for each in shown if each in {many["id"], few["id"]}] == [many["id"], few["id"]]
    assert len(shown) <= 20


async def test_streams_are_found_by_words(world: World, api: Api) -> None:
    ann = await world.user()
    past = await makers.made(world, ann, title="Zephaniah evening", status=Status.ENDED)
    live = await makers.on_air(world, ann, title="Zephaniah morning")
    found = (await api.live.SearchStreams(q="zephan")).streams
    assert [each.stream_id for each in found if each.host_id == ann.id] == [live["id"], past["id"]]
    over = (await api.live.SearchStreams(q="zephaniah", status=pb2.STREAM_STATUS_ENDED)).streams
    assert [each.stream_id for each in over if each.host_id == ann.id] == [past["id"]]
    await api.as_(ann).live.UpdateStream(stream_id=live["id"], title="Habakkuk morning")
    found = (await api.live.SearchStreams(q="zephaniah")).streams
    assert [each.stream_id for each in found if each.host_id == ann.id] == [past["id"]]


async def test_what_is_on_air_is_found_however_much_is_over(world: World, api: Api) -> None:
    ann, word = await world.user(), "ebedmelech"
    live = await makers.on_air(world, ann, title="Vespers", description=f"With many words, and {word} at their end.")
    over = 60
    async with world.db.transaction() as tx:
        for _ in range(over):
            await makers.stream(tx, by=ann.id, title=word, description=word, status=Status.ENDED)
    found = (await api.live.SearchStreams(q=word)).streams
    assert found[0].stream_id == live["id"]
    assert len(found) == 50
    scheduled = await makers.made(world, ann, title="Matins", description=f"With many words, and {word} at their end.")
    soon = (await api.live.SearchStreams(q=word, status=pb2.STREAM_STATUS_SCHEDULED)).streams
    assert [each.stream_id for each in soon] == [scheduled["id"]]


async def test_blocks_and_bans_of_hosts_hide_their_streams_everywhere(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    row = await makers.on_air(world, ann, title="Malachi tonight")
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    as_bob = api.as_(bob)
    await as_bob.live.GetStream(stream_id=row["id"]).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    await as_bob.live.JoinStream(stream_id=row["id"]).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    await as_bob.live.GetStreamOfPerson(username=ann.username).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    await as_bob.stream_chat.WatchStream(stream_id=row["id"]).fails(NOT_FOUND, "STREAM_NOT_FOUND")
    assert not (await as_bob.live.ListStreams(host_id=ann.id)).streams
    assert not [each for each in (await as_bob.live.SearchStreams(q="malachi")).streams if each.host_id == ann.id]
    assert (await api.as_(zoe).live.GetStream(stream_id=row["id"])).stream.title == "Malachi tonight"
    await world.ban(ann)
    await api.as_(zoe).live.GetStream(stream_id=row["id"]).fails(NOT_FOUND, "STREAM_NOT_FOUND")


async def refused_in_time(api: Api, who: Person, stream_id: int) -> None:
    """Somebody is told within three seconds that LiveKit does not answer; a machine that is busy gets three tries."""
    join = api.as_(who).live.JoinStream
    tries: list[float] = []
    while not tries or tries[-1] >= 3.0:
        assert len(tries) < 3, tries
        begun = asyncio.get_running_loop().time()
        await join(stream_id=stream_id).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
        tries.append(asyncio.get_running_loop().time() - begun)


async def test_livekit_that_hangs_is_told_within_three_seconds(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.made(world, ann)
    with makers.livekit_away(world):
        await refused_in_time(api, ann, row["id"])
    assert (await api.live.GetStream(stream_id=row["id"])).stream.status == pb2.STREAM_STATUS_SCHEDULED
