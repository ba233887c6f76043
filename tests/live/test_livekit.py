"""Streams on the real LiveKit: picture and sound arrive, what is not granted is refused, its events move our rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import grpc
import jwt
import numpy as np
import pytest
from aiohttp import web
from grpc import StatusCode

from cnt_grpc.kit import clock, jobs
from cnt_grpc.live import work
from cnt_grpc.live.rooms import EMPTY_TIMEOUT
from cnt_grpc.pb.cnt.live.v1 import broadcast_service_pb2 as pb2_broadcast
from cnt_grpc.pb.cnt.live.v1 import stream_pb2 as pb2
from cnt_grpc.pb.cnt.live.v1.jobs_pb2 import ReconcileRooms
from livekit import rtc
from tests import machine
from tests.conftest import SECRET_KEY
from tests.harness import livekit
from tests.harness.api import Api
from tests.harness.running import settings_for, start
from tests.harness.world import World
from tests.live import makers
from tests.live.server import Server, serving
from tests.live.test_streams import refused_in_time, until

if TYPE_CHECKING:
    from cnt_grpc.app import System
    from tests.harness.database import Cluster
    from tests.harness.google import GoogleStandIn
    from tests.harness.world import Person

pytestmark = pytest.mark.timeout(180)

LIVE = pb2.STREAM_STATUS_LIVE
SCHEDULED = pb2.STREAM_STATUS_SCHEDULED
WIDTH, HEIGHT = 320, 240
RATE = 48_000


class Venue:
    """A system of its own beside a real LiveKit, whose events pass through `mail` on their way to us."""

    def __init__(self, world: World, api: Api, server: Server) -> None:
        self.world = world
        self.api = api
        self.server = server
        self.drops_events = False
        self.events: list[str] = []

    @property
    def system(self) -> System:
        """What its server and worker share."""
        return self.world.system

    async def enter(self, token: str) -> rtc.Room:
        """Come into a room as LiveKit's SDK does."""
        room = rtc.Room()
        await asyncio.wait_for(room.connect(self.server.url.replace("http", "ws", 1), token), 20)
        return room

    async def join(self, who: Person | None, stream_id: int) -> rtc.Room:
        """Ask us for a token, and come in with it."""
        api = self.api.as_(who) if who else self.api
        return await self.enter((await api.live.JoinStream(stream_id=stream_id)).token)

    async def status(self, stream_id: int) -> int:
        """Where a stream stands."""
        return int((await self.api.live.GetStream(stream_id=stream_id)).stream.status)

    async def on_air(self, host: Person) -> tuple[Any, rtc.Room]:
        """A stream of this person on air, and the host in its room."""
        stream = (await self.api.as_(host).live.CreateStream(title="Sunday")).stream
        room = await self.join(host, stream.stream_id)
        await until(lambda: self.status(stream.stream_id), LIVE)
        return stream, room

    async def reconcile(self) -> None:
        """The minute is over."""
        async with self.system.db.transaction() as tx:
            job_id = await jobs.enqueue(tx, work.RECONCILE, ReconcileRooms())
        assert await jobs.wait(self.system.db, self.system.bus, job_id, 15) is jobs.State.DONE


@pytest.fixture(scope="module")
async def venue(
    cluster: Cluster, google: GoogleStandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Venue]:
    """The whole system, and a real LiveKit that sends it events."""
    program = machine.program("livekit-server")
    folder = tmp_path_factory.mktemp("venue")
    venues: list[Venue] = []
    async with (
        _mail(venues) as webhook,
        serving(program, folder, webhook) as server,
        start(settings_for(await cluster.clone(), folder, SECRET_KEY, livekit_url=server.url)) as running,
        grpc.aio.insecure_channel(running.target) as channel,
    ):
        venues.append(Venue(World(running.system, folder, google), Api(channel), server))
        yield venues[0]


@asynccontextmanager
async def _mail(venues: list[Venue]) -> AsyncIterator[str]:
    """The way of LiveKit's events to us, as Envoy is; it may lose them."""

    async def deliver(request: web.Request) -> web.Response:
        venue = venues[0]
        body = await request.read()
        venue.events.append(body.decode())
        if not venue.drops_events:
            api = venue.api.with_(authorization=request.headers["Authorization"])
            await api.live_kit_webhook.ReceiveLiveKitEvent(event={"data": body})
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/livekit", deliver)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/livekit"
    await runner.cleanup()


async def test_a_picture_and_a_tone_reach_two_viewers(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    viewers = [await venue.join(bob, stream.stream_id), await venue.join(None, stream.stream_id)]
    sending = asyncio.create_task(broadcast(host))
    try:
        for viewer in viewers:
            red, loud = await asyncio.wait_for(asyncio.gather(first_picture(viewer), first_sound(viewer)), 40)
            assert red > 150, "the picture is red"
            assert loud > 1000, "the tone is heard"

        async def count() -> tuple[int, int]:
            shown = (await venue.api.live.GetStream(stream_id=stream.stream_id)).stream
            return shown.viewers, shown.peak_viewers

        await until(count, (2, 2), 20)
    finally:
        sending.cancel()
        for room in (*viewers, host):
            await room.disconnect()
    await until(lambda: venue.status(stream.stream_id), SCHEDULED, 40)


async def test_a_viewer_may_not_publish_and_a_promoted_one_may(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    seen: list[int] = []
    host.on("track_published", lambda publication, _: seen.append(publication.source))
    viewer = await venue.join(bob, stream.stream_id)
    # LiveKit's library tells of a refusal or of nothing; what counts is what others get of it.
    with pytest.raises((rtc.participant.PublishTrackError, TimeoutError)):
        await asyncio.wait_for(publish_tone(viewer), 5)
    stage = venue.api.as_(ann).stage
    await stage.PromoteParticipant(stream_id=stream.stream_id, identity=viewer.local_participant.identity)
    await viewer.disconnect()
    viewer = await venue.join(bob, stream.stream_id)
    track = await asyncio.wait_for(publish_tone(viewer), 20)
    assert track.sid

    async def sources() -> list[int]:
        return seen

    await until(sources, [rtc.TrackSource.SOURCE_MICROPHONE], 20)  # this one, and none before it
    who = viewer.local_participant.identity

    async def muted() -> int:
        return int((await stage.MuteParticipant(stream_id=stream.stream_id, identity=who)).muted_tracks)

    await until(muted, 1)  # LiveKit's list shows a track a moment after it was published
    await viewer.disconnect()
    await host.disconnect()


async def test_a_banned_person_does_not_stay_with_an_old_token(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    old = (await venue.api.as_(bob).live.JoinStream(stream_id=stream.stream_id)).token
    viewer = await venue.enter(old)
    out = closed(viewer)
    await venue.api.as_(ann).stage.BanParticipant(stream_id=stream.stream_id, identity=f"user-{bob.id}")
    await asyncio.wait_for(out.wait(), 40)
    # The server of this test is too old to refuse the token by itself: our answer to its event does.
    again = rtc.Room()
    out = closed(again)
    await again.connect(venue.server.url.replace("http", "ws", 1), old)
    await asyncio.wait_for(out.wait(), 40)
    await host.disconnect()


async def test_ending_puts_everyone_out(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    out = closed(await venue.join(bob, stream.stream_id)), closed(host)
    await venue.api.as_(ann).live.EndStream(stream_id=stream.stream_id)
    for each in out:
        await asyncio.wait_for(each.wait(), 40)


async def test_a_host_acts_on_who_is_inside(venue: Venue) -> None:
    """Promoted without coming in anew, heard, muted, and put out; with a new token they come back."""
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    viewer = await venue.join(bob, stream.stream_id)
    who = {"stream_id": stream.stream_id, "identity": f"user-{bob.id}"}
    stage = venue.api.as_(ann).stage
    may_speak, is_muted = asyncio.Event(), asyncio.Event()
    viewer.on("participant_permissions_changed", lambda *_: may_speak.set())
    host.on("track_muted", lambda *_: is_muted.set())
    await stage.PromoteParticipant(**who)
    await asyncio.wait_for(may_speak.wait(), 20)
    await asyncio.wait_for(publish_tone(viewer), 20)
    await asyncio.wait_for(track_of(host, rtc.TrackKind.KIND_AUDIO), 20)

    async def muted() -> int:
        return int((await stage.MuteParticipant(**who)).muted_tracks)

    await until(muted, 1)  # LiveKit's list shows a track a moment after it was published
    await asyncio.wait_for(is_muted.wait(), 20)
    out = closed(viewer)
    await stage.RemoveParticipant(**who)
    await asyncio.wait_for(out.wait(), 20)
    viewer = await venue.join(bob, stream.stream_id)
    await viewer.disconnect()
    await host.disconnect()


async def test_times_follow_from_the_servers_own_events(venue: Venue) -> None:
    ann = await venue.world.user()
    stream, host = await venue.on_air(ann)

    async def shown() -> Any:
        return (await venue.api.live.GetStream(stream_id=stream.stream_id)).stream

    assert (await shown()).HasField("started_at")
    started = (await shown()).started_at
    assert abs((started.ToDatetime(UTC) - clock.now()).total_seconds()) < 60
    # Somebody else closes the room: LiveKit tells us, and when nobody opens it again the stream is over.
    assert venue.system.studio is not None
    await venue.system.studio.rooms.close(stream.room_name)
    await until(lambda: venue.status(stream.stream_id), SCHEDULED, 40)
    clock.move(EMPTY_TIMEOUT + timedelta(minutes=2))
    await venue.reconcile()
    await until(lambda: venue.status(stream.stream_id), pb2.STREAM_STATUS_ENDED, 40)
    ended = await shown()
    assert ended.HasField("ended_at")
    assert ended.started_at == started
    told = [event for event in venue.events if stream.room_name in event]
    for name in ("room_started", "participant_joined", "room_finished"):
        assert any(f'"{name}"' in event for event in told), name
    await host.disconnect()


async def test_screens_are_shared_by_leave(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    room = (
        await venue.api.as_(ann).meeting.CreateMeeting(title="Group", only_host_shares_screen=True)
    ).meeting.room_name
    inside = []
    for who in (ann, bob):
        inside.append(await venue.enter((await venue.api.as_(who).meeting.JoinMeeting(room_name=room)).token))
        if who is ann:
            await until(lambda: status_of_meeting(venue, ann, room), LIVE, 20)
    host, other = inside
    seen: list[int] = []
    host.on("track_published", lambda publication, _: seen.append(publication.source))
    assert (await asyncio.wait_for(publish_screen(host), 20)).sid
    with pytest.raises((rtc.participant.PublishTrackError, TimeoutError)):
        await asyncio.wait_for(publish_screen(other), 5)
    meeting_id = (await venue.api.as_(ann).meeting.GetMeeting(room_name=room)).meeting.meeting_id
    changed = asyncio.Event()
    other.on("participant_permissions_changed", lambda *_: changed.set())
    for role in (pb2.PARTICIPANT_ROLE_VIEWER, pb2.PARTICIPANT_ROLE_SPEAKER):
        changed.clear()
        which = {"stream_id": meeting_id, "identity": other.local_participant.identity}
        await venue.api.as_(ann).stage.PromoteParticipant(**which, role=role)
        await asyncio.wait_for(changed.wait(), 20)
    with pytest.raises((rtc.participant.PublishTrackError, TimeoutError)):
        await asyncio.wait_for(publish_screen(other), 5)
    assert (await asyncio.wait_for(publish_tone(other), 20)).sid, "their voice is heard all the same"

    async def sources() -> list[int]:
        return seen

    await until(sources, [rtc.TrackSource.SOURCE_MICROPHONE], 20)
    for each in inside:
        await each.disconnect()


async def status_of_meeting(venue: Venue, who: Person, room: str) -> int:
    """Where a meeting stands."""
    return int((await venue.api.as_(who).meeting.GetMeeting(room_name=room)).meeting.status)


async def test_what_livekit_cannot_do_alone_is_told_and_leaves_no_trace(venue: Venue) -> None:
    """Studios and recordings need services of their own beside LiveKit; it understands the calls, and says so."""
    ann = await venue.world.user()
    stream, host = await venue.on_air(ann)
    broadcast = venue.api.as_(ann).broadcast
    which = {"stream_id": stream.stream_id}
    for kind in (pb2_broadcast.INGRESS_KIND_RTMP, pb2_broadcast.INGRESS_KIND_WHIP):
        await broadcast.CreateIngress(**which, kind=kind).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    await broadcast.GetIngress(**which).fails(StatusCode.NOT_FOUND, "INGRESS_NOT_FOUND")
    await broadcast.StartRecording(**which).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    assert not (await venue.api.live.GetStream(**which)).stream.is_recording
    await host.disconnect()


@pytest.mark.parametrize("wrong", ["another room", "expired", "altered"])
async def test_livekit_itself_refuses_tokens_that_are_not_right(venue: Venue, wrong: str) -> None:
    ann = await venue.world.user()
    stream, host = await venue.on_air(ann)
    token = (await venue.api.live.JoinStream(stream_id=stream.stream_id)).token
    claims = jwt.decode(token, livekit.SECRET, algorithms=["HS256"])
    secret = livekit.SECRET
    match wrong:
        case "another room":
            claims["video"]["room"] = "a-room-that-nobody-opened"
        case "expired":
            claims["nbf"], claims["exp"] = claims["nbf"] - 7200, claims["exp"] - 7200
        case _:
            secret = "another secret, as long as the right one is"
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(
            venue.server.url.replace("http", "ws", 1), jwt.encode(claims, secret, algorithm="HS256")
        )
    await host.disconnect()


async def test_lost_events_are_healed_by_the_reconciler(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream = (await venue.api.as_(ann).live.CreateStream(title="Unseen")).stream
    venue.drops_events = True
    try:
        host = await venue.join(ann, stream.stream_id)

        async def seen() -> tuple[int, int]:
            # LiveKit itself sees who comes and goes a moment later: what one look has missed, the next minute's finds.
            await venue.reconcile()
            shown = (await venue.api.live.GetStream(stream_id=stream.stream_id)).stream
            return shown.status, shown.viewers

        await until(seen, (LIVE, 0), 60)
        viewer = await venue.join(bob, stream.stream_id)
        await until(seen, (LIVE, 1), 60)
        await viewer.disconnect()
        await host.disconnect()
        await until(seen, (SCHEDULED, 0), 60)
    finally:
        venue.drops_events = False


async def test_a_stopped_livekit_is_told_within_three_seconds_and_no_row_says_live(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    stream, host = await venue.on_air(ann)
    other = (await venue.api.as_(bob).live.CreateStream(title="Next")).stream
    await venue.server.stop()
    try:
        await refused_in_time(venue.api, bob, other.stream_id)
        await venue.reconcile()
        assert await venue.status(stream.stream_id) == SCHEDULED
    finally:
        await host.disconnect()
        await venue.server.start()
        makers.ask_again(venue.world)


async def broadcast(room: rtc.Room) -> None:
    """Send a red picture and a tone for as long as this runs."""
    picture = rtc.VideoSource(WIDTH, HEIGHT)
    video = rtc.LocalVideoTrack.create_video_track("picture", picture)
    await room.local_participant.publish_track(video, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))
    sound = rtc.AudioSource(RATE, 1)
    audio = rtc.LocalAudioTrack.create_audio_track("tone", sound)
    await room.local_participant.publish_track(audio, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
    red = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    red[..., 0], red[..., 3] = 230, 255
    frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, red.tobytes())
    number = RATE // 10
    tone = (np.sin(np.arange(number) * 2 * np.pi * 440 / RATE) * 12_000).astype(np.int16)
    while True:
        picture.capture_frame(frame)
        await sound.capture_frame(rtc.AudioFrame(tone.tobytes(), RATE, 1, number))


async def publish_screen(room: rtc.Room) -> rtc.LocalTrackPublication:
    """Offer what is on a screen."""
    track = rtc.LocalVideoTrack.create_video_track("screen", rtc.VideoSource(WIDTH, HEIGHT))
    return await room.local_participant.publish_track(
        track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE)
    )


async def publish_tone(room: rtc.Room) -> rtc.LocalTrackPublication:
    """Offer a tone."""
    track = rtc.LocalAudioTrack.create_audio_track("tone", rtc.AudioSource(RATE, 1))
    return await room.local_participant.publish_track(
        track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    )


async def track_of(room: rtc.Room, kind: Any) -> rtc.Track:
    """What a viewer receives of this kind, as soon as it comes."""
    while True:
        for person in room.remote_participants.values():
            for publication in person.track_publications.values():
                if publication.track is not None and publication.kind == kind:
                    return publication.track
        await asyncio.sleep(0.05)


async def first_picture(room: rtc.Room) -> float:
    """How red the first picture is in its middle, of 255."""
    stream = rtc.VideoStream(await track_of(room, rtc.TrackKind.KIND_VIDEO), format=rtc.VideoBufferType.RGBA)
    async for event in stream:
        pixels = np.frombuffer(event.frame.data, np.uint8).reshape(event.frame.height, event.frame.width, 4)
        await stream.aclose()
        return float(pixels[event.frame.height // 2, event.frame.width // 2, 0])
    raise AssertionError("the picture ended")


async def first_sound(room: rtc.Room) -> int:
    """The largest sample until something is heard."""
    stream = rtc.AudioStream(await track_of(room, rtc.TrackKind.KIND_AUDIO))
    async for event in stream:
        loudest = int(np.abs(np.frombuffer(event.frame.data, np.int16).astype(np.int32)).max())
        if loudest > 1000:
            await stream.aclose()
            return loudest
    raise AssertionError("the sound ended")


def closed(room: rtc.Room) -> asyncio.Event:
    """Set when the room is left, for whatever reason."""
    out = asyncio.Event()
    room.on("disconnected", lambda *_: out.set())
    return out
